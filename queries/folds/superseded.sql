/*---
title = "Approximate facts of which the exact one is known"
definition = "Ids that end in ~, up to the as-of instant. What happens once has its exact id without the mark; a close or reopening has its time in the id, and meets the exact one of the same object within 15 s."
[columns]
event_id = "The approximate event."
---*/
WITH approximate AS (
  SELECT id, type, time, subject, rtrim(id, '~') AS exact FROM events WHERE id LIKE '%~' AND time <= as_of()
)
SELECT a.id AS event_id FROM approximate a JOIN events x ON x.id = a.exact
UNION
SELECT a.id FROM approximate a JOIN events x ON x.subject = a.subject AND x.type = a.type
WHERE (a.type LIKE '%.closed' OR a.type LIKE '%.reopened') AND x.id NOT LIKE '%~'
  AND x.time BETWEEN a.time - INTERVAL '15 seconds' AND a.time + INTERVAL '15 seconds'
