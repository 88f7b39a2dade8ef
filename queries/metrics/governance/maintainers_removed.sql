/*---
version = 1
title = "Maintainers removed"
definition = "People whom the rosters ceased to list as maintainers in the window, those who became emeritus too."
source = "muster"
unit = "people"
statistic = "count_distinct"
value = "person"
unknown = "organisation"
windows = ["quarter", "year", "365d"]
group_by = ["repository"]
caveats = ["A change of file, role or organisation is neither an addition nor a removal.", "A roster that is deleted removes everybody whom no other lists."]
---*/
SELECT t.unlisted_event AS event_id, t."until" AS time, t.person, t.name, t."from",
       t.organisation, t.organisation_key, t.organisation_group,
       t.repository, t.founding, t.became, t.url
FROM maintainer_terms t WHERE t."until" IS NOT NULL
