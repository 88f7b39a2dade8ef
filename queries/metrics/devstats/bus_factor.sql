/*---
version = 1
title = "Bus factor, by DevStats"
definition = "The smallest number of logins that make more than half of the contributions; DevStats' nine kinds of event."
source = "DevStats metrics/shared/bus_factor.sql, of the instance for all projects alone"
unit = "logins"
statistic = "smallest_set"
value = "login"
unknown = "organisation"
compares = "diversity.contributor_absence_factor"
windows = ["quarter", "365d"]
direction = "higher is better"
caveats = [
  "Nine kinds: the seven, and stars and forks.",
  "Exceeds 50 %: a tie is not enough.",
  "Login-distinct: who changes login is two.",
  "Bots by DevStats' list of patterns on the login (queries/bots.devstats.toml): k8s-…, …-ci and …-testing hit people too.",
  "DevStats counts by HyperLogLog, an estimate; this is exact.",
]
[parameters]
threshold = 0.5
exceed = 1
---*/
SELECT event_id, time, type, account, login, person, name, organisation, organisation_key, repository, url
FROM activity
WHERE NOT devstats_bot
  AND type IN ('push.received', 'issue.opened', 'issue.closed', 'issue.reopened', 'pull_request.opened', 'pull_request.closed',
               'pull_request.merged', 'pull_request.reopened', 'pull_request.reviewed', 'pull_request.review_commented',
               'pull_request.commented', 'issue.commented', 'commit.commented',
               'repository.starred', 'repository.forked')
