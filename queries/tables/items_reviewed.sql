/*---
title = "Issues, pull requests and messages looked at in meetings"
definition = "One row a linked item and meeting."
order = ["time", "event_id"]
[columns]
event_id = "The event."
time = "The meeting's day (or start), UTC."
meeting = "meeting:<series>/<date>."
community = "The notes source."
item = "github:<owner>/<name>#<number>, or slack:<channel>/<ts>."
kind = "issue, pull_request, message, discussion or item."
status = "todo, wip, done or pending, where its heading says so."
url = "The link."
source = "The file."
---*/
SELECT e.id AS event_id, e.time, e.subject AS meeting, split_part(substr(e.id, 7), '/', 1) AS community,
       json_get_str(e.data, 'item') AS item, json_get_str(e.data, 'kind') AS kind, json_get_str(e.data, 'status') AS status,
       e.url, e.source
FROM events e WHERE e.type = 'item.reviewed' AND e.time <= as_of()
