/*---
version = 1
title = "Maintainers added"
definition = "People who became a listed maintainer in the window, having been in no roster just before."
source = "muster"
unit = "people"
statistic = "count_distinct"
value = "person"
unknown = "organisation"
windows = ["quarter", "year", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["Who is in a repository's first roster was not added: the list begins with them.", "A change of file, role or organisation is neither an addition nor a removal.", "The repository is that of the roster that first lists them."]
---*/
SELECT t.listed_event AS event_id, t."from" AS time, t.person, t.name, t.organisation, t.organisation_key, t.organisation_group,
       t.repository, t."until", t.founding, t.became, t.url
FROM maintainer_terms t WHERE NOT t.founding
