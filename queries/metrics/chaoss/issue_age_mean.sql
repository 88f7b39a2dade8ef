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
SELECT * FROM chaoss.issue_age
