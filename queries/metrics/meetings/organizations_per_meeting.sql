/*---
version = 1
title = "Organisations per meeting"
definition = "Distinct organisations per meeting, as the notes or rosters state them, on average over the window's meetings; bots excluded."
source = "muster"
unit = "organisations per meeting"
statistic = "mean_distinct_per"
value = "organisation_key"
per = "meeting"
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["community"]
direction = "higher is better"
caveats = ["People of whom nobody says where they work are the unknown share and add no organisation; the range is what it would be if they all were of one further organisation.", "Independent is a person's own row, not an organisation."]
---*/
SELECT * FROM meetings.attendance
