/*---
version = 1
title = "Issue resolution duration by opening, by CHAOSS"
definition = "Mean time from opening to close of the issues that were opened in the window and are closed now."
source = "CHAOSS 3630 Issue Resolution Duration, cohort by opening"
unit = "days"
statistic = "mean"
value = "seconds"
compares = "latency.issue_close"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = [
  "Drops the still open: recent windows always look fast.",
  "To the last close: what was reopened and closed again counts whole.",
]
---*/
SELECT opened_event AS event_id, opened_at AS time, repository, number, author AS person, final_closed_at,
       date_part('epoch', final_closed_at) - date_part('epoch', opened_at) AS seconds, url
FROM issues WHERE NOT author_is_bot AND final_closed_at IS NOT NULL
