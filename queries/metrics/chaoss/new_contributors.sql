/*---
version = 1
title = "New contributors, by CHAOSS"
definition = "People whose first contribution of any kind in the whole log falls in the window; bots excluded."
source = "CHAOSS 3613 New Contributors"
unit = "people"
statistic = "new"
value = "person"
unknown = "organisation"
compares = "growth.new_contributors"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = [
  "Any kind: commits (merge commits too), issues, pull requests, reviews, comments, merges, releases, meetings attended, chat and mail.",
  "First of all time, not of the window: Augur filters by date first and calls everybody new.",
]
---*/
SELECT * FROM chaoss.contributors
