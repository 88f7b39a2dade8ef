/*---
version = 1
title = "New authors of merged pull requests, by DevStats"
definition = "Accounts whose first merged pull request was merged in the window, without DevStats' bots."
source = "DevStats metrics/shared/new_contributors_data.sql"
unit = "accounts"
statistic = "new"
value = "account"
compares = "growth.new_contributors"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = [
  "First merged pull request, by the time of the merge; the chart of the same name counts the first opened one (devstats.new_pr_contributors).",
  "Bots by DevStats' list of patterns on the login (queries/bots.devstats.toml): k8s-…, …-ci and …-testing hit people too.",
]
---*/
-- Since October 2025 a record of a merge names no author: the opening does.
WITH opened AS (
  SELECT subject, account, login, person FROM activity WHERE type = 'pull_request.opened'
),
merged AS (
  SELECT m.event_id, m.time, m.repository, m.number, m.url, coalesce(m.author_account, o.account) AS account,
         coalesce(m.author_login, o.login) AS login, coalesce(m.author, o.person) AS person
  FROM activity m LEFT JOIN opened o ON o.subject = m.subject
  WHERE m.type = 'pull_request.merged'
)
SELECT m.event_id, m.time, m.account, m.login, m.person, p.name, m.repository, m.number, m.url
FROM merged m LEFT JOIN people p ON p.person = m.person
WHERE m.account IS NOT NULL AND NOT devstats_bot(m.login)
