/*---
version = 1
title = "Opened to merged, by DevStats"
definition = "How long a merged pull request was open; the median of those opened in the window that are merged by now."
source = "DevStats metrics/shared/opened_to_merged.sql"
unit = "hours"
statistic = "quantile_discrete"
value = "seconds"
compares = "latency.pull_request_merge"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = [
  "Drops the still open and the declined: recent windows always look fast.",
  "Bots are in it: DevStats filters none here.",
  "Discrete quantiles.",
]
[parameters]
quantile = 0.5
[variants]
p15 = { quantile = 0.15 }
p85 = { quantile = 0.85 }
---*/
SELECT opened_event AS event_id, opened_at AS time, repository, number, author AS person, merged_at, merged_event,
       date_part('epoch', merged_at) - date_part('epoch', opened_at) AS seconds, url
FROM pull_requests WHERE merged_at IS NOT NULL
