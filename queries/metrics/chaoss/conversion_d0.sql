/*---
version = 1
title = "Conversion from attendee to D0, by CHAOSS"
definition = "Share of the people who attended their first meeting in the window and have starred or forked."
source = "CHAOSS Conversion Rate, A to D0"
unit = "share"
statistic = "share"
value = "d0"
windows = ["quarter", "365d"]
direction = "higher is better"
caveats = [
  "By the window of the first meeting attended.",
  "Sets, as CHAOSS has them: it is not asked what came first.",
  "CHAOSS' page calls this step A to D2 by mistake.",
  "Watching is not in the log apart from starring.",
]
---*/
WITH attended AS (
  SELECT person, min(time_key(time) || event_id) AS first, min(time) AS time
  FROM attendance WHERE NOT is_bot AND person IS NOT NULL GROUP BY person
),
d0 AS (SELECT DISTINCT person FROM activity WHERE type IN ('repository.starred', 'repository.forked')),
contributed AS (SELECT DISTINCT person FROM contributions WHERE counts)
SELECT substr(a.first, 21) AS event_id, a.time, a.person, p.name, c.person IS NOT NULL AS contributed,
       d0.person IS NOT NULL AS d0
FROM attended a
LEFT JOIN people p ON p.person = a.person
LEFT JOIN contributed c ON c.person = a.person
LEFT JOIN d0 ON d0.person = a.person
