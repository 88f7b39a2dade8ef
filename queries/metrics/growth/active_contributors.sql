/*---
version = 1
title = "Active contributors"
definition = "People with at least one contribution in the window; bots excluded."
source = "CHAOSS Contributors"
unit = "people"
statistic = "count_distinct"
value = "person"
unknown = "organisation"
windows = ["month", "quarter", "365d"]
group_by = ["repository", "kind", "organisation"]
direction = "higher is better"
caveats = ["A contribution is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release."]
---*/
SELECT * FROM growth.contributions
