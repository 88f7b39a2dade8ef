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
-- Of each person the rows so far, the row before and the row after, in the order in which the table stands.
SELECT event_id, time, account, person, name, kind, nth_of(person) OVER acted AS nth,
       before_of(person, time) OVER acted AS previous_at, after_of(person, time) OVER acted AS next_at, organisation, organisation_key, organisation_group,
       coalesce(organisation_key, alone) AS organisation_or_person, coalesce(organisation_group, alone) AS group_or_person,
       repository, url
FROM acts
WINDOW acted AS (ORDER BY time NULLS FIRST, event_id NULLS FIRST, kind, account NULLS FIRST, url NULLS FIRST)
