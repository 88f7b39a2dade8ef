/*---
version = 1
title = "Retained contributors"
definition = "Share of the people who contributed in the window before and contribute in this one too; bots excluded."
source = "LFX Insights quarterly retention"
unit = "share"
statistic = "retention"
value = "person"
unknown = "organisation"
windows = ["quarter", "365d"]
direction = "higher is better"
caveats = ["A contribution is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release.", "Who pauses for a whole window and comes back is not retained, and is not new either: growth.returning_contributors has them."]
---*/
SELECT * FROM growth.contributions
