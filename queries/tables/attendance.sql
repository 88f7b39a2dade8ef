/*---
title = "Who was at which meeting"
definition = "One row a person and meeting, as the notes state it."
order = ["time", "event_id"]
[columns]
event_id = "The event."
time = "The meeting's day (or start), UTC."
meeting = "meeting:<series>/<date>."
community = "The notes source."
person = "The person."
name = "The name as written."
organisation = "As stated beside the name, else as declared by then; null where nobody says."
role = "As stated in brackets."
is_bot = "Whether the person is a bot."
source = "The file."
---*/
SELECT e.id AS event_id, e.time, e.subject AS meeting, split_part(substr(e.id, 7), '/', 1) AS community, a.person,
       masked(json_get_str(e.data, 'name')) AS name,
       coalesce(nullif(trim(json_get_str(e.data, 'organisation')), ''), o.organisation) AS organisation,
       json_get_str(e.data, 'role') AS role, a.is_bot, e.source
FROM events e
LEFT JOIN accounts a ON a.account = masked(e.actor)
LEFT JOIN affiliations o ON o.person = a.person AND e.time >= o."from" AND (o."until" IS NULL OR e.time < o."until")
WHERE e.type = 'meeting.attended' AND e.time <= as_of()
