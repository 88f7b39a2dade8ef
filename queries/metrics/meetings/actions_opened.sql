/*---
version = 1
title = "Actions opened"
definition = "Action items that the notes of the window record for the first time."
source = "muster"
unit = "actions"
statistic = "count"
windows = ["quarter", "year", "365d"]
group_by = ["community"]
caveats = ["The same words in a later meeting are the same action, until it is done.", "Recorded at once as done counts too."]
---*/
WITH lives AS (
  SELECT action, min(community) AS community, min(time) AS first_at, max(time) AS last_at,
         min(time) FILTER (WHERE state = 'done') AS done_at,
         substr(min(CASE WHEN state = 'done' THEN time_key(time) || event_id END), 21) AS done_event,
         min(time) FILTER (WHERE state = 'open') AS open_at, count(DISTINCT meeting) AS meetings
  FROM actions GROUP BY action
)
SELECT l.action AS event_id, l.first_at AS time, a.meeting, l.community, a.text, a.owners, l.done_at IS NOT NULL AS done,
       CASE WHEN l.open_at IS NOT NULL
            THEN date_part('epoch', coalesce(l.done_at, l.last_at)) - date_part('epoch', l.first_at) END AS seconds,
       l.done_at, l.done_event, l.last_at, l.meetings, a.source AS url
FROM lives l JOIN actions a ON a.event_id = l.action
