/*---
version = 1
title = "Developers contributing, by DevStats"
definition = "Distinct accounts with at least one of the seven kinds of event in the window."
source = "DevStats metrics/shared/num_stats.sql"
unit = "accounts"
statistic = "count_distinct"
value = "account"
unknown = "organisation"
compares = "growth.active_contributors"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = [
  "Bots are in it: DevStats filters none here. The dashboard's own documentation says that they are skipped.",
  "By GitHub's number of the account, not by login: not the number of devstats.contributors.",
  "Pushes are in the log only from GH Archive or webhooks.",
  "Label and assignment events, which GH Archive has since October 2025 only, are not counted.",
]
---*/
SELECT event_id, time, type, account, login, person, name, organisation, organisation_key, repository, url
FROM activity
WHERE account IS NOT NULL
  AND type IN ('push.received', 'issue.opened', 'issue.closed', 'issue.reopened', 'pull_request.opened', 'pull_request.closed',
               'pull_request.merged', 'pull_request.reopened', 'pull_request.reviewed', 'pull_request.review_commented',
               'pull_request.commented', 'issue.commented', 'commit.commented')
