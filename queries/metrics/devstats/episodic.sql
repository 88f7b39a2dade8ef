/*---
version = 1
title = "Episodic pull request authors, by DevStats"
definition = "Accounts that open a pull request in the quarter, have opened none in the three months before it, and at most 12 ever before it."
source = "DevStats metrics/shared/episodic_contributors.sql"
unit = "accounts"
statistic = "count_distinct"
value = "account"
unknown = "organisation"
windows = ["quarter", "365d"]
caveats = [
  "New ones are episodic, too.",
  "Bots are in it: DevStats filters none here.",
  "Made for windows of a quarter (variants: of a month, of a year), since it looks back from a period's first day. In another window it counts the accounts that were episodic in at least one quarter of it.",
  "A regular who pauses for three months is episodic until the thirteenth pull request.",
]
[parameters]
months = 3
most = 12
[variants]
month = { months = 1, title = "Episodic pull request authors by month, by DevStats", definition = "Accounts that open a pull request in the month, have opened none in the three months before it, and at most 12 ever before it." }
year = { months = 12, title = "Episodic pull request authors by year, by DevStats", definition = "Accounts that open a pull request in the year, have opened none in the three months before it, and at most 12 ever before it." }
---*/
-- The definition looks back from the first instant of a period: $months months, counted from January 2000.
WITH opened AS (
  SELECT event_id, time, account, login, person, name, organisation, repository, number, url,
         date_bin(INTERVAL '$months months', time, TIMESTAMP '2000-01-01T00:00:00Z') AS period
  FROM activity WHERE type = 'pull_request.opened' AND account IS NOT NULL
),
periods AS (SELECT account, period, count(*) AS opened, max(time) AS last FROM opened GROUP BY account, period),
before AS (
  SELECT account, period, lag(last) OVER (PARTITION BY account ORDER BY period) AS last_before,
         sum(opened) OVER (PARTITION BY account ORDER BY period) - opened AS opened_before
  FROM periods
)
SELECT o.event_id, o.time, o.account, o.login, o.person, o.name, o.organisation, b.opened_before, b.last_before, o.repository,
       o.number, o.url
FROM opened o JOIN before b ON b.account = o.account AND b.period = o.period
WHERE (b.last_before IS NULL OR b.last_before < b.period - INTERVAL '3 months') AND b.opened_before <= $most
