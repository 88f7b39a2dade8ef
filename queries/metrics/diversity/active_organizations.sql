/*---
version = 1
title = "Organisations active"
definition = "Distinct organisations of the people with at least one contribution in the window, as sources state them at that time; bots excluded."
source = "CHAOSS Organizational Diversity"
unit = "organisations"
statistic = "count_distinct"
value = "organisation_key"
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["People of whom nobody says where they work are the unknown share and add no organisation; the range is what it would be if they all were of one further organisation.", "Independent is a person's own row, not an organisation."]
---*/
SELECT * FROM growth.contributions
