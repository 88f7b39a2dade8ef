/*---
title = "Why accounts are one person"
definition = "One row a piece of evidence that joins two accounts, used or refused."
order = ["person", "account", "other", "evidence", "event_id"]
[columns]
person = "The person of account."
account = "One account."
other = "The other."
evidence = "people, number, noreply, mailmap, gitdm, sortinghat, roster, profile-link, chat-profile or name, strongest first."
event_id = "The event that says so; empty where the accounts themselves do (a no-reply address)."
used = "False: stronger evidence keeps the two apart."
---*/
SELECT person, account, other, evidence, event_id, used FROM resolved.joins
