/*---
title = "Where people work, as each source states it"
definition = "One row a statement; consecutive ones of notes are joined."
order = ["person", "from", "until", "said_by", "source", "written", "event_id"]
[columns]
person = "The person."
account = "The account it was said of."
written = "The organisation as written."
organisation = "What it means; null for NotFound and the like."
from = "First instant it holds, UTC; null: ever since."
until = "First instant it no longer holds; null: still."
said_by = "people, roster, notes, sortinghat, gitdm, email-map, profile or domain."
source = "Which file, repository or notes source."
event_id = "The first event that says so."
---*/
SELECT person, account, written, organisation, "from", "until", said_by, source, event_id FROM resolved.declared
