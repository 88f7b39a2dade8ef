/*---
version = 1
title = "Occasional contributors, by CHAOSS"
definition = "People who are active in the window and have fewer than 4 contributions of any kind in the whole log; bots excluded."
source = "CHAOSS 3466 Occasional Contributors; 4 is 8Knot's"
unit = "people"
statistic = "count_distinct"
value = "person"
unknown = "organisation"
compares = "growth.drive_by_contributors"
windows = ["quarter", "365d"]
caveats = [
  "CHAOSS fixes no number; fewer than 4 is 8Knot's drive-by.",
  "Counted over the whole log: who goes on is taken out of the past, too.",
]
[parameters]
least = 4
---*/
WITH totals AS (
  SELECT person, count(*) AS contributions FROM chaoss.contributors WHERE time < as_of() GROUP BY person
)
SELECT c.event_id, c.time, c.person, c.name, c.kind, t.contributions, c.organisation, c.organisation_key, c.repository, c.url
FROM chaoss.contributors c JOIN totals t ON t.person = c.person
WHERE t.contributions < $least
