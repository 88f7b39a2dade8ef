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
group_by = ["repository"]
direction = "higher is better"
caveats = ["First in what was collected: whoever contributed before the collection begins counts as new at their first collected act.", "The repository is that of the first contribution."]
---*/
-- The few acts at the instant of somebody's first are ranked, not all.
WITH began AS (SELECT person, min(time) AS time FROM contributions WHERE counts AND NOT is_bot GROUP BY person),
ranked AS (
  SELECT c.event_id, b.time, c.person, c.name, c.kind, c.organisation, c.organisation_key, c.organisation_group, c.repository, c.url,
         row_number() OVER (PARTITION BY c.person ORDER BY c.time, c.event_id, c.kind, c.url) AS nth
  FROM began b JOIN contributions c ON c.person = b.person AND c.time = b.time
  WHERE c.counts AND NOT c.is_bot
)
SELECT event_id, time, person, name, kind, organisation, organisation_key, organisation_group, repository, url
FROM ranked WHERE nth = 1
