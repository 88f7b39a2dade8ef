/*---
version = 1
title = "Merge concentration"
definition = "The smallest number of people who do half of the merges; bots excluded."
source = "CHAOSS 3944 Contributor Absence Factor, of merges"
unit = "people"
statistic = "smallest_set"
value = "person"
parameters = { threshold = 0.5 }
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["Counted for who merged; a merge whose merger is not stated or is a bot is not in it.", "A small number means that merges hang on few people."]
[variants]
p75 = { threshold = 0.75, title = "Merge concentration, 75 %", definition = "The smallest number of people who do three quarters of the merges; bots excluded." }
---*/
SELECT * FROM diversity.merges_by_organization
