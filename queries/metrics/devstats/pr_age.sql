/*---
version = 1
title = "Open pull request age, by DevStats"
definition = "How long a pull request was open until its merge, or has been open until now; the median of those opened in the window and not declined."
source = "DevStats metrics/shared/prs_age.sql"
unit = "hours"
statistic = "quantile_discrete"
value = "seconds"
compares = "latency.pull_request_merge"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = [
  "Counts the waiting of the still open as if it were over.",
  "Drops the declined.",
  "DevStats takes the hour of the calculation as now, so that its value drifts; here it is the as-of instant.",
  "Bots are in it: DevStats filters none here.",
]
[parameters]
quantile = 0.5
---*/
SELECT opened_event AS event_id, opened_at AS time, repository, number, author AS person, merged_at,
       date_part('epoch', coalesce(merged_at, as_of())) - date_part('epoch', opened_at) AS seconds, url
FROM pull_requests WHERE merged_at IS NOT NULL OR final_closed_at IS NULL
