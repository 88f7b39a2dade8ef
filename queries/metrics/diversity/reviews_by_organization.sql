/*---
version = 1
title = "Reviews by organisation"
definition = "Reviews in the window, by the organisation of the person at that time; bots excluded."
source = "CHAOSS 3464 Organizational Diversity"
unit = "reviews"
statistic = "count"
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["organisation", "organisation_group"]
caveats = ["Reviews that were submitted, each one; a comment on a line is a comment.", "Unknown is a row of its own, and so is Independent; in organisation_group both are unknown.", "Companies that belong to one at that time count as one: organization_relations says which. One that was bought inside the window stands on its own before that day."]
---*/
SELECT * FROM growth.contributions WHERE kind = 'review'
