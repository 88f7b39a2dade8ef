/*---
version = 1
title = "Active organisations, by LFX Insights"
definition = "Organisations of people with at least one code contribution in the window; bots excluded."
source = "LFX Insights (crowd.dev services/libs/tinybird/pipes/) active_organizations.pipe"
unit = "organisations"
statistic = "count_distinct"
value = "organisation_key"
unknown = "organisation"
compares = "diversity.active_organizations"
windows = ["quarter", "365d", "all"]
group_by = ["repository"]
direction = "higher is better"
caveats = [
  "Code contributions only: issues, discussions, chat, mail and meetings do not count.",
  "Review requests and commits inside a pull request, which LFX counts, are not in the log.",
  "Unaffiliated and Independent add none.",
]
---*/
-- Every role in a commit is a contribution of its own; its author and its committer are two.
WITH signed AS (
  SELECT s.event_id, s.time, s.role AS kind, a.person, s.repository, s.url
  FROM signatures s JOIN accounts a ON a.account = masked(s.account)
  WHERE s.role IN ('author', 'committer', 'co-authored-by', 'reviewed-by', 'tested-by', 'approved-by', 'signed-off-by',
                   'reported-by', 'resolved-by', 'informed-by', 'influenced-by')
),
acts AS (
  SELECT * FROM signed
  UNION ALL
  SELECT event_id, time, type, person, repository, url FROM activity
  WHERE type IN ('pull_request.opened', 'pull_request.closed', 'pull_request.merged', 'pull_request.reviewed',
                 'pull_request.review_commented', 'pull_request.commented')
)
SELECT c.event_id, c.time, c.kind, c.person, p.name, o.organisation, o.organisation_key, c.repository, c.url
FROM acts c
JOIN people p ON p.person = c.person
LEFT JOIN affiliations o ON o.person = c.person
  AND (o."from" IS NULL OR c.time >= o."from") AND (o."until" IS NULL OR c.time < o."until")
WHERE NOT p.is_bot
