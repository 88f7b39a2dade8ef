/*---
version = 1
title = "Contributor absence factor, by CHAOSS"
definition = "The smallest number of people whose contributions of any kind reach half of all; bots excluded."
source = "CHAOSS 3944 Contributor Absence Factor"
unit = "people"
statistic = "smallest_set"
value = "person"
unknown = "organisation"
compares = "diversity.contributor_absence_factor"
windows = ["quarter", "365d"]
direction = "higher is better"
caveats = [
  "Any kind: commits (merge commits too), issues, pull requests, reviews, comments, merges, releases, meetings attended, chat and mail.",
  "Reaches 50 %: a tie is enough. OSS Compass wants more than half, and groups by the name as written.",
]
[parameters]
threshold = 0.5
---*/
SELECT * FROM chaoss.contributors
