/*---
version = 1
title = "Maintainers who became emeritus"
definition = "People whom the rosters moved from maintainer to emeritus in the window."
source = "muster"
unit = "people"
statistic = "count_distinct"
value = "person"
unknown = "organisation"
windows = ["quarter", "year", "365d"]
group_by = ["repository"]
caveats = ["Who is dropped without a word is in governance.maintainers_removed only."]
---*/
SELECT t.unlisted_event AS event_id, t."until" AS time, t.person, t.name, t."from",
       t.organisation, t.organisation_key, t.organisation_group,
       t.repository, t.founding, t.became, t.url
FROM maintainer_terms t WHERE t."until" IS NOT NULL AND t.became = 'emeritus'
