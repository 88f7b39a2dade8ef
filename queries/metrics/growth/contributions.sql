/*---
version = 1
title = "Contributions"
definition = "Contributions in the window, each with the one before and the one after of the same person; bots excluded."
source = "CHAOSS Types of Contributions"
unit = "contributions"
statistic = "count"
unknown = "organisation"
windows = ["month", "quarter", "365d"]
group_by = ["repository", "kind", "organisation"]
direction = "higher is better"
caveats = ["A contribution is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release.", "A commit counts once for its author and once for each co-author, a merged pull request once for the merger and once for its author.", "A number of acts, not of work: kinds weigh the same."]
---*/
WITH acts AS (
  SELECT *, CASE WHEN organisation IS NOT NULL AND organisation_key IS NULL THEN organisation || ': ' || person END AS alone
  FROM contributions WHERE counts AND NOT is_bot
)
SELECT event_id, time, account, person, name, kind, row_number() OVER mine AS nth, lag(time) OVER mine AS previous_at,
       lead(time) OVER mine AS next_at, organisation, organisation_key, organisation_group,
       coalesce(organisation_key, alone) AS organisation_or_person, coalesce(organisation_group, alone) AS group_or_person,
       repository, url
FROM acts WINDOW mine AS (PARTITION BY person ORDER BY time, event_id, kind, url)
