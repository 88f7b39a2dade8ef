/*---
version = 1
title = "Cadence"
definition = "Days from a meeting to the next one, the median over those that end in the window."
source = "muster"
unit = "days"
statistic = "median_gap"
value = "meeting"
windows = ["quarter", "year", "365d"]
group_by = ["community", "series"]
direction = "lower is better"
caveats = ["A meeting without notes makes a longer gap.", "Over all series together; by series in the groups."]
---*/
SELECT * FROM meetings.held
