/*---
version = 1
title = "Organisations ever, by DevStats"
definition = "Distinct companies other than Independent of the logins of devstats.contributors_and_orgs, at any time up to the window's end."
source = "DevStats metrics/shared/contributors_and_orgs_count.sql"
unit = "organisations"
statistic = "interval_count_distinct"
value = "company"
from = "since"
until = "until"
unknown = "organisation"
windows = ["quarter", "365d"]
direction = "higher is better"
caveats = [
  "Cumulative: everything from the beginning of the log to the window's end, whatever the window.",
  "Unknown adds none; Independent is excluded here, and counted in devstats.companies.",
  "NotFound and (Unknown) are not filtered by DevStats; muster's sources read them as unknown.",
]
---*/
-- Git's authors and committers count where GitHub knows the account of their address.
WITH signed AS (
  SELECT s.event_id, s.time, substr(a.person, 8) AS login, a.person, s.repository, s.url
  FROM signatures s JOIN accounts a ON a.account = masked(s.account)
  WHERE s.role IN ('author', 'committer') AND a.person LIKE 'github:%'
),
committed AS (
  SELECT s.event_id, s.time, s.login, s.person, p.name, o.organisation, s.repository, s.url
  FROM signed s
  JOIN people p ON p.person = s.person
  LEFT JOIN affiliations o ON o.person = s.person
    AND (o."from" IS NULL OR s.time >= o."from") AND (o."until" IS NULL OR s.time < o."until")
  WHERE NOT devstats_bot(s.login)
),
acts AS (
  SELECT event_id, time, login, person, name, organisation, repository, url FROM devstats.contributors
  UNION ALL
  SELECT event_id, time, login, person, name, organisation, repository, url FROM committed
),
-- Who and which company has been seen once is in every later count.
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY login, organisation ORDER BY time, event_id) AS nth FROM acts
)
SELECT event_id, time, time AS since, CAST(NULL AS TIMESTAMP) AS until, login, person, name, organisation,
       CASE WHEN organisation <> 'Independent' THEN organisation END AS company, repository, url
FROM ranked WHERE nth = 1
