/*---
version = 1
title = "Self-merge rate, by CHAOSS"
definition = "Share of the pull requests merged in the window that their author merged, without a review by another person before."
source = "CHAOSS 5306 Self Merge Rate"
unit = "share"
statistic = "share"
value = "self_merged"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = [
  "A review that comes after the merge is none.",
  "Where the source does not say who merged, the request is left out.",
]
---*/
SELECT merged_event AS event_id, merged_at AS time, repository, number, author AS person, merger, reviewed_at,
       merger = author AND (reviewed_at IS NULL OR reviewed_at > merged_at) AS self_merged, url
FROM pull_requests WHERE NOT author_is_bot AND merged_at IS NOT NULL
