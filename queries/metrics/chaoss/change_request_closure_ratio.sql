/*---
version = 1
title = "Change request closure ratio, by CHAOSS"
definition = "Share of the pull requests open at any moment of the quarter that were closed in it."
source = "CHAOSS 4834 Change Request Closure Ratio"
unit = "share"
statistic = "share"
value = "closed"
compares = "latency.pull_requests_closed_to_opened"
windows = ["quarter", "365d"]
direction = "higher is better"
caveats = [
  "Never above 1. Tools that divide by those opened instead say more than 1: chaoss.change_requests_closed_to_opened.",
  "To the last close.",
  "Made for windows of a quarter (variants: of a month, of a year). In a longer window a pull request counts once for each quarter in which it was open.",
]
[parameters]
months = 3
[variants]
month = { months = 1, title = "Change request closure ratio by month, by CHAOSS", definition = "Share of the pull requests open at any moment of the month that were closed in it." }
year = { months = 12, title = "Change request closure ratio by year, by CHAOSS", definition = "Share of the pull requests open at any moment of the year that were closed in it." }
---*/
-- One row a pull request and period ($months months, counted from January 2000) in which it was open.
WITH requests AS (
  SELECT opened_event, repository, number, author, opened_at, final_closed_at, url,
         greatest(opened_at, coalesce(final_closed_at, as_of())) AS until
  FROM pull_requests WHERE NOT author_is_bot
),
spans AS (
  SELECT *, date_bin(INTERVAL '$months months', opened_at, TIMESTAMP '2000-01-01T00:00:00Z') AS first,
         date_bin(INTERVAL '$months months', until, TIMESTAMP '2000-01-01T00:00:00Z') AS last
  FROM requests
),
periods AS (SELECT *, unnest(generate_series(first, last, INTERVAL '$months months')) AS period FROM spans)
SELECT opened_event AS event_id, greatest(opened_at, period) AS time, repository, number, author AS person, opened_at,
       final_closed_at, coalesce(final_closed_at < period + INTERVAL '$months months', false) AS closed, url
FROM periods WHERE period < as_of()
