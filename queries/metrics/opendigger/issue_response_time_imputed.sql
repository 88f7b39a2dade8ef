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
WITH opened AS (
  SELECT event_id, time, subject, account, login, person, name, repository, number, url
  FROM activity WHERE type = 'issue.opened' AND login NOT LIKE '%[bot]'
),
responses AS (
  SELECT o.subject, min(a.time) AS responded_at
  FROM opened o JOIN activity a ON a.subject = o.subject
  WHERE a.login NOT LIKE '%[bot]' AND a.time >= o.time
    AND ((a.type = 'issue.commented' AND a.account <> o.account) OR a.type = 'issue.closed')
  GROUP BY o.subject
)
SELECT o.event_id, o.time, o.repository, o.number, o.login, o.person, o.name, r.responded_at, r.responded_at IS NULL AS imputed,
       CASE WHEN r.responded_at IS NULL THEN $days * 86400.0
            ELSE date_part('epoch', date_trunc('day', r.responded_at)) - date_part('epoch', date_trunc('day', o.time)) END AS seconds, o.url
FROM opened o LEFT JOIN responses r ON r.subject = o.subject
