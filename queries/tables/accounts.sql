/*---
title = "Accounts, and the person each stands for"
definition = "Every account that an event names. In this version a person is an account after .mailmap, GitHub numbers, no-reply addresses and profile links: names alone never join."
order = ["account"]
[columns]
account = "The account; the address of an e-mail account is replaced by a hash."
person = "The account that stands for the person."
name = "The name to show: the login, or the name as written most lately."
is_bot = "One policy: GitHub's account type, then the patterns, then the exceptions; what holds of one account holds of the person."
bot_reason = "Why it is taken for a bot."
first_seen = "First event, UTC."
last_seen = "Last event, UTC."
---*/
-- A change of login: the number stays, the latest login names the person. Two numbers with one login stay two people.
WITH latest AS (
  SELECT actor_id, substr(max(time_key(last_seen) || login), 21) AS login FROM logins
  WHERE actor_id IS NOT NULL GROUP BY actor_id
),
numbered AS (
  SELECT actor_id, 'github-id:' || CAST(actor_id AS VARCHAR) AS account,
         CASE WHEN count(*) OVER (PARTITION BY login) = 1 THEN login ELSE 'github-id:' || CAST(actor_id AS VARCHAR) END AS person
  FROM latest
),
login_person AS (
  SELECT l.login, min(n.person) AS person FROM logins l JOIN numbered n ON n.actor_id = l.actor_id
  GROUP BY l.login HAVING count(DISTINCT n.person) = 1
),
-- A source that links an account to two others contradicts itself: then it joins none.
linked AS (
  SELECT masked(json_get_str(data, 'account')) AS account,
         min(masked(noreply_account(json_get_str(data, 'canonical')))) AS canonical
  FROM events
  WHERE type = 'account.linked' AND time <= as_of() AND json_get_str(data, 'account') <> json_get_str(data, 'canonical')
  GROUP BY 1 HAVING count(DISTINCT json_get_str(data, 'canonical')) = 1
),
once AS (
  SELECT m.*, coalesce(l.canonical, m.stands_for) AS other FROM mentions m LEFT JOIN linked l ON l.account = m.account
),
twice AS (
  SELECT o.*, coalesce(l.canonical, o.other) AS last FROM once o LEFT JOIN linked l ON l.account = o.other
),
resolved AS (
  SELECT t.account, coalesce(n.person, p.person, t.last) AS person, t.name, t.first_seen, t.last_seen, t.bot_reason, t.exempt
  FROM twice t
  LEFT JOIN numbered n ON n.account = t.last
  LEFT JOIN login_person p ON p.login = t.last
),
judged AS (
  SELECT *, min(bot_reason) OVER w AS reason, bool_or(exempt) OVER w AS is_exempt FROM resolved
  WINDOW w AS (PARTITION BY person)
)
SELECT account, person, name, reason IS NOT NULL AND NOT is_exempt AS is_bot,
       CASE WHEN NOT is_exempt THEN reason END AS bot_reason, first_seen, last_seen
FROM judged
