/*---
version = 1
title = "Top merger's share"
definition = "The part of the merges that the person with the most of them does; bots excluded."
source = "muster"
unit = "share"
statistic = "top_share"
value = "person"
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = ["Counted for who merged; a merge whose merger is not stated or is a bot is not in it."]
---*/
SELECT * FROM diversity.merges_by_organization
