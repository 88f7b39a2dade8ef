/*---
version = 1
title = "Meeting attendee count, by CHAOSS"
definition = "Attendees of all meetings in the window over the number of meetings."
source = "CHAOSS Meeting Attendee Count (Community Activity model)"
unit = "people a meeting"
statistic = "ratio"
value = "attendees"
per = "held"
compares = "meetings.attendance"
windows = ["quarter", "365d"]
group_by = ["series"]
direction = "higher is better"
caveats = [
  "A meeting whose notes name nobody has 0 attendees here; ours leaves it out.",
  "People who come to every meeting are counted each time.",
]
---*/
SELECT event_id, time, meeting, community, series, title, coalesce(attendees, 0) AS attendees, 1 AS held FROM meetings
