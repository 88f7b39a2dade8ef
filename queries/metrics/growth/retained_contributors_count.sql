/*---
version = 1
title = "Retained contributors, how many"
definition = "People who contributed in the window before and contribute in this one too; bots excluded."
source = "LFX Insights quarterly retention"
unit = "people"
statistic = "retention"
value = "person"
parameters = { as_count = 1 }
unknown = "organisation"
windows = ["quarter", "365d"]
direction = "higher is better"
caveats = ["A contribution is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release."]
---*/
SELECT * FROM growth.contributions
