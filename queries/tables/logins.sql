/*---
title = "GitHub's account numbers and the logins they had"
definition = "One row a number and login. A change of login keeps the number."
order = ["login", "actor_id"]
[columns]
actor_id = "GitHub's number; null where a source gives none."
login = "github:<login>."
first_seen = "First event, UTC."
last_seen = "Last event, UTC."
typed_bot = "Whether an event says that GitHub's account type is Bot."
---*/
SELECT actor_id, login, min(first_seen) AS first_seen, max(last_seen) AS last_seen, bool_or(typed_bot) AS typed_bot
FROM (
  SELECT actor_id, login, min(time) AS first_seen, max(time) AS last_seen, bool_or(actor_type = 'Bot') AS typed_bot
  FROM facts WHERE login IS NOT NULL GROUP BY actor_id, login
  UNION ALL
  SELECT json_get_int(data, 'author_id') AS actor_id, json_get_str(data, 'author') AS login,
         min(time) AS first_seen, max(time) AS last_seen, false AS typed_bot
  FROM events WHERE type = 'pull_request.merged' AND time <= as_of() AND json_get_str(data, 'author') IS NOT NULL
  GROUP BY 1, 2
) GROUP BY actor_id, login
