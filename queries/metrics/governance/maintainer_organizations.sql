/*---
version = 1
title = "Organisations of listed maintainers"
definition = "Distinct organisations beside the names of the maintainers listed at the window's end, as the rosters write them."
source = "muster"
unit = "organisations"
statistic = "interval_count_distinct"
value = "organisation_key"
from = "time"
until = "until"
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["As the rosters write them; spellings of one company are one (organizations), a company and its parent are two.", "Independent is a person's own row, not an organisation."]
---*/
SELECT m.listed_event AS event_id, m."from" AS time, m."until", m.person, m.name, m.role, m.written, m.organisation,
       m.organisation_key, m.organisation_group, m.repository, m.path, m.unlisted_event, m.url
FROM maintainers m WHERE m.is_maintainer
