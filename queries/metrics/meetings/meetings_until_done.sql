/*---
version = 1
title = "Meetings until an item is done"
definition = "At how many meetings items stand on the list until half of them are marked as done; those not done count as at least as many."
source = "muster, Kaplan-Meier"
unit = "meetings"
statistic = "kaplan_meier"
value = "meetings"
observed = "done"
windows = ["quarter", "year", "365d"]
group_by = ["community"]
direction = "lower is better"
caveats = ["By the window of the first meeting that lists it.", "Items that no heading ever gives a status are not in it.", "Done is what the notes call done, not what GitHub says."]
[variants]
p75 = { quantile = 0.75, definition = "At how many meetings items stand on the list until three quarters of them are marked as done; those not done count as at least as many." }
---*/
WITH listed AS (
  SELECT *, min(CASE WHEN status = 'done' THEN time END) OVER (PARTITION BY community, item) AS done_at FROM items_reviewed
),
-- Items that some heading gives a status: links in running text are never marked as done.
lives AS (
  SELECT community, item, min(time) AS first_at, substr(min(time_key(time) || event_id), 21) AS first_event,
         max(done_at) AS done_at,         count(DISTINCT CASE WHEN done_at IS NULL OR time <= done_at THEN meeting END) AS meetings
  FROM listed GROUP BY community, item HAVING count(status) > 0
)
SELECT l.first_event AS event_id, l.first_at AS time, i.meeting, l.community, l.item, i.kind, l.done_at IS NOT NULL AS done,
       l.meetings, l.done_at, i.url
FROM lives l JOIN items_reviewed i ON i.event_id = l.first_event
