/*---
version = 1
title = "Organisations that attend"
definition = "Distinct organisations of the people who attended a meeting in the window, as the notes or rosters state them; bots excluded."
source = "CHAOSS 3464 Organizational Diversity, of meetings"
unit = "organisations"
statistic = "count_distinct"
value = "organisation_key"
unknown = "organisation"
windows = ["quarter", "year", "365d"]
group_by = ["community"]
direction = "higher is better"
caveats = ["Meetings whose notes name nobody present are not in it.", "Independent is a person's own row, not an organisation.", "People of whom nobody says where they work are the unknown share and add no organisation."]
---*/
SELECT * FROM meetings.attendance
