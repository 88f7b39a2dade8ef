/*---
title = "Who works where, as sources state it"
---*/
-- Rosters speak through their listings, notes for the day of the meeting, the others for the interval they state.
WITH said AS (
  SELECT id, time, source, json_get_str(data, 'account') AS account, json_get_str(data, 'organisation') AS organisation,
         json_get_str(data, 'said_by') AS said_by, json_get_str(data, 'from') AS "from", json_get_str(data, 'until') AS "until",
         coalesce(json_get_int(data, 'revision'), 0) AS revision, coalesce(json_get_bool(data, 'withdrawn'), false) AS withdrawn
  FROM events WHERE type = 'affiliation.declared' AND time <= as_of()
)
SELECT id AS event_id, account, organisation, said_by,
       CASE WHEN said_by = 'notes' THEN split_part(source, '/', 1) ELSE source END AS source,
       CASE WHEN said_by = 'notes' THEN date_trunc('day', time) ELSE instant("from") END AS "from",
       CASE WHEN said_by = 'notes' THEN date_trunc('day', time) + INTERVAL '1 day' ELSE instant("until") END AS "until",
       revision, withdrawn
FROM said WHERE said_by <> 'roster'
UNION ALL
SELECT listed_event, account, organisation, 'roster', 'roster:' || repository || '/' || path, "from", "until", 0, false
FROM listings WHERE organisation <> ''
