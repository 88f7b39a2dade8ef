/*---
version = 1
title = "Listed maintainers who attend, share, 365 days"
definition = "Of the maintainers listed at the window's end, the share who attended a meeting in the 365 days before it."
source = "muster"
unit = "share"
statistic = "interval_share"
value = "person"
observed = "active"
from = "time"
until = "until"
parameters = { days = 365 }
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["The rows hold the active and the idle: first_act to last_act is the stretch of acts without a longer pause, last_act of the idle when they were last seen.", "Meetings whose notes name nobody present show nobody.", "Before the first such act in the log, and where none was collected, there is no figure.", "Who acts under an account that nothing joins to the roster's seems idle: muster people shows what is joined."]
[variants]
180d = { days = 180, title = "Listed maintainers who attend, share, 180 days", definition = "Of the maintainers listed at the window's end, the share who attended a meeting in the 180 days before it." }
90d = { days = 90, title = "Listed maintainers who attend, share, 90 days", definition = "Of the maintainers listed at the window's end, the share who attended a meeting in the 90 days before it." }
---*/
SELECT * FROM meetings.attending_maintainers
