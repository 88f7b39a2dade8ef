/*---
version = 1
title = "Listed maintainers who attend, share, 365 days"
definition = "Of the maintainers listed at the window's end, the share who attended a meeting in the 365 days before it."
source = "muster"
unit = "share"
statistic = "interval_share"
value = "person"
observed = "active"
from = "time"
until = "until"
parameters = { days = 365 }
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["The rows hold the active and the idle: first_act to last_act is the stretch of acts without a longer pause, last_act of the idle when they were last seen.", "Meetings whose notes name nobody present show nobody.", "Before the first such act in the log, and where none was collected, there is no figure.", "Who acts under an account that nothing joins to the roster's seems idle: muster people shows what is joined."]
[variants]
180d = { days = 180, title = "Listed maintainers who attend, share, 180 days", definition = "Of the maintainers listed at the window's end, the share who attended a meeting in the 180 days before it." }
90d = { days = 90, title = "Listed maintainers who attend, share, 90 days", definition = "Of the maintainers listed at the window's end, the share who attended a meeting in the 90 days before it." }
---*/
WITH listed AS (SELECT * FROM maintainers WHERE is_maintainer AND person IS NOT NULL),
-- Before anything of the kind was collected nobody can tell who was active.
began AS (SELECT min(time) AS time FROM contributions WHERE kind = 'meeting' HAVING min(time) IS NOT NULL),
acts AS (
  SELECT person, time, event_id, lag(time) OVER (PARTITION BY person ORDER BY time, event_id) AS before
  FROM maintainer_days WHERE person IN (SELECT person FROM listed) AND act = 'meeting'
),
numbered AS (
  SELECT *, sum(CASE WHEN before IS NULL OR time > before + INTERVAL '$days days' THEN 1 ELSE 0 END)
              OVER (PARTITION BY person ORDER BY time, event_id ROWS UNBOUNDED PRECEDING) AS stretch
  FROM acts
),
-- An act holds for so many days. In a stretch none comes later than that after the one before.
stretches AS (
  SELECT person, stretch, min(time) AS first_act, max(time) AS last_act, max(time) + INTERVAL '$days days' AS fades,
         substr(max(time_key(time) || event_id), 21) AS last_event
  FROM numbered GROUP BY person, stretch
),
states AS (
  SELECT person, true AS active, first_act AS begins, fades AS ends, last_act, last_event FROM stretches
  UNION ALL
  SELECT person, false, fades, lead(first_act) OVER (PARTITION BY person ORDER BY stretch), last_act, last_event
  FROM stretches
  UNION ALL
  SELECT person, false, NULL, first_act, NULL, NULL FROM stretches WHERE stretch = 1
  UNION ALL
  SELECT DISTINCT person, false, NULL, NULL, NULL, NULL
  FROM listed WHERE person NOT IN (SELECT person FROM stretches)
)
SELECT l.listed_event AS event_id, greatest(l."from", s.begins, b.time) AS time,
       CASE WHEN least(l."until", s.ends) <= as_of() THEN least(l."until", s.ends) END AS "until", l.person, l.name, s.active,
       CASE WHEN s.active THEN l.person END AS active_person, CASE WHEN NOT s.active THEN l.person END AS idle_person,
       CASE WHEN s.active THEN s.begins END AS first_act, s.last_act, s.last_event, l.role, l.organisation, l.organisation_key,
       l.organisation_group, CASE WHEN s.active THEN l.organisation_key END AS active_organisation, l.repository, l.path, l.url
FROM listed l
CROSS JOIN began b
JOIN states s ON s.person = l.person AND (s.begins IS NULL OR l."until" IS NULL OR s.begins < l."until")
  AND (s.ends IS NULL OR l."from" < s.ends)
WHERE (s.begins IS NULL OR s.begins <= as_of()) AND (l."until" IS NULL OR b.time < l."until")
  AND (s.ends IS NULL OR b.time < s.ends)
