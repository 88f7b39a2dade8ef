/*---
version = 1
title = "Issue response time, by OpenDigger"
definition = "Mean number of midnights until the first comment by another account or the close of the issues opened in the window; 15 where there is neither."
source = "OpenDigger src/metrics/chaoss.ts issueResponseTime"
unit = "days"
statistic = "mean"
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
]
[parameters]
days = 15
---*/
WITH opened AS (
  SELECT event_id, time, subject, account, login, person, name, repository, number, url
  FROM activity WHERE type = 'issue.opened' AND login NOT LIKE '%[bot]'
),
responses AS (
  SELECT o.subject, min(a.time) AS responded_at
  FROM opened o JOIN activity a ON a.subject = o.subject
  WHERE a.type IN ('issue.commented', 'issue.closed') AND a.login NOT LIKE '%[bot]' AND a.time >= o.time
    AND ((a.type = 'issue.commented' AND a.account <> o.account) OR a.type = 'issue.closed')
  GROUP BY o.subject
)
SELECT o.event_id, o.time, o.repository, o.number, o.login, o.person, o.name, r.responded_at, r.responded_at IS NULL AS imputed,
       CASE WHEN r.responded_at IS NULL THEN $days * 86400.0
            ELSE date_part('epoch', date_trunc('day', r.responded_at)) - date_part('epoch', date_trunc('day', o.time)) END AS seconds, o.url
FROM opened o LEFT JOIN responses r ON r.subject = o.subject
