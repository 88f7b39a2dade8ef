/*---
version = 1
title = "New contributors, by OpenDigger"
definition = "Authors whose first merged pull request was merged in the window."
source = "OpenDigger src/metrics/chaoss.ts newContributors"
unit = "accounts"
statistic = "new"
value = "account"
compares = "growth.new_contributors"
windows = ["month", "quarter", "year"]
group_by = ["repository"]
direction = "higher is better"
caveats = [
  "First merged pull request in the data.",
  "Bots by `[bot]` at the end of the login alone: service accounts with other names are people.",
]
---*/
SELECT event_id, time, account, login, person, name, repository, number, url FROM opendigger.contributors
