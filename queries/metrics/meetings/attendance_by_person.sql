/*---
version = 1
title = "Meetings attended, by person"
definition = "Distinct meetings that anybody attended in the window, and for each person how many; bots excluded."
source = "muster"
unit = "meetings"
statistic = "count_distinct"
value = "meeting"
unknown = "organisation"
windows = ["quarter", "year", "365d"]
group_by = ["person"]
direction = "higher is better"
caveats = ["Meetings whose notes name nobody present are not in it.", "The groups are the people, by the account that stands for each."]
---*/
SELECT * FROM meetings.attendance
