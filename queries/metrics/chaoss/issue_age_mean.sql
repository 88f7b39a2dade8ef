/*---
version = 1
title = "Mean issue age, by CHAOSS"
definition = "How long the issues that are open now have been open; their mean, by the window of opening."
source = "CHAOSS 3629 Issue Age"
unit = "days"
statistic = "mean"
value = "seconds"
compares = "latency.issues_open_age"
windows = ["quarter", "365d", "all"]
group_by = ["repository"]
direction = "lower is better"
caveats = [
  "As of the as-of instant, of the issues that were opened in the window: not as it stood at the window's end.",
  "An issue that was reopened counts from its first opening.",
]
---*/
SELECT opened_event AS event_id, opened_at AS time, repository, number, author AS person, reopenings,
       date_part('epoch', as_of()) - date_part('epoch', opened_at) AS seconds, url
FROM issues WHERE NOT author_is_bot AND final_closed_at IS NULL AND opened_at < as_of()
