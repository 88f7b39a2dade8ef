/*---
version = 1
title = "New pull request authors, by DevStats"
definition = "Accounts whose first pull request ever was opened in the window."
source = "DevStats metrics/shared/new_contributors.sql"
unit = "accounts"
statistic = "new"
value = "account"
unknown = "organisation"
compares = "growth.new_contributors"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = [
  "First opened pull request: merged or not.",
  "Bots are in it: DevStats filters none here.",
  "First in what was collected.",
  "For 28-day and 7-day averages DevStats divides by the days; this is the count.",
]
---*/
SELECT event_id, time, account, login, person, name, organisation, repository, number, url
FROM activity
WHERE type = 'pull_request.opened' AND account IS NOT NULL
