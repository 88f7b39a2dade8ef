/*---
version = 1
title = "Organisations active, independents included"
definition = "Distinct organisations of the people with at least one contribution in the window, each Independent person counted as one of their own; bots excluded."
source = "CHAOSS Organizational Diversity"
unit = "organisations"
statistic = "count_distinct"
value = "organisation_or_person"
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["A contribution is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release.", "People of whom nobody says where they work are the unknown share and add no organisation; the range is what it would be if they all were of one further organisation.", "Each Independent person stands as one of their own, not as an organisation called Independent."]
---*/
SELECT * FROM growth.contributions
