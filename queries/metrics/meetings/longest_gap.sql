/*---
version = 1
title = "Longest gap between meetings"
definition = "The longest time without a meeting, of those that end in the window."
source = "muster"
unit = "days"
statistic = "longest_gap"
value = "meeting"
windows = ["quarter", "year", "365d"]
group_by = ["community", "series"]
direction = "lower is better"
caveats = ["A meeting without notes makes a longer gap.", "The time since the last meeting is still running: the upper end of the range is how long it is, if longer."]
---*/
SELECT * FROM meetings.held
