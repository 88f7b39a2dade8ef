/*---
title = "Commits as pushes list them"
definition = "GH Archive's pushes, one row a commit and push; what trimmed payloads no longer list is not here."
order = ["time", "event_id", "sha", "account"]
[columns]
event_id = "The push."
time = "When it was pushed, UTC."
repository = "owner/name."
reference = "The branch: refs/heads/main."
sha = "The commit's id."
account = "The author: email:<address>."
name = "The author's name as written."
---*/
WITH pushes AS (
  SELECT id, time, subject, json_get_str(data, 'ref') AS reference, unnest(json_get_array(data, 'commits')) AS pushed
  FROM events WHERE type = 'push.received' AND time <= as_of()
)
SELECT id AS event_id, time, split_part(substr(subject, 8), '#', 1) AS repository, reference,
       json_get_str(pushed, 'sha') AS sha, json_get_str(pushed, 'account') AS account, json_get_str(pushed, 'name') AS name
FROM pushes
