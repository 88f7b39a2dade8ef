/*---
title = "Action items, as they stood at each meeting"
definition = "One row an action item and meeting."
order = ["time", "event_id"]
[columns]
event_id = "The event."
time = "The meeting's day (or start), UTC."
meeting = "meeting:<series>/<date>."
text = "What is to be done."
owners = "Accounts of those who are to do it, separated by spaces; e-mail addresses are replaced by hashes."
state = "open or done, as of that meeting."
source = "The file."
---*/
SELECT e.id AS event_id, e.time, e.subject AS meeting, masked(json_get_str(e.data, 'text')) AS text,
       masked_list(json_get_json(e.data, 'owners')) AS owners, json_get_str(e.data, 'state') AS state, e.source
FROM events e WHERE e.type = 'action.recorded' AND e.time <= as_of()
