/*---
version = 1
title = "Actions carried over"
definition = "Action items that a meeting of the window records as still open after an earlier meeting had recorded them."
source = "muster"
unit = "actions"
statistic = "count_distinct"
value = "action"
windows = ["quarter", "year", "365d"]
group_by = ["community"]
direction = "lower is better"
caveats = ["The same words in a later meeting are the same action, until it is done.", "One that is carried over by several meetings counts once; the rows show each."]
---*/
SELECT a.event_id, a.time, a.meeting, a.community, a.action, a.text, a.owners, o.time AS opened_at, a.source AS url
FROM actions a JOIN actions o ON o.event_id = a.action
WHERE a.state = 'open' AND a.event_id <> a.action
