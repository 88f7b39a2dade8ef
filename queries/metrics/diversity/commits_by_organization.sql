/*---
version = 1
title = "Commits by organisation"
definition = "Commits in the window, by the organisation of the person at that time; bots excluded."
source = "CHAOSS 3464 Organizational Diversity"
unit = "commits"
statistic = "count"
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["organisation", "organisation_group"]
caveats = ["A commit counts once for its author and once for each co-author; merge commits are none.", "Unknown is a row of its own, and so is Independent; in organisation_group both are unknown.", "Companies that belong to one at that time count as one: organization_relations says which. One that was bought inside the window stands on its own before that day."]
---*/
SELECT * FROM growth.contributions WHERE kind IN ('commit', 'co_authored_commit')
