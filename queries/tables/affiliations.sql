/*---
title = "Who worked where, from when to when, and who says so"
definition = "Half-open intervals that never overlap in one person: at each instant the strongest source that says anything decides (people, roster, notes, sortinghat, gitdm, email-map, profile, domain). Every statement is in declarations, every contradiction in conflicts."
order = ["person", "from", "until"]
[columns]
person = "The person."
organisation = "The organisation; null where nobody says, or where sources of equal authority contradict each other."
organisation_key = "The same for counting: null for Independent too."
organisation_group = "The same with related companies merged: the topmost parent at that time."
from = "First instant it holds, UTC; null: ever since."
until = "First instant it no longer holds; null while it does."
said_by = "Who says so."
event_id = "The statement; empty where it follows from an address's domain."
---*/
SELECT person, organisation, organisation_key, organisation_group, "from", "until", said_by, event_id FROM resolved.affiliations
