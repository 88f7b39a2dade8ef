/*---
title = "Accounts that sources join or keep apart"
---*/
-- What each source says now: the highest revision of a statement, unless it is withdrawn.
WITH said AS (
  SELECT id AS event_id, split_part(source, '/', 1) AS origin, json_get_str(data, 'account') AS account,
         coalesce(json_get_str(data, 'canonical'), json_get_str(data, 'other')) AS other,
         json_get_str(data, 'evidence') AS evidence, json_get_str(data, 'name') AS name, type = 'account.unlinked' AS apart,
         coalesce(json_get_int(data, 'revision'), 0) AS revision, coalesce(json_get_bool(data, 'withdrawn'), false) AS withdrawn
  FROM events WHERE type IN ('account.linked', 'account.unlinked') AND time <= as_of()
),
latest AS (
  SELECT *, rank() OVER (PARTITION BY origin, least(account, other), greatest(account, other), evidence, apart ORDER BY revision DESC) AS age FROM said
)
SELECT event_id, account, other, evidence, name, apart, revision, withdrawn
FROM latest WHERE age = 1 AND NOT withdrawn
