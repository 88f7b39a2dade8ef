/*---
version = 1
title = "Contributors, commits only"
definition = "People who authored or co-authored a commit in the window; bots excluded."
source = "CHAOSS 3945 Committers"
unit = "people"
statistic = "count_distinct"
value = "person"
unknown = "organisation"
windows = ["month", "quarter", "365d"]
group_by = ["repository", "organisation"]
direction = "higher is better"
caveats = ["By author date, on the collected branch; merge commits are none."]
---*/
SELECT * FROM diversity.commits_by_organization
