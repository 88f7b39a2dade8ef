/*---
version = 1
title = "Inequality among contributors"
definition = "Gini coefficient of the contributions of the people who contributed in the window: 0 where all made as many, towards 1 where one made nearly all; bots excluded."
source = "Gini (1912)"
unit = "coefficient"
statistic = "gini"
value = "person"
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = ["A contribution is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release.", "Who made none is not in it: newcomers with a single contribution raise it, so look at it beside the number of people."]
---*/
SELECT * FROM growth.contributions
