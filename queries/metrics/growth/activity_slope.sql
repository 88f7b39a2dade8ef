/*---
version = 1
title = "Trend of activity"
definition = "By how many contributions a week the activity rises or falls each week, as a straight line through the window's weeks says; bots excluded."
source = "muster: least squares, 95 % interval by Student's t"
unit = "contributions a week, each week"
statistic = "slope"
parameters = { period_days = 7 }
unknown = "organisation"
windows = ["365d", "milestones"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["A contribution is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release.", "Before and after a milestone are two cells: compare their intervals, not only their values.", "A season shows as a trend in a window that is shorter than a year."]
---*/
SELECT * FROM growth.contributions
