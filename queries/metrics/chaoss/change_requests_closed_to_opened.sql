/*---
version = 1
title = "Change requests closed to opened, by CHAOSS"
definition = "Pull requests closed in the window over those opened in it."
source = "CHAOSS 4834 Change Request Closure Ratio, as many tools read it"
unit = "ratio"
statistic = "ratio"
value = "closed"
per = "opened"
compares = "latency.pull_requests_closed_to_opened"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = [
  "Can be above 1; about 1 is healthy.",
  "Null where none was opened.",
]
---*/
SELECT opened_event AS event_id, opened_at AS time, repository, number, author AS person, 0 AS closed, 1 AS opened, url
FROM pull_requests WHERE NOT author_is_bot
UNION ALL
SELECT coalesce(closed_event, opened_event), final_closed_at, repository, number, author, 1, 0, url
FROM pull_requests WHERE NOT author_is_bot AND final_closed_at IS NOT NULL
