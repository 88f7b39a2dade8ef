/*---
title = "People, by the name to show"
definition = "One row a person of the accounts table: what the account that stands for the person is called."
order = ["person"]
[columns]
person = "The person."
name = "The name to show: that of the account that stands for the person, else the latest of its accounts'."
is_bot = "As in accounts."
bot_reason = "As in accounts."
accounts = "How many accounts are this person's."
---*/
SELECT person,
       coalesce(max(CASE WHEN account = person THEN name END), substr(max(CASE WHEN name <> '' THEN time_key(last_seen) || name END), 21), person) AS name,
       bool_or(is_bot) AS is_bot, min(bot_reason) AS bot_reason, count(*) AS accounts
FROM accounts GROUP BY person
