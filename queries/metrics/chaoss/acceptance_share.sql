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
SELECT * FROM chaoss.acceptance_ratio
