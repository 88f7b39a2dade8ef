/*---
version = 1
title = "Cohort retention"
definition = "Of the people whose first contribution fell in the window four windows ago (a year, of quarters), the share who contribute in this one; bots excluded."
source = "muster"
unit = "share"
statistic = "cohort"
value = "person"
parameters = { after = 4 }
unknown = "organisation"
windows = ["quarter"]
direction = "higher is better"
caveats = ["A contribution is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release.", "First in what was collected: whoever contributed before the collection begins counts as new at their first collected act."]
---*/
SELECT * FROM growth.contributions
