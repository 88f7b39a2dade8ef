/*---
version = 1
title = "Issue resolution duration, by OpenDigger"
definition = "Mean number of midnights from opening to the last close of the issues opened in the window that are closed now."
source = "OpenDigger src/metrics/chaoss.ts issueResolutionDuration"
unit = "days"
statistic = "mean"
value = "seconds"
compares = "latency.issue_close"
windows = ["month", "quarter", "year"]
group_by = ["repository"]
direction = "lower is better"
caveats = [
  "Drops the still open.",
  "Whole days: midnights between the two.",
  "Bots are in it.",
  "To the last close.",
]
---*/
SELECT opened_event AS event_id, opened_at AS time, repository, number, author AS person, final_closed_at,
       date_part('epoch', date_trunc('day', final_closed_at)) - date_part('epoch', date_trunc('day', opened_at)) AS seconds, url
FROM issues WHERE final_closed_at IS NOT NULL
