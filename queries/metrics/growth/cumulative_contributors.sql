/*---
version = 1
title = "Contributors so far"
definition = "People who have contributed at least once before the window's end; bots excluded."
source = "CHAOSS Contributors, over all time"
unit = "people"
statistic = "interval_count_distinct"
value = "person"
from = "time"
until = "until"
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["It never falls: whoever stopped long ago is in it.", "The repository is that of the first contribution."]
---*/
SELECT event_id, time, nullif(time, time) AS "until", person, name, kind, organisation, organisation_key,
       organisation_group, repository, url
FROM growth.new_contributors
