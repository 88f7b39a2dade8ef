/*---
version = 1
title = "Change in active contributors"
definition = "By which part the number of active contributors differs from that of the window before: 0.1 is a tenth more, -0.1 a tenth less; bots excluded."
source = "muster"
unit = "share"
statistic = "rate_of_change"
value = "person"
unknown = "organisation"
windows = ["quarter", "365d"]
direction = "higher is better"
caveats = ["A contribution is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release."]
---*/
SELECT * FROM growth.contributions
