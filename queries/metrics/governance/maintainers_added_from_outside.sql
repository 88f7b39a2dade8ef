/*---
version = 1
title = "Maintainers added from outside the founding organisations"
definition = "Of the maintainers added in the window, the share who did not come from an organisation of the very first roster."
source = "CNCF graduation template: promotion from outside the founding organisation"
unit = "share"
statistic = "share"
value = "outside"
unknown = "organisation"
windows = ["quarter", "year", "365d"]
direction = "higher is better"
caveats = ["Who is in a repository's first roster was not added: the list begins with them.", "Related companies count as one. Independent people are from outside.", "Whose organisation is unknown is left out."]
---*/
WITH began AS (SELECT min("from") AS time FROM maintainer_terms),
founders AS (
  SELECT DISTINCT t.organisation_group FROM maintainer_terms t JOIN began b ON t."from" = b.time
  WHERE t.organisation_group IS NOT NULL
)
SELECT t.listed_event AS event_id, t."from" AS time, t.person, t.name,
       CASE WHEN t.organisation IS NOT NULL THEN f.organisation_group IS NULL END AS outside,
       t.organisation, t.organisation_key, t.organisation_group,
       t.repository, t."until", t.founding, t.became, t.url
FROM maintainer_terms t LEFT JOIN founders f ON f.organisation_group = t.organisation_group
WHERE NOT t.founding
