/*---
title = "What contradicts what"
definition = "Nothing is resolved silently: each row is for a person to look at, and the people file to settle."
order = ["kind", "about", "from", "until", "message", "events"]
[columns]
kind = "two-names, two-numbers, two-organisations, joins-maintainers, kept-apart, ambiguous-name, parent-cycle, empty-interval or bad-pattern."
about = "The person or organisation."
from = "First instant it concerns."
until = "Its end."
message = "What contradicts what."
events = "The events that say so, separated by spaces."
---*/
SELECT kind, about, "from", "until", message, events FROM resolved.conflicts
