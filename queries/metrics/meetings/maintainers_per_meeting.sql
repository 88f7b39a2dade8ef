/*---
version = 1
title = "Listed maintainers per meeting"
definition = "People per meeting whom a roster listed as maintainers on that day, on average over the window's meetings."
source = "muster"
unit = "people per meeting"
statistic = "mean_distinct_per"
value = "maintainer"
per = "meeting"
windows = ["quarter", "year", "365d"]
group_by = ["community"]
direction = "higher is better"
caveats = ["Meetings whose notes name nobody present are not in it.", "A maintainer of any repository's roster counts."]
---*/
WITH listed AS (
  SELECT DISTINCT a.event_id
  FROM attendance a
  JOIN maintainer_terms t ON t.person = a.person AND a.time >= t."from" AND (t."until" IS NULL OR a.time < t."until")
)
SELECT a.event_id, a.time, a.meeting, a.community, a.person, a.name,
       CASE WHEN l.event_id IS NOT NULL THEN a.person END AS maintainer,
       a.organisation, a.organisation_key, a.organisation_group, a.source AS url
FROM attendance a LEFT JOIN listed l ON l.event_id = a.event_id WHERE NOT a.is_bot
