/*---
version = 1
title = "Organisations of listed maintainers, related companies merged"
definition = "Distinct organisations beside the names of the maintainers listed at the window's end, a company and its parents at that time counted once."
source = "muster"
unit = "organisations"
statistic = "interval_count_distinct"
value = "organisation_group"
from = "time"
until = "until"
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["Companies that belong to one at that time count as one: organization_relations says which.", "People of whom nobody says where they work are the unknown share and add no organisation; the range is what it would be if they all were of one further organisation.", "Independent is a person's own row, not an organisation."]
---*/
SELECT * FROM governance.listed_maintainers
