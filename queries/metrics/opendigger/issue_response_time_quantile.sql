/*---
version = 1
title = "Quantiles of issue response time, by OpenDigger"
definition = "Quantile of the midnights until the first comment by another account or the close of the issues opened in the window; 15 where there is neither."
source = "OpenDigger src/metrics/chaoss.ts issueResponseTime"
unit = "days"
statistic = "quantile_interpolated"
value = "seconds"
compares = "latency.issue_first_response"
windows = ["month", "quarter", "year"]
group_by = ["repository"]
direction = "lower is better"
caveats = [
  "Imputes 15 days where there is no response, however short or long the issue has been open; opendigger.issue_response_time_imputed says how many.",
  "A close is a response, the author's own too.",
  "Whole days: midnights between the two.",
  "Bots by `[bot]` at the end of the login alone: service accounts with other names are people.",
  "OpenDigger's quantiles of many values are estimates; these are exact.",
]
[parameters]
days = 15
quantile = 0.5
[variants]
0 = { quantile = 0.0 }
1 = { quantile = 0.25 }
3 = { quantile = 0.75 }
4 = { quantile = 1.0 }
---*/
SELECT * FROM opendigger.issue_response_time
