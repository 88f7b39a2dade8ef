/*---
version = 1
title = "Days from first contribution to promotion"
definition = "How long the people who first became a listed maintainer in the window had contributed before: the median."
source = "CNCF graduation template: a ladder that produces maintainers"
unit = "days"
statistic = "quantile_interpolated"
value = "seconds"
unknown = "organisation"
windows = ["quarter", "year", "365d"]
group_by = ["repository"]
caveats = ["Who is in a repository's first roster was not added: the list begins with them.", "First in what was collected. Who is listed before any contribution that was collected is left out; the note says how many.", "People who contribute and are never promoted are not in it."]
---*/
WITH promoted AS (
  SELECT *, row_number() OVER (PARTITION BY person ORDER BY "from", listed_event) AS nth FROM maintainer_terms
),
first_acts AS (
  SELECT person, min(time) AS time, substr(min(time_key(time) || event_id), 21) AS event_id
  FROM contributions WHERE counts AND person IN (SELECT person FROM promoted) GROUP BY person
)
SELECT t.listed_event AS event_id, t."from" AS time, t.person, t.name,
       CASE WHEN f.time <= t."from" THEN date_part('epoch', t."from") - date_part('epoch', f.time) END AS seconds,
       f.time AS first_contribution, f.event_id AS first_event, t.organisation, t.organisation_key, t.organisation_group,
       t.repository, t."until", t.became, t.url
FROM promoted t LEFT JOIN first_acts f ON f.person = t.person
WHERE t.nth = 1 AND NOT t.founding
