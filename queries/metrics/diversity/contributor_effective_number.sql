/*---
version = 1
title = "Effective number of contributors"
definition = "How many people with equal parts would be as diverse as those who contributed in the window; bots excluded."
source = "Hill (1973): exponential of Shannon's entropy"
unit = "people"
statistic = "effective_number"
value = "person"
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["A contribution is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release."]
---*/
SELECT * FROM growth.contributions
