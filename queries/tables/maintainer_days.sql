/*---
title = "Days on which maintainers, or people of their organisations, did something"
definition = "One row a day, person, organisation and kind of act, of people whom some roster ever lists as maintainers and of everybody of an organisation that ever has one; the last act of each day stands for all of them."
order = ["time", "event_id", "person", "act", "organisation_key"]
[columns]
person = "The person."
is_bot = "Whether the person is a bot."
organisation_key = "The person's organisation at that time, for counting: null where nobody says and for Independent."
act = "meeting, review, merge, or contribution: any other."
time = "The last such act of the day, UTC."
event_id = "The event that says so."
acts = "How many there were."
---*/
WITH listed AS (SELECT person, organisation_key FROM maintainers WHERE is_maintainer),
people AS (SELECT DISTINCT person FROM listed),
organisations AS (SELECT DISTINCT organisation_key FROM listed)
SELECT c.person, c.is_bot, c.organisation_key,
       CASE WHEN c.kind IN ('meeting', 'review', 'merge') THEN c.kind ELSE 'contribution' END AS act, max(c.time) AS time,
       substr(max(time_key(c.time) || c.event_id), 21) AS event_id, count(*) AS acts
FROM contributions c
LEFT JOIN people p ON p.person = c.person
LEFT JOIN organisations o ON o.organisation_key = c.organisation_key
WHERE (c.counts OR c.kind = 'meeting') AND (p.person IS NOT NULL OR o.organisation_key IS NOT NULL)
GROUP BY 1, 2, 3, 4, date_trunc('day', c.time)
