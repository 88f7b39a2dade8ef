/*---
version = 1
title = "New contributors"
definition = "People whose first contribution in the whole log falls in the window; bots excluded."
source = "CHAOSS New Contributors"
unit = "people"
statistic = "count_distinct"
value = "person"
unknown = "organisation"
windows = ["month", "quarter", "365d"]
group_by = ["repository", "kind", "organisation"]
direction = "higher is better"
caveats = ["First in what was collected: whoever contributed before the collection begins counts as new at their first collected act.", "The repository and the kind are those of the first contribution."]
---*/
SELECT event_id, time, person, name, kind, organisation, organisation_key, organisation_group, repository, url
FROM growth.contributions WHERE nth = 1
