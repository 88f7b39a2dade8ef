/*---
version = 1
title = "People who attend"
definition = "Distinct people who attended at least one meeting in the window; bots excluded."
source = "CHAOSS Meeting Attendee Count"
unit = "people"
statistic = "count_distinct"
value = "person"
unknown = "organisation"
windows = ["quarter", "year", "365d"]
group_by = ["community"]
direction = "higher is better"
caveats = ["Meetings whose notes name nobody present are not in it."]
---*/
SELECT * FROM meetings.attendance
