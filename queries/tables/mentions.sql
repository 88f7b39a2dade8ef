/*---
title = "Accounts as events name them, before they are joined into people"
definition = "One row an account that an event names, with the name written beside it most lately."
order = ["account"]
[columns]
account = "The account; the address of an e-mail account is replaced by a hash."
stands_for = "The same, but github:<login> for GitHub's no-reply addresses."
name = "The login, or the name as written most lately."
first_seen = "First event, UTC."
last_seen = "Last event, UTC."
bot_reason = "Why this account is taken for a bot."
exempt = "Whether the pipeline says that it is none."
---*/
WITH trailers AS (
  SELECT time, unnest(json_get_array(data, 'trailers')) AS trailer FROM events
  WHERE type = 'commit.authored' AND time <= as_of()
),
pushed AS (
  SELECT time, unnest(json_get_array(data, 'commits')) AS pushed FROM events
  WHERE type = 'push.received' AND time <= as_of()
),
named AS (
  SELECT 'github-id:' || CAST(actor_id AS VARCHAR) AS account, substr(login, 8) AS name, first_seen, last_seen, typed_bot
  FROM logins WHERE actor_id IS NOT NULL
  UNION ALL SELECT login, substr(login, 8), first_seen, last_seen, typed_bot FROM logins
  UNION ALL SELECT actor, json_get_str(data, 'author', 'name'), time AS first_seen, time AS last_seen, false FROM events
    WHERE type = 'commit.authored' AND time <= as_of()
  UNION ALL SELECT json_get_str(data, 'committer', 'account'), json_get_str(data, 'committer', 'name'),
    time AS first_seen, time AS last_seen, false FROM events WHERE type = 'commit.authored' AND time <= as_of()
  UNION ALL SELECT json_get_str(trailer, 'account'), json_get_str(trailer, 'name'), time AS first_seen, time AS last_seen, false
    FROM trailers
  UNION ALL SELECT json_get_str(pushed, 'account'), json_get_str(pushed, 'name'), time AS first_seen, time AS last_seen, false
    FROM pushed
  UNION ALL SELECT actor, json_get_str(data, 'name'), time AS first_seen, time AS last_seen, false FROM events
    WHERE type = 'meeting.attended' AND time <= as_of()
  UNION ALL SELECT json_get_str(data, 'account'), json_get_str(data, 'name'), time AS first_seen, time AS last_seen, false
    FROM events WHERE type = 'maintainer.listed' AND time <= as_of()
  UNION ALL SELECT json_get_str(data, 'account'), CAST(NULL AS VARCHAR), time AS first_seen, time AS last_seen, false FROM events
    WHERE type IN ('affiliation.declared', 'account.linked') AND time <= as_of()
  UNION ALL SELECT json_get_str(data, 'canonical'), json_get_str(data, 'name'), time AS first_seen, time AS last_seen, false
    FROM events WHERE type = 'account.linked' AND time <= as_of()
),
-- max(time_key(t) || x) holds the x of the latest t; time_key has 20 characters.
latest AS (
  SELECT account, substr(max(CASE WHEN name <> '' THEN time_key(last_seen) || name END), 21) AS name,
         min(first_seen) AS first_seen, max(last_seen) AS last_seen, bool_or(typed_bot) AS typed_bot
  FROM named WHERE account <> '' GROUP BY account
)
SELECT masked(account) AS account, masked(noreply_account(account)) AS stands_for, masked(name) AS name, first_seen, last_seen,
       bot_reason(account, name, typed_bot) AS bot_reason, bot_exception(account, name) AS exempt
FROM latest
