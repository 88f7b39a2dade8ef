/*---
version = 1
title = "Inactive contributors, by CHAOSS"
definition = "People whose last contribution of any kind lies in the window and at least 90 days before the as-of instant; bots excluded."
source = "CHAOSS 3614 Inactive Contributors"
unit = "people"
statistic = "count_distinct"
value = "person"
unknown = "organisation"
compares = "growth.lapsed_contributors"
windows = ["quarter", "365d"]
direction = "lower is better"
caveats = [
  "Counted in the window of the last contribution, not in that in which they became inactive.",
  "CHAOSS fixes no interval: 90 days is muster's.",
  "Who comes back is taken out again, so that past values change.",
]
[parameters]
days = 90
[variants]
180d = { days = 180, title = "Inactive contributors of 180 days, by CHAOSS", definition = "People whose last contribution of any kind lies in the window and at least 180 days before the as-of instant; bots excluded." }
365d = { days = 365, title = "Inactive contributors of 365 days, by CHAOSS", definition = "People whose last contribution of any kind lies in the window and at least 365 days before the as-of instant; bots excluded." }
---*/
-- Only rows with which a person's last instant is reached can be their last; of these there are few to be ranked.
WITH acted AS (
  SELECT *, after_of(person, time) OVER acted AS next_at FROM chaoss.contributors WHERE time < as_of()
  WINDOW acted AS (ORDER BY time NULLS FIRST, event_id NULLS FIRST, kind, account NULLS FIRST, url NULLS FIRST)
),
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY person ORDER BY time DESC, event_id DESC, kind, url) AS nth
  FROM acted WHERE next_at IS NULL OR next_at = time
)
SELECT event_id, time, person, name, kind, organisation, organisation_key, repository, url
FROM ranked WHERE nth = 1 AND time < as_of() - INTERVAL '$days days'
