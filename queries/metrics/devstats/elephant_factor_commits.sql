/*---
version = 1
title = "Elephant factor of commits, by DevStats"
definition = "The smallest number of companies that make more than half of the commits of those whose company is known, as pusher, author, committer or co-author."
source = "DevStats metrics/shared/bus_factor.sql, of the instance for all projects alone"
unit = "organisations"
statistic = "smallest_set"
value = "organisation_key"
unknown = "organisation"
compares = "diversity.commit_elephant_factor"
windows = ["quarter", "365d"]
direction = "higher is better"
caveats = [
  "Up to four roles a commit: who merges or rebases much is counted for the work of others.",
  "A commit by people of two companies counts for both.",
  "Merge commits count.",
  "Exceeds 50 %.",
  "Unknown and Independent are outside of the denominator.",
  "Commits count by their author date; DevStats takes the time of the push.",
  "Pushers are known from GH Archive up to October 2025.",
]
[parameters]
threshold = 0.5
exceed = 1
unknown_out = 1
---*/
WITH named AS (
  SELECT s.repository, split_part(s.event_id, ':', 2) AS sha, s.event_id, s.time, a.person, s.url
  FROM signatures s JOIN accounts a ON a.account = masked(s.account)
  WHERE s.role IN ('author', 'committer', 'co-authored-by') AND a.person LIKE 'github:%'
  UNION ALL
  -- The page of the commit: that of the push is a long text that the join would hold.
  SELECT p.repository, p.sha, p.event_id, p.time, a.person, concat('https://github.com/', p.repository, '/commit/', p.sha)
  FROM pushed p JOIN activity a ON a.event_id = p.event_id
  WHERE a.type = 'push.received'
),
placed AS (
  SELECT n.*, p.name, o.organisation, o.organisation_key
  FROM named n
  JOIN people p ON p.person = n.person
  LEFT JOIN affiliations o ON o.person = n.person
    AND (o."from" IS NULL OR n.time >= o."from") AND (o."until" IS NULL OR n.time < o."until")
  WHERE NOT devstats_bot(n.person)
),
-- A company once a commit, whatever the roles of its people in it.
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY repository, sha, coalesce(organisation_key, '') ORDER BY time, event_id, person) AS nth
  FROM placed
)
SELECT event_id, time, sha, person, name, organisation, organisation_key, repository, url FROM ranked WHERE nth = 1
