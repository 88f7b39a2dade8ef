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
-- Between two contributions of a person their number within $days days only falls: `fewer` and `few` are when the last $casual and
-- the last $regular of them are no longer all within it.
WITH counted AS (
  SELECT event_id, time, person, name, organisation, organisation_key, organisation_group, url, next_at,
         time + INTERVAL '$days days' AS none,
         lag(time, $casual - 1) OVER mine + INTERVAL '$days days' AS few,
         lag(time, $regular - 1) OVER mine + INTERVAL '$days days' AS fewer
  FROM growth.contributions WINDOW mine AS (PARTITION BY person ORDER BY nth)
),
classed AS (
  SELECT 'regular' AS class, time AS since, least(next_at, fewer) AS "until", * FROM counted WHERE fewer IS NOT NULL
  UNION ALL
  SELECT 'casual', greatest(time, fewer), least(next_at, few), * FROM counted WHERE few IS NOT NULL
  UNION ALL
  SELECT 'drive-by', greatest(time, few), least(next_at, none), * FROM counted
)
SELECT event_id, since AS time, "until", class, time AS last_at, person, name, organisation, organisation_key, organisation_group, url
FROM classed WHERE since < "until"
