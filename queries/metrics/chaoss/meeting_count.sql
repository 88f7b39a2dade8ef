/*---
version = 1
title = "Meeting count, by CHAOSS"
definition = "Meetings held in the window."
source = "CHAOSS Meeting Count (Community Activity model)"
unit = "meetings"
statistic = "count"
compares = "meetings.held"
windows = ["quarter", "365d"]
group_by = ["series"]
direction = "higher is better"
caveats = [
  "CHAOSS defines it; no tool of CHAOSS collects it.",
]
---*/
SELECT event_id, time, meeting, community, series, title, coalesce(attendees, 0) AS attendees, 1 AS held FROM meetings
