/*---
version = 1
title = "Change requests accepted, by CHAOSS"
definition = "Share of the pull requests that ended in the window which were merged."
source = "CHAOSS 3598 Change Request Acceptance Ratio, as a share"
unit = "share"
statistic = "share"
value = "merged"
compares = "latency.pull_request_acceptance"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = [
  "By the window of the end, not of the opening.",
]
---*/
SELECT coalesce(merged_event, closed_event) AS event_id, coalesce(merged_at, final_closed_at) AS time, repository, number,
       author AS person, merger, merged_at IS NOT NULL AS merged, merged_at IS NULL AS declined, url
FROM pull_requests WHERE NOT author_is_bot AND (merged_at IS NOT NULL OR final_closed_at IS NOT NULL)
