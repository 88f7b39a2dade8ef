/*---
version = 1
title = "Issue resolution, by LFX Insights"
definition = "Mean time to the first close of the issues that were opened in the window and are closed by now."
source = "LFX Insights (crowd.dev services/libs/tinybird/pipes/) health_score_issues_resolution.pipe"
unit = "days"
statistic = "mean"
value = "seconds"
compares = "latency.issue_close"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = [
  "Drops the still open: a project that stops closing issues can look faster.",
  "A mean, which one old issue moves.",
  "The first close; reopening is ignored.",
  "Bots are in it, as in all development metrics of LFX.",
  "LFX rounds it to whole days for its score.",
]
---*/
SELECT opened_event AS event_id, opened_at AS time, repository, number, author AS person, closed_at, closed_event,
       date_part('epoch', closed_at) - date_part('epoch', opened_at) AS seconds, url
FROM issues WHERE closed_at IS NOT NULL
