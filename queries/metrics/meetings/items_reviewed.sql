/*---
version = 1
title = "Items looked at"
definition = "Distinct issues, pull requests, discussions and messages to which the notes of the window link."
source = "muster"
unit = "items"
statistic = "count_distinct"
value = "item"
windows = ["quarter", "year", "365d"]
group_by = ["community", "kind"]
caveats = ["An item of several meetings counts once; the rows show each."]
---*/
SELECT i.event_id, i.time, i.meeting, i.community, i.item, i.kind, i.status, i.url
FROM items_reviewed i
