/*---
title = "People, by the name to show"
definition = "One row a person of the accounts table: what the account that stands for the person is called."
order = ["person"]
[columns]
person = "The person."
name = "The name to show: of the people file, else of the strongest link, else the latest written."
is_bot = "As in accounts."
bot_reason = "Why."
accounts = "How many accounts are this person's."
---*/
SELECT person, name, is_bot, bot_reason, accounts FROM resolved.people
