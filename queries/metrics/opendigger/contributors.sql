/*---
version = 1
title = "Contributors, by OpenDigger"
definition = "Authors of pull requests merged in the window."
source = "OpenDigger src/metrics/chaoss.ts contributors"
unit = "accounts"
statistic = "count_distinct"
value = "account"
compares = "growth.code_contributors"
windows = ["month", "quarter", "year"]
group_by = ["repository"]
direction = "higher is better"
caveats = [
  "Merged pull requests only: who writes issues, reviews or pushes to the branch is none.",
  "Bots by `[bot]` at the end of the login alone: service accounts with other names are people.",
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
WHERE m.account IS NOT NULL AND m.login NOT LIKE '%[bot]'
