/*---
version = 1
title = "Change request duration, by CHAOSS"
definition = "How long an accepted pull request was open; the median, by the window of opening."
source = "CHAOSS 3587 Change Requests Duration"
unit = "days"
statistic = "quantile_interpolated"
value = "seconds"
compares = "latency.pull_request_merge"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = [
  "Accepted only: drops the still open and the declined.",
]
[parameters]
quantile = 0.5
---*/
SELECT opened_event AS event_id, opened_at AS time, repository, number, author AS person, merged_at, merged_event,
       date_part('epoch', merged_at) - date_part('epoch', opened_at) AS seconds, url
FROM pull_requests WHERE NOT author_is_bot AND merged_at IS NOT NULL
