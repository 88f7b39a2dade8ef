/*---
version = 1
title = "Issues with an imputed response time, by OpenDigger"
definition = "How many of the issues opened in the window have no response, and 15 days in OpenDigger's mean."
source = "OpenDigger src/metrics/chaoss.ts issueResponseTime"
unit = "issues"
statistic = "sum"
value = "imputed"
windows = ["month", "quarter", "year"]
group_by = ["repository"]
direction = "lower is better"
caveats = [
  "OpenDigger does not publish it.",
]
[parameters]
days = 15
---*/
SELECT * FROM opendigger.issue_response_time
