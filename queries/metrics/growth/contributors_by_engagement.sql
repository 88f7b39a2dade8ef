/*---
version = 1
title = "Contributors by engagement"
definition = "People with a contribution in the 365 days before the window's end, by how many they made in them: drive-by below 4, casual below 10, regular from 10 on; bots excluded."
source = "8Knot (repeat from 4 contributions, core from 10)"
unit = "people"
statistic = "interval_count_distinct"
value = "person"
from = "time"
until = "until"
parameters = { days = 365, casual = 4, regular = 10 }
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["class", "organisation"]
direction = "higher is better"
caveats = ["A contribution is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release.", "A person stands in one class at a time; a row says from when to when, and names the latest contribution of that time.", "CHAOSS names the classes and sets no numbers: the thresholds are parameters.", "The organisation is that at the latest contribution."]
---*/
-- Between two contributions of a person their number within $days days only falls: `fewer` and `few` are when the last $regular and
-- the last $casual of them are no longer all within it.
WITH counted AS (
  SELECT event_id, time, person, name, organisation, organisation_key, organisation_group, url, next_at,
         time + INTERVAL '$days days' AS none,
         before_of(person, time, $casual - 1) OVER acted + INTERVAL '$days days' AS few,
         before_of(person, time, $regular - 1) OVER acted + INTERVAL '$days days' AS fewer
  FROM growth.contributions
  WINDOW acted AS (ORDER BY time NULLS FIRST, event_id NULLS FIRST, kind, account NULLS FIRST, url NULLS FIRST)
),
-- A row a class, of rows that are looked along once.
each AS (SELECT *, unnest(['regular', 'casual', 'drive-by']) AS class FROM counted),
classed AS (
  SELECT *, CASE class WHEN 'regular' THEN time WHEN 'casual' THEN greatest(time, fewer) ELSE greatest(time, few) END AS since,
         CASE WHEN class = 'regular' AND fewer IS NOT NULL THEN least(next_at, fewer)
              WHEN class = 'casual' AND few IS NOT NULL THEN least(next_at, few)
              WHEN class = 'drive-by' THEN least(next_at, none) END AS "until"
  FROM each
)
SELECT event_id, since AS time, "until", class, time AS last_at, person, name, organisation, organisation_key, organisation_group, url
FROM classed WHERE since < "until"
