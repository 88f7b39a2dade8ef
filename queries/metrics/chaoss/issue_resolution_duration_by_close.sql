/*---
version = 1
title = "Issue resolution duration by close, by CHAOSS"
definition = "Mean time from opening to close of the issues that were closed in the window and are closed now."
source = "CHAOSS 3630 Issue Resolution Duration, cohort by close"
unit = "days"
statistic = "mean"
value = "seconds"
compares = "latency.issue_close"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = [
  "Not the number of the cohort by opening: a month in which old issues are cleared up looks slow here, and is not.",
  "Never sees what is never closed.",
]
---*/
SELECT opened_event AS event_id, final_closed_at AS time, repository, number, author AS person, opened_at,
       date_part('epoch', final_closed_at) - date_part('epoch', opened_at) AS seconds, url
FROM issues WHERE NOT author_is_bot AND final_closed_at IS NOT NULL
