/*---
version = 1
title = "Meetings held"
definition = "Meetings that notes record in the window."
source = "CHAOSS Meeting Count (Community Activity model)"
unit = "meetings"
statistic = "count_distinct"
value = "meeting"
windows = ["quarter", "year", "365d"]
group_by = ["community", "series"]
direction = "higher is better"
caveats = ["A meeting without notes is not seen."]
---*/
SELECT m.event_id, m.time, m.meeting, m.community, m.series, m.title, m.attendees, m.organisations, m.source AS url
FROM meetings m
