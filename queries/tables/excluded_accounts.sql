/*---
title = "Accounts taken for bots, and why"
definition = "The accounts of people who are bots; and accounts that look like bots whose person is none by the pipeline's exception."
order = ["account"]
[columns]
account = "The account."
person = "The person."
name = "The name."
reason = "Why: of this account, else of another account of the same person."
excluded = "False: an exception of the pipeline says that it is none."
---*/
SELECT a.account, a.person, a.name, coalesce(a.bot_reason, p.bot_reason) AS reason, a.is_bot AS excluded
FROM resolved.accounts a LEFT JOIN resolved.people p ON p.person = a.person
WHERE a.is_bot OR a.bot_reason IS NOT NULL
