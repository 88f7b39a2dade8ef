/*---
version = 1
title = "Issues answered within 3 days, by OpenDigger"
definition = "How many of the issues opened in the window have a response time of at most 3 days by OpenDigger's definition."
source = "OpenDigger src/metrics/chaoss.ts issueResponseTime, levels"
unit = "issues"
statistic = "sum"
value = "within"
windows = ["month", "quarter", "year"]
group_by = ["repository"]
caveats = [
  "The unanswered are imputed 15 days, and stand among those of 8 to 15.",
]
[parameters]
above = -1
most = 3
[variants]
1 = { above = 3, most = 7, title = "Issues answered in 4 to 7 days, by OpenDigger", definition = "How many of the issues opened in the window have a response time of more than 3 and at most 7 days by OpenDigger's definition." }
2 = { above = 7, most = 15, title = "Issues answered in 8 to 15 days, by OpenDigger", definition = "How many of the issues opened in the window have a response time of more than 7 and at most 15 days by OpenDigger's definition." }
3 = { above = 15, most = 1000000, title = "Issues answered later than 15 days, by OpenDigger", definition = "How many of the issues opened in the window have a response time of more than 15 days by OpenDigger's definition." }
---*/
SELECT event_id, time, repository, number, login, person, name, responded_at, imputed, seconds,
       seconds > $above * 86400.0 AND seconds <= $most * 86400.0 AS within, url
FROM opendigger.issue_response_time
