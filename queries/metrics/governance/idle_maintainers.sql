/*---
version = 1
title = "Listed maintainers who were not active, 365 days"
definition = "Maintainers listed at the window's end who neither contributed nor attended a meeting in the 365 days before it."
source = "muster"
unit = "people"
statistic = "interval_count_distinct"
value = "idle_person"
from = "time"
until = "until"
parameters = { days = 365 }
windows = ["quarter", "365d"]
group_by = ["repository", "organisation"]
direction = "lower is better"
caveats = ["An act is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release, in any repository, or a meeting attended; messages are not.", "The rows hold the active and the idle: first_act to last_act is the stretch of acts without a longer pause, last_act of the idle when they were last seen.", "Who acts under an account that nothing joins to the roster's seems idle: muster people shows what is joined."]
[variants]
180d = { days = 180, title = "Listed maintainers who were not active, 180 days", definition = "Maintainers listed at the window's end who neither contributed nor attended a meeting in the 180 days before it." }
90d = { days = 90, title = "Listed maintainers who were not active, 90 days", definition = "Maintainers listed at the window's end who neither contributed nor attended a meeting in the 90 days before it." }
---*/
SELECT * FROM governance.active_maintainers
