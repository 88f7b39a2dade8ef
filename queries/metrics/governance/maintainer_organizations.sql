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
SELECT * FROM governance.listed_maintainers
