/*---
version = 1
title = "Contributors, by DevStats"
definition = "Distinct logins with at least one of seven kinds of GitHub event in the window, without those that match DevStats' bot patterns."
source = "DevStats metrics/shared/contributors.sql"
unit = "logins"
statistic = "count_distinct"
value = "login"
unknown = "organisation"
compares = "growth.active_contributors"
windows = ["quarter", "365d", "7d", "all"]
group_by = ["repository", "organisation"]
direction = "higher is better"
caveats = [
  "Seven kinds of event: pushes, issues and pull requests opened, closed, merged or reopened, reviews, and comments on issues, lines and commits.",
  "Closing counts: who only closes somebody's issue is a contributor.",
  "Login-distinct: who changes login is two; who only writes commits and never acts on GitHub is nobody.",
  "Bots by DevStats' list of patterns on the login (queries/bots.devstats.toml): k8s-…, …-ci and …-testing hit people too.",
  "Pushes are in the log only from GH Archive or webhooks.",
  "Label and assignment events, which GH Archive has since October 2025 only, are not counted.",
  "DevStats' d7 is the window 7d; it does not divide it by 7 here, in new contributors it does.",
]
---*/
SELECT event_id, time, type, account, login, person, name, organisation, organisation_key, repository, url
FROM activity
WHERE NOT devstats_bot
  AND type IN ('push.received', 'issue.opened', 'issue.closed', 'issue.reopened', 'pull_request.opened', 'pull_request.closed',
               'pull_request.merged', 'pull_request.reopened', 'pull_request.reviewed', 'pull_request.review_commented',
               'pull_request.commented', 'issue.commented', 'commit.commented')
