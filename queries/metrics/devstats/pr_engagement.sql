/*---
version = 1
title = "Time to engagement, pull requests, by DevStats"
definition = "How long a pull request waits for the first activity of another login, more than 30 seconds after its opening; the median of those that had any, by the window of opening."
source = "DevStats metrics/shared/first_non_author_activity.sql"
unit = "hours"
statistic = "quantile_discrete"
value = "seconds"
compares = "latency.pull_request_first_response"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = [
  "Drops the unanswered: recent windows always look fast.",
  "Labelling, closing and merging are engagement.",
  "Activity within 30 seconds is passed over, not only of bots.",
  "Bots by DevStats' list of patterns on the login (queries/bots.devstats.toml): k8s-…, …-ci and …-testing hit people too.",
  "Discrete quantiles: one of the values, never between two.",
]
[parameters]
quantile = 0.5
[variants]
p15 = { quantile = 0.15 }
p85 = { quantile = 0.85 }
---*/
WITH opened AS (
  SELECT event_id, time, subject, account, person, name, repository, number, url
  FROM activity WHERE type = 'pull_request.opened' AND NOT devstats_bot
),
engaged AS (
  SELECT o.subject, min(a.time) AS engaged_at
  FROM opened o JOIN activity a ON a.subject = o.subject
  WHERE a.account <> o.account AND NOT a.devstats_bot AND a.time > o.time + INTERVAL '30 seconds'
  GROUP BY o.subject
)
SELECT o.event_id, o.time, o.repository, o.number, o.person, o.name, e.engaged_at,
       date_part('epoch', e.engaged_at) - date_part('epoch', o.time) AS seconds, o.url
FROM opened o JOIN engaged e ON e.subject = o.subject
