/*---
version = 1
title = "Largest share of an organisation among the maintainers"
definition = "Of the maintainers listed at the window's end, the share who are of the organisation that has most of them."
source = "muster"
unit = "share"
statistic = "interval_share"
value = "person"
observed = "of_top"
from = "time"
until = "until"
unknown = "organisation"
windows = ["quarter", "365d"]
direction = "lower is better"
caveats = ["People of whom nobody says where they work are in the denominator and belong to no organisation.", "Companies that belong together count one by one."]
---*/
-- One row a person, organisation and time without a break in which some roster says so.
WITH listed AS (SELECT * FROM maintainers WHERE is_maintainer AND person IS NOT NULL),
steps AS (
  SELECT organisation_key, person, "from" AS time, 1 AS step FROM listed WHERE organisation_key IS NOT NULL
  UNION ALL
  SELECT organisation_key, person, "until", -1 FROM listed WHERE organisation_key IS NOT NULL AND "until" IS NOT NULL
),
rosters AS (
  SELECT organisation_key, person, time,
         sum(sum(step)) OVER (PARTITION BY organisation_key, person ORDER BY time) AS rosters
  FROM steps GROUP BY organisation_key, person, time
),
counted AS (
  SELECT organisation_key, person, time, CASE WHEN rosters > 0 THEN 1 ELSE 0 END AS is_listed,
         lag(CASE WHEN rosters > 0 THEN 1 ELSE 0 END, 1, 0)
           OVER (PARTITION BY organisation_key, person ORDER BY time) AS was_listed
  FROM rosters
),
changes AS (
  SELECT organisation_key, time, sum(is_listed - was_listed) AS change FROM counted GROUP BY organisation_key, time
),
instants AS (
  SELECT "from" AS time FROM listed UNION SELECT "until" FROM listed WHERE "until" IS NOT NULL
),
sizes AS (
  SELECT o.organisation_key, i.time,
         sum(coalesce(c.change, 0)) OVER (PARTITION BY o.organisation_key ORDER BY i.time) AS people
  FROM instants i CROSS JOIN (SELECT DISTINCT organisation_key FROM changes) o
  LEFT JOIN changes c ON c.organisation_key = o.organisation_key AND c.time = i.time
),
-- Of two as large the first by name; where nobody's organisation is known, none.
largest AS (
  SELECT time, CASE WHEN people > 0 THEN organisation_key END AS organisation_key,
         row_number() OVER (PARTITION BY time ORDER BY people DESC, organisation_key) AS place
  FROM sizes
),
turns AS (
  SELECT *, lag(organisation_key) OVER (ORDER BY time) AS before, lag(time) OVER (ORDER BY time) AS time_before
  FROM largest WHERE place = 1
),
tops AS (
  SELECT organisation_key, time AS begins, lead(time) OVER (ORDER BY time) AS ends
  FROM turns WHERE time_before IS NULL OR organisation_key IS DISTINCT FROM before
)
SELECT l.listed_event AS event_id, greatest(l."from", t.begins) AS time, least(l."until", t.ends) AS "until", l.person, l.name,
       coalesce(l.organisation_key = t.organisation_key, false) AS of_top, t.organisation_key AS top_organisation,
       l.organisation, l.organisation_key, l.organisation_group, l.role, l.repository, l.path, l.url
FROM listed l
-- There are as few of these as times that another organisation came to have most.
LEFT JOIN tops t ON (l."until" IS NULL OR t.begins < l."until") AND (t.ends IS NULL OR l."from" < t.ends)
