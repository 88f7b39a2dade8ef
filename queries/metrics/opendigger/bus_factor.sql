/*---
version = 1
title = "Bus factor, by OpenDigger"
definition = "Logins whose activity index in the quarter is at least the weighted median of the indices."
source = "OpenDigger src/metrics/chaoss.ts busFactor"
unit = "logins"
statistic = "count_distinct"
value = "heavy"
compares = "diversity.contributor_absence_factor"
windows = ["month", "quarter", "year"]
direction = "higher is better"
caveats = [
  "No smallest set: everybody at or above the weighted median, so that all who are tied enter.",
  "The index is the root of a weighted sum (issue comment 0.5252, issue 2.2235, pull request 4.0679, review comment 0.7427, merged 2.0339), rounded up: who does much is counted for less.",
  "Commits and reviews without comments weigh nothing.",
  "Bots by `[bot]` at the end of the login alone: service accounts with other names are people.",
  "By login, of everything together; OpenDigger publishes it a repository.",
  "Made for windows of a quarter (variants: of a month, of a year). In another window it counts those who were heavy in at least one quarter of it.",
]
[parameters]
months = 3
[variants]
month = { months = 1, title = "Bus factor by month, by OpenDigger", definition = "Logins whose activity index in the month is at least the weighted median of the indices." }
year = { months = 12, title = "Bus factor by year, by OpenDigger", definition = "Logins whose activity index in the year is at least the weighted median of the indices." }
---*/
WITH acts AS (
  -- What OpenDigger's activity index weighs; a merge is the author's.
  SELECT event_id, time, login, person, name, CASE WHEN type IN ('issue.commented', 'pull_request.commented') THEN 0.5252
         WHEN type = 'issue.opened' THEN 2.2235 WHEN type = 'pull_request.opened' THEN 4.0679 ELSE 0.7427 END AS weight,
         type AS kind, organisation, repository, url
  FROM activity
  WHERE type IN ('issue.commented', 'pull_request.commented', 'issue.opened', 'pull_request.opened', 'pull_request.review_commented')
    AND login NOT LIKE '%[bot]'
  UNION ALL
  SELECT m.event_id, m.time, m.login, m.person, m.name, 2.0339, 'pull_request.merged', CAST(NULL AS VARCHAR), m.repository, m.url
  FROM opendigger.contributors m
),
periods AS (
  SELECT *, date_bin(INTERVAL '$months months', time, TIMESTAMP '2000-01-01T00:00:00Z') AS period
  FROM acts WHERE time < as_of()
),
indices AS (SELECT period, login, ceil(sqrt(sum(weight))) AS activity FROM periods GROUP BY period, login),
-- The weighted median: the smallest index up to which the indices add up to half of their sum.
summed AS (
  SELECT period, login, activity, sum(activity) OVER (PARTITION BY period) AS total,
         sum(activity) OVER (PARTITION BY period ORDER BY activity RANGE UNBOUNDED PRECEDING) AS up_to
  FROM indices
),
medians AS (SELECT period, min(activity) AS median FROM summed WHERE up_to >= ceil(0.5 * total) GROUP BY period)
SELECT p.event_id, p.time, p.kind, p.login, p.person, p.name, s.activity, m.median,
       CASE WHEN s.activity >= m.median THEN p.login END AS heavy, p.repository, p.url
FROM periods p
JOIN summed s ON s.period = p.period AND s.login = p.login
JOIN medians m ON m.period = p.period
