/*---
version = 1
title = "Attendances"
definition = "Attendances in the window, each person once a meeting; bots excluded."
source = "CHAOSS Meeting Attendee Count"
unit = "attendances"
statistic = "count"
unknown = "organisation"
windows = ["quarter", "year", "365d"]
group_by = ["community", "organisation"]
direction = "higher is better"
caveats = ["Meetings whose notes name nobody present are not in it."]
---*/
SELECT * FROM meetings.attendance
