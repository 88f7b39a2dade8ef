/*---
version = 1
title = "Merges by people who are on no roster"
definition = "Of the pull requests merged in the window, the share merged by somebody who was no listed maintainer at that time; bots excluded."
source = "CNCF graduation template: ownership matches governance"
unit = "share"
statistic = "share"
value = "unlisted"
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = ["Merges before the first roster are left out; without any roster there is nothing to compare with.", "A maintainer of any repository's roster counts as listed."]
---*/
SELECT * FROM governance.unlisted_mergers
