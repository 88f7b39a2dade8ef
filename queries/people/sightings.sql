/*---
title = "Accounts, and the names written beside them"
---*/
-- A profile says what somebody who posts is called, as of their last message; who never posts is nobody we count.
WITH described AS (
  SELECT subject AS account, json_get_str(data, 'name') AS name, coalesce(json_get_bool(data, 'bot'), false) AS bot
  FROM events WHERE type = 'account.described' AND time <= as_of()
),
posters AS (SELECT account, max(time) AS last_at FROM posts GROUP BY account),
-- Many facts name few logins: they are grouped before anything is made of them.
acting AS (
  SELECT login, actor_id, min(time) AS first_at, max(time) AS last_at, bool_or(actor_type = 'Bot') AS typed_bot
  FROM facts GROUP BY login, actor_id
),
named AS (
  SELECT login AS account, CASE WHEN login LIKE 'github:%' THEN substr(login, 8) END AS name, actor_id, first_at, last_at, typed_bot FROM acting
  UNION ALL SELECT author_login, CASE WHEN author_login LIKE 'github:%' THEN substr(author_login, 8) END, author_id, time, time AS last_at, false FROM facts WHERE author_account IS NOT NULL
  UNION ALL SELECT account, name, NULL, time, time AS last_at, false FROM signatures
  UNION ALL SELECT account, name, NULL, time, time AS last_at, false FROM pushed
  UNION ALL SELECT actor, json_get_str(data, 'name'), NULL, time, time AS last_at, false FROM events
    WHERE type = 'meeting.attended' AND time <= as_of()
  UNION ALL SELECT actor, NULL, NULL, time, time AS last_at, false FROM events WHERE type = 'speaker.recorded' AND time <= as_of()
  UNION ALL SELECT actor, NULL, NULL, time, time AS last_at, false FROM events WHERE type = 'tag.created' AND time <= as_of()
  UNION ALL SELECT account, name, NULL, "from", "from" AS until, false FROM listings
  UNION ALL SELECT account, name, NULL, time, time AS last_at, bot FROM posts
  UNION ALL SELECT actor, NULL, NULL, time, time AS last_at, false FROM events WHERE type IN ('message.reacted', 'channel.joined') AND time <= as_of()
  UNION ALL SELECT d.account, d.name, NULL, p.last_at, p.last_at AS until, d.bot FROM described d JOIN posters p ON p.account = d.account
),
grouped AS (
  SELECT account, nullif(trim(name), '') AS name, actor_id, min(first_at) AS first_seen, max(last_at) AS last_seen,
         bool_or(typed_bot) AS typed_bot
  FROM named WHERE account <> '' GROUP BY 1, 2, 3
)
SELECT account, name, actor_id, first_seen, last_seen, bot_reason(account, name, typed_bot) AS bot_reason,
       bot_exception(account, name) AS not_a_bot
FROM grouped
