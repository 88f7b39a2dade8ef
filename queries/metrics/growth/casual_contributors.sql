/*---
version = 1
title = "Casual contributors"
definition = "People who made 4 to 9 contributions in the 365 days before the window's end; bots excluded."
source = "8Knot (repeat from 4 contributions, core from 10)"
unit = "people"
statistic = "interval_count_distinct"
value = "person"
from = "time"
until = "until"
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["organisation"]
direction = "higher is better"
caveats = ["The thresholds are the parameters of growth.contributors_by_engagement."]
---*/
SELECT * FROM growth.contributors_by_engagement WHERE class = 'casual'
