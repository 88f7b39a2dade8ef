/*---
version = 1
title = "Inequality among organisations"
definition = "Gini coefficient of the contributions of the organisations who contributed in the window: 0 where all made as many, towards 1 where one made nearly all; bots excluded."
source = "Gini (1912)"
unit = "coefficient"
statistic = "gini"
value = "organisation_or_person"
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = ["A contribution is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release.", "Contributions of people of whom nobody says where they work are left out: the unknown share says how many those are.", "Each Independent person stands as one of their own, not as an organisation called Independent.", "Who made none is not in it: newcomers with a single contribution raise it, so look at it beside the number of people."]
---*/
SELECT * FROM growth.contributions
