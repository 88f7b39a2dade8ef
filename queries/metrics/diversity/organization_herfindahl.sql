/*---
version = 1
title = "Concentration among organisations"
definition = "Herfindahl index of the contributions by organisation: 1 where one made all, 1/n where n made as many each; bots excluded."
source = "Herfindahl-Hirschman index"
unit = "index"
statistic = "herfindahl"
value = "organisation_or_person"
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = ["A contribution is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release.", "Contributions of people of whom nobody says where they work are left out: the unknown share says how many those are.", "Each Independent person stands as one of their own, not as an organisation called Independent."]
---*/
SELECT * FROM growth.contributions
