/*---
title = "Who speaks in the notes"
definition = "One row a meeting and somebody whose words its notes record, under initials or a name before a colon."
order = ["time", "event_id"]
[columns]
event_id = "The event."
time = "The meeting's day (or start), UTC."
meeting = "meeting:<series>/<date>."
written = "As written before the colon."
person = "The person, through the list of participants of that meeting."
unresolved = "Whether the initials fit nobody or two of them."
is_bot = "Whether the person is a bot."
source = "The file."
---*/
SELECT e.id AS event_id, e.time, e.subject AS meeting, json_get_str(e.data, 'written') AS written, a.person, a.unresolved, a.is_bot,
       e.source
FROM events e LEFT JOIN resolved.accounts a ON a.raw = e.actor
WHERE e.type = 'speaker.recorded' AND e.time <= as_of()
