/*---
version = 1
title = "Issues age, by DevStats"
definition = "How long a closed issue was open; the median of those opened in the window that are closed by now."
source = "DevStats metrics/shared/issues_age.sql"
unit = "hours"
statistic = "quantile_discrete"
value = "seconds"
compares = "latency.issue_close"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = [
  "Drops the still open: recent windows always look fast.",
  "Bots are in it: DevStats filters none here.",
  "An issue that was reopened counts to its last close; while it is open again it is dropped.",
]
[parameters]
quantile = 0.5
---*/
SELECT opened_event AS event_id, opened_at AS time, repository, number, author AS person, final_closed_at,
       date_part('epoch', final_closed_at) - date_part('epoch', opened_at) AS seconds, url
FROM issues WHERE final_closed_at IS NOT NULL
