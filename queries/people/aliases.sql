/*---
title = "Spellings of organisations"
---*/
-- What each source says now: the highest revision of a statement, unless it is withdrawn.
WITH said AS (
  SELECT id AS event_id, split_part(source, '/', 1) AS origin, json_get_str(data, 'alias') AS alias, json_get_str(data, 'organisation') AS organisation,
         coalesce(json_get_bool(data, 'pattern'), false) AS pattern, json_get_str(data, 'said_by') AS said_by,
         coalesce(json_get_int(data, 'revision'), 0) AS revision, coalesce(json_get_bool(data, 'withdrawn'), false) AS withdrawn
  FROM events WHERE type = 'organization.aliased' AND time <= as_of()
),
latest AS (
  SELECT *, rank() OVER (PARTITION BY origin, alias, organisation, pattern, said_by ORDER BY revision DESC) AS age FROM said
)
SELECT event_id, alias, organisation, pattern, said_by, revision, withdrawn
FROM latest WHERE age = 1 AND NOT withdrawn
