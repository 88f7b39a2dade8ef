/*---
version = 1
title = "Trend of active contributors"
definition = "By how many people a week the number of those who contribute rises or falls each week, as a straight line through the window's weeks says; bots excluded."
source = "muster: least squares, 95 % interval by Student's t"
unit = "people a week, each week"
statistic = "slope"
value = "person"
parameters = { period_days = 7 }
unknown = "organisation"
windows = ["365d", "milestones"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["A contribution is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release.", "Before and after a milestone are two cells: compare their intervals, not only their values."]
---*/
SELECT * FROM growth.contributions
