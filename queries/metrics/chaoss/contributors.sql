/*---
version = 1
title = "Contributors, by CHAOSS"
definition = "People with at least one contribution of any kind in the window; bots excluded."
source = "CHAOSS 3467 Contributors"
unit = "people"
statistic = "count_distinct"
value = "person"
unknown = "organisation"
compares = "growth.active_contributors"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = [
  "Any kind: commits (merge commits too), issues, pull requests, reviews, comments, merges, releases, meetings attended, chat and mail.",
  "CHAOSS' default period is forever; here it is the window.",
]
---*/
SELECT c.event_id, c.time, c.account, c.person, c.name, c.kind, c.organisation, c.organisation_key, c.repository, c.url
FROM contributions c WHERE NOT c.is_bot AND c.kind <> 'merged_pull_request'
