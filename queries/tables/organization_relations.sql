/*---
title = "Which organisation belonged to which"
definition = "Dated parents, of the list that muster ships and of the sources."
order = ["organisation", "from", "parent", "said_by", "event_id"]
[columns]
organisation = "The one that belongs."
parent = "The one it belongs to."
from = "First instant, UTC; null: ever since."
until = "First instant it no longer holds; null: still."
said_by = "people, gitdm or muster."
event_id = "The event; empty for the list that muster ships (queries/organizations.toml)."
---*/
SELECT organisation, parent, "from", "until", said_by, event_id FROM resolved.relations
