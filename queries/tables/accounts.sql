/*---
title = "Accounts, and the person each stands for"
definition = "Every account that an event names. What joins accounts is in account_joins: names alone never do."
order = ["account"]
[columns]
account = "The account; the address of an e-mail account is replaced by a hash."
person = "The account that stands for the person."
name = "The login, or the name as written most lately."
is_bot = "One policy: GitHub's account type, then the patterns, then the exceptions; what holds of one account holds of the person."
bot_reason = "Why this account is taken for a bot."
unresolved = "A name in notes that fits two people, or initials that fit nobody: counted as a person of its own."
first_seen = "First event, UTC; null where no event shows it at work."
last_seen = "Last event, UTC."
---*/
SELECT account, person, name, is_bot, bot_reason, unresolved, first_seen, last_seen FROM resolved.accounts
