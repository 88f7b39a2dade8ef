/*---
title = "Who worked where, from when to when, and who says so"
definition = "What rosters and notes declare. A declaration holds until the person's next one; before the first the organisation is unknown. Where sources contradict each other on a day the roster answers, and two of equal strength answer nothing."
order = ["person", "from"]
[columns]
person = "The person."
organisation = "The organisation as written; null where sources of equal strength contradict each other."
from = "First instant it holds, UTC."
until = "First instant it no longer holds; null while it does."
said_by = "roster or notes."
event_id = "The declaration."
---*/
WITH declared AS (
  SELECT a.person, e.time, e.id AS event_id, trim(json_get_str(e.data, 'organisation')) AS organisation,
         json_get_str(e.data, 'said_by') AS said_by,
         CASE WHEN json_get_str(e.data, 'said_by') = 'roster' THEN 0 ELSE 1 END AS rank
  FROM events e JOIN accounts a ON a.account = masked(json_get_str(e.data, 'account'))
  WHERE e.type = 'affiliation.declared' AND e.time <= as_of()
),
strongest AS (
  SELECT *, min(rank) OVER (PARTITION BY person, time) AS best FROM declared WHERE organisation <> ''
),
day AS (
  SELECT person, time,
         CASE WHEN count(DISTINCT lower(organisation)) = 1 THEN min(organisation) END AS organisation,
         min(said_by) AS said_by, min(event_id) AS event_id
  FROM strongest WHERE rank = best GROUP BY person, time
)
SELECT person, organisation, time AS "from", lead(time) OVER (PARTITION BY person ORDER BY time) AS "until", said_by, event_id
FROM day
