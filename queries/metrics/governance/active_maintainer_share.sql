/*---
version = 1
title = "Active of the listed maintainers, 365 days"
definition = "Of the maintainers listed at the window's end, the share who contributed or attended a meeting in the 365 days before it."
source = "muster"
unit = "share"
statistic = "interval_share"
value = "person"
observed = "active"
from = "time"
until = "until"
parameters = { days = 365 }
windows = ["quarter", "365d"]
group_by = ["repository", "organisation"]
direction = "higher is better"
caveats = ["An act is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release, in any repository, or a meeting attended; messages are not.", "The rows hold the active and the idle: first_act to last_act is the stretch of acts without a longer pause, last_act of the idle when they were last seen.", "Who acts under an account that nothing joins to the roster's seems idle: muster people shows what is joined."]
[variants]
180d = { days = 180, title = "Active of the listed maintainers, 180 days", definition = "Of the maintainers listed at the window's end, the share who contributed or attended a meeting in the 180 days before it." }
90d = { days = 90, title = "Active of the listed maintainers, 90 days", definition = "Of the maintainers listed at the window's end, the share who contributed or attended a meeting in the 90 days before it." }
---*/
SELECT * FROM governance.active_maintainers
