/*---
title = "Accounts, and the person each stands for"
definition = "Every account that an event names. In this version a person is an account after .mailmap, GitHub numbers, no-reply addresses and profile links: names alone never join."
order = ["account"]
[columns]
account = "The account; the address of an e-mail account is replaced by a hash."
person = "The account that stands for the person."
name = "The name to show: the login, or the name as written most lately."
is_bot = "One policy: GitHub's account type, then the patterns, then the exceptions."
bot_reason = "Why it is taken for a bot."
first_seen = "First event, UTC."
last_seen = "Last event, UTC."
---*/
WITH github AS (
  SELECT actor_id, login, min(time) AS first_seen, max(time) AS last_seen,
         max(CASE WHEN actor_type = 'Bot' THEN 1 ELSE 0 END) AS typed_bot
  FROM facts WHERE login IS NOT NULL GROUP BY actor_id, login
),
named_authors AS (
  SELECT json_get_int(data, 'author_id') AS actor_id, json_get_str(data, 'author') AS login, time
  FROM events WHERE type = 'pull_request.merged' AND time <= as_of()
),
logins AS (
  SELECT actor_id, login, min(first_seen) AS first_seen, max(last_seen) AS last_seen, max(typed_bot) AS typed_bot
  FROM (
    SELECT * FROM github
    UNION ALL
    SELECT actor_id, login, min(time) AS first_seen, max(time) AS last_seen, 0 AS typed_bot FROM named_authors WHERE login IS NOT NULL GROUP BY actor_id, login
  ) GROUP BY actor_id, login
),
-- A change of login: the number stays, the latest login names the person. Two numbers with one login stay two people.
latest AS (
  SELECT actor_id, last_value(login ORDER BY last_seen, login) AS login FROM logins
  WHERE actor_id IS NOT NULL GROUP BY actor_id
),
numbered AS (
  SELECT actor_id, login,
         CASE WHEN count(*) OVER (PARTITION BY login) = 1 THEN login ELSE 'github-id:' || CAST(actor_id AS VARCHAR) END AS person
  FROM latest
),
login_person AS (
  SELECT l.login, min(n.person) AS person FROM logins l JOIN numbered n ON n.actor_id = l.actor_id
  GROUP BY l.login HAVING count(DISTINCT n.person) = 1
),
trailers AS (
  SELECT time, unnest(json_get_array(data, 'trailers')) AS trailer FROM events
  WHERE type = 'commit.authored' AND time <= as_of()
),
pushed AS (
  SELECT time, unnest(json_get_array(data, 'commits')) AS pushed FROM events
  WHERE type = 'push.received' AND time <= as_of()
),
-- Every account that an event names, with the name written beside it.
mentioned AS (
  SELECT 'github-id:' || CAST(actor_id AS VARCHAR) AS account, substr(login, 8) AS name, first_seen, last_seen, typed_bot
  FROM logins WHERE actor_id IS NOT NULL
  UNION ALL SELECT login, substr(login, 8), first_seen, last_seen, typed_bot FROM logins
  UNION ALL SELECT actor, json_get_str(data, 'author', 'name'), time AS first_seen, time AS last_seen, 0 AS typed_bot FROM events
    WHERE type = 'commit.authored' AND actor IS NOT NULL AND time <= as_of()
  UNION ALL SELECT json_get_str(data, 'committer', 'account'), json_get_str(data, 'committer', 'name'), time AS first_seen, time AS last_seen, 0 AS typed_bot FROM events
    WHERE type = 'commit.authored' AND time <= as_of()
  UNION ALL SELECT json_get_str(trailer, 'account'), json_get_str(trailer, 'name'), time AS first_seen, time AS last_seen, 0 AS typed_bot FROM trailers
  UNION ALL SELECT json_get_str(pushed, 'account'), json_get_str(pushed, 'name'), time AS first_seen, time AS last_seen, 0 AS typed_bot FROM pushed
  UNION ALL SELECT actor, json_get_str(data, 'name'), time AS first_seen, time AS last_seen, 0 AS typed_bot FROM events WHERE type = 'meeting.attended' AND time <= as_of()
  UNION ALL SELECT json_get_str(data, 'account'), json_get_str(data, 'name'), time AS first_seen, time AS last_seen, 0 AS typed_bot FROM events
    WHERE type = 'maintainer.listed' AND time <= as_of()
  UNION ALL SELECT json_get_str(data, 'account'), NULL, time AS first_seen, time AS last_seen, 0 AS typed_bot FROM events
    WHERE type IN ('affiliation.declared', 'account.linked') AND time <= as_of()
  UNION ALL SELECT json_get_str(data, 'canonical'), json_get_str(data, 'name'), time AS first_seen, time AS last_seen, 0 AS typed_bot FROM events
    WHERE type = 'account.linked' AND time <= as_of()
),
account AS (
  SELECT account, last_value(name ORDER BY last_seen, name) FILTER (WHERE name IS NOT NULL AND name <> '') AS name,
         min(first_seen) AS first_seen, max(last_seen) AS last_seen, max(typed_bot) AS typed_bot
  FROM mentioned WHERE account IS NOT NULL AND account <> '' GROUP BY account
),
-- A source that links an account to two others contradicts itself: then it joins none.
linked AS (
  SELECT json_get_str(data, 'account') AS account, min(json_get_str(data, 'canonical')) AS canonical FROM events
  WHERE type = 'account.linked' AND time <= as_of() AND json_get_str(data, 'account') <> json_get_str(data, 'canonical')
  GROUP BY 1 HAVING count(DISTINCT json_get_str(data, 'canonical')) = 1
),
once AS (
  SELECT a.account, noreply_account(coalesce(l.canonical, a.account)) AS stands_for
  FROM account a LEFT JOIN linked l ON l.account = a.account
),
twice AS (
  SELECT o.account, noreply_account(coalesce(l.canonical, o.stands_for)) AS stands_for
  FROM once o LEFT JOIN linked l ON l.account = o.stands_for
),
resolved AS (
  SELECT t.account, coalesce(n.person, p.person, t.stands_for) AS person
  FROM twice t
  LEFT JOIN numbered n ON 'github-id:' || CAST(n.actor_id AS VARCHAR) = t.stands_for
  LEFT JOIN login_person p ON p.login = t.stands_for
),
judged AS (
  SELECT a.account, r.person, a.name, a.first_seen, a.last_seen,
         bot_reason(a.account, a.name, a.typed_bot = 1) AS bot_reason, bot_exception(a.account, a.name) AS exempt
  FROM account a JOIN resolved r ON r.account = a.account
)
SELECT masked(j.account) AS account, masked(j.person) AS person, masked(j.name) AS name,
       bool_or(j.bot_reason IS NOT NULL) OVER (PARTITION BY j.person) AND NOT bool_or(j.exempt) OVER (PARTITION BY j.person) AS is_bot,
       CASE WHEN bool_or(j.exempt) OVER (PARTITION BY j.person) THEN NULL
            ELSE min(j.bot_reason) OVER (PARTITION BY j.person) END AS bot_reason,
       j.first_seen, j.last_seen
FROM judged j
