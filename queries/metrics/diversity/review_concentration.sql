/*---
version = 1
title = "Review concentration"
definition = "The smallest number of people who submit half of the reviews; bots excluded."
source = "CHAOSS 3944 Contributor Absence Factor, of reviews"
unit = "people"
statistic = "smallest_set"
value = "person"
parameters = { threshold = 0.5 }
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["Reviews that were submitted, each one; a comment on a line is a comment.", "A small number means that reviews hang on few people."]
[variants]
p75 = { threshold = 0.75, title = "Review concentration, 75 %", definition = "The smallest number of people who submit three quarters of the reviews; bots excluded." }
---*/
SELECT * FROM diversity.reviews_by_organization
