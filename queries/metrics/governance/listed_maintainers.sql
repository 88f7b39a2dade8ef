/*---
version = 1
title = "Listed maintainers"
definition = "People whom the rosters list as maintainers at the window's end (or as-of, while the window is unfinished)."
source = "muster"
unit = "people"
statistic = "interval_count_distinct"
value = "person"
from = "time"
until = "until"
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
caveats = ["Reviewers, members, emeritus maintainers and teams are not counted."]
---*/
SELECT m.listed_event AS event_id, m."from" AS time, m."until", m.person, m.name, m.role, m.written, m.organisation,
       m.organisation_key, m.organisation_group, m.repository, m.path, m.unlisted_event, m.url
FROM maintainers m WHERE m.is_maintainer
