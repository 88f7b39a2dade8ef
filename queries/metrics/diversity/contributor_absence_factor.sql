/*---
version = 1
title = "Contributor absence factor"
definition = "The smallest number of people who make half of the contributions; bots excluded."
source = "CHAOSS 3944 Contributor Absence Factor (reaching 50 %)"
unit = "people"
statistic = "smallest_set"
value = "person"
parameters = { threshold = 0.5 }
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["A contribution is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release."]
[variants]
p51 = { threshold = 0.51, title = "Contributor absence factor, 51 %", definition = "The smallest number of people who make 51 % of the contributions; bots excluded." }
p75 = { threshold = 0.75, title = "Contributor absence factor, 75 %", definition = "The smallest number of people who make three quarters of the contributions; bots excluded." }
---*/
SELECT * FROM growth.contributions
