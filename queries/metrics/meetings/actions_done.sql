/*---
version = 1
title = "Actions done"
definition = "Action items that the notes of the window record as done for the first time."
source = "muster"
unit = "actions"
statistic = "count"
windows = ["quarter", "year", "365d"]
group_by = ["community"]
direction = "higher is better"
caveats = ["The same words in a later meeting are the same action, until it is done.", "What is done and never ticked is not seen."]
---*/
SELECT w.done_event AS event_id, w.done_at AS time, w.event_id AS action, w.time AS opened_at, w.community,
       w.text, w.owners, w.meetings, w.url
FROM meetings.actions_opened w WHERE w.done
