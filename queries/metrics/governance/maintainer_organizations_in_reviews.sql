/*---
version = 1
title = "Maintainers' organisations seen in reviews, 365 days"
definition = "Of the organisations of the maintainers listed at the window's end, the share of which somebody (maintainer or not) reviewed a pull request in the 365 days before it."
source = "muster"
unit = "share"
statistic = "interval_share"
value = "organisation_key"
observed = "seen"
from = "time"
until = "until"
parameters = { days = 365 }
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["Comments are no reviews.", "Before the first such act in the log, and where none was collected, there is no figure.", "Organisations of listed maintainers as the rosters write them; of who acted, as sources state it at that time.", "Maintainers whose organisation is unknown, or who are independent, are not in it."]
[variants]
180d = { days = 180, title = "Maintainers' organisations seen in reviews, 180 days", definition = "Of the organisations of the maintainers listed at the window's end, the share of which somebody (maintainer or not) reviewed a pull request in the 180 days before it." }
90d = { days = 90, title = "Maintainers' organisations seen in reviews, 90 days", definition = "Of the organisations of the maintainers listed at the window's end, the share of which somebody (maintainer or not) reviewed a pull request in the 90 days before it." }
---*/
WITH listed AS (SELECT * FROM maintainers WHERE is_maintainer),
-- Before anything of the kind was collected nobody can tell who was seen.
began AS (SELECT min(time) AS time FROM contributions WHERE kind = 'review' HAVING min(time) IS NOT NULL),
acts AS (
  SELECT organisation_key, time, event_id, lag(time) OVER (PARTITION BY organisation_key ORDER BY time, event_id) AS before
  FROM maintainer_days WHERE act = 'review' AND NOT is_bot AND organisation_key IS NOT NULL
),
numbered AS (
  SELECT *, sum(CASE WHEN before IS NULL OR time > before + INTERVAL '$days days' THEN 1 ELSE 0 END)
              OVER (PARTITION BY organisation_key ORDER BY time, event_id ROWS UNBOUNDED PRECEDING) AS stretch
  FROM acts
),
-- An act holds for so many days. In a stretch none comes later than that after the one before.
stretches AS (
  SELECT organisation_key, stretch, min(time) AS first_act, max(time) AS last_act, max(time) + INTERVAL '$days days' AS fades,
         substr(max(time_key(time) || event_id), 21) AS last_event
  FROM numbered GROUP BY organisation_key, stretch
),
states AS (
  SELECT organisation_key, true AS seen, first_act AS begins, fades AS ends, last_act, last_event FROM stretches
  UNION ALL
  SELECT organisation_key, false, fades, lead(first_act) OVER (PARTITION BY organisation_key ORDER BY stretch), last_act, last_event
  FROM stretches
  UNION ALL
  SELECT organisation_key, false, NULL, first_act, NULL, NULL FROM stretches WHERE stretch = 1
  UNION ALL
  SELECT DISTINCT organisation_key, false, NULL, NULL, NULL, NULL
  FROM listed WHERE organisation_key NOT IN (SELECT organisation_key FROM stretches)
)
SELECT l.listed_event AS event_id, greatest(l."from", s.begins, b.time) AS time,
       CASE WHEN least(l."until", s.ends) <= as_of() THEN least(l."until", s.ends) END AS "until", l.organisation,
       l.organisation_key, l.organisation_group, s.seen, CASE WHEN s.seen THEN s.begins END AS first_act, s.last_act, s.last_event,
       l.person, l.name, l.repository, l.path, l.url
FROM listed l
CROSS JOIN began b
JOIN states s ON s.organisation_key = l.organisation_key AND (s.begins IS NULL OR l."until" IS NULL OR s.begins < l."until")
  AND (s.ends IS NULL OR l."from" < s.ends)
WHERE (s.begins IS NULL OR s.begins <= as_of()) AND (l."until" IS NULL OR b.time < l."until")
  AND (s.ends IS NULL OR b.time < s.ends)
