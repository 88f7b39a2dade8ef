/*---
version = 1
title = "Merges by people who are on no roster"
definition = "Of the pull requests merged in the window, the share merged by somebody who was no listed maintainer at that time; bots excluded."
source = "CNCF graduation template: ownership matches governance"
unit = "share"
statistic = "share"
value = "unlisted"
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = ["Merges before the first roster are left out; without any roster there is nothing to compare with.", "A maintainer of any repository's roster counts as listed."]
---*/
-- Only merges at a time when there was a roster to be in.
WITH merges AS (
  SELECT c.event_id, c.time, c.person, c.name, c.organisation, c.organisation_key, c.organisation_group, c.repository, c.url
  FROM contributions c
  WHERE c.kind = 'merge' AND NOT c.is_bot AND c.time >= (SELECT min("from") FROM maintainer_terms)
),
listed AS (
  SELECT DISTINCT m.event_id
  FROM merges m
  JOIN maintainer_terms t ON t.person = m.person AND m.time >= t."from" AND (t."until" IS NULL OR m.time < t."until")
)
SELECT m.*, l.event_id IS NULL AS unlisted, CASE WHEN l.event_id IS NULL THEN m.person END AS unlisted_merger
FROM merges m LEFT JOIN listed l ON l.event_id = m.event_id
