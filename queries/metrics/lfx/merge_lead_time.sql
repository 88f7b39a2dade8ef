/*---
version = 1
title = "Merge lead time, by LFX Insights"
definition = "Mean number of midnights between opening and merge of the pull requests that were opened in the window and are merged by now."
source = "LFX Insights (crowd.dev services/libs/tinybird/pipes/) health_score_merge_lead_time.pipe"
unit = "days"
statistic = "mean"
value = "seconds"
compares = "latency.pull_request_merge"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = [
  "Drops the still open and the declined.",
  "Counts midnights, not time: one minute over midnight is a day, 23 hours of one day are none.",
  "A mean, which one old request moves.",
  "Bots are in it.",
  "LFX rounds it to whole days for its score.",
]
---*/
SELECT opened_event AS event_id, opened_at AS time, repository, number, author AS person, merged_at, merged_event,
       date_part('epoch', date_trunc('day', merged_at)) - date_part('epoch', date_trunc('day', opened_at)) AS seconds, url
FROM pull_requests WHERE merged_at IS NOT NULL
