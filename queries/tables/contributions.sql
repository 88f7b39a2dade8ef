/*---
title = "Contributions, one row a person and act"
definition = "Commits authored or co-authored on the collected branch, issues and pull requests opened, reviews, comments, merges (as author and as merger), releases; and meetings attended, which only families that say so count."
order = ["time", "event_id", "kind", "person", "url", "account"]
[columns]
event_id = "The event."
time = "UTC; a commit's is its author date."
kind = "commit, co_authored_commit, issue, pull_request, review, comment, merge, merged_pull_request, release or meeting."
counts = "Whether it is a contribution in every family: false for meetings, and for merge commits."
account = "The account that acted; an e-mail address is replaced by a hash."
person = "The person."
name = "The name to show."
is_bot = "Whether the person is a bot."
organisation = "The person's organisation at that time; null where nobody says."
repository = "owner/name; null for meetings."
url = "The page to check."
---*/
WITH authored AS (
  SELECT e.id AS event_id, e.time, split_part(substr(e.subject, 5), '@', 1) AS repository, json_get_str(e.data, 'sha') AS sha,
         e.actor AS account, json_get_int(e.data, 'parents') AS parents, json_get_array(e.data, 'trailers') AS trailers, e.url
  FROM events e WHERE e.type = 'commit.authored' AND e.time <= as_of()
),
trailers AS (
  SELECT event_id, time, repository, parents, url, account AS author, unnest(trailers) AS trailer FROM authored
),
-- A person once a commit, whatever addresses the trailers give; the author is no co-author.
co_authors AS (
  SELECT t.event_id, t.time, t.repository, t.parents, t.url, min(a.account) AS account
  FROM trailers t
  JOIN accounts a ON a.account = masked(json_get_str(t.trailer, 'account'))
  LEFT JOIN accounts w ON w.account = masked(t.author)
  WHERE json_get_str(t.trailer, 'key') = 'co-authored-by' AND a.person <> coalesce(w.person, '')
  GROUP BY t.event_id, t.time, t.repository, t.parents, t.url, a.person
),
-- Without a Git source of its own, a repository's commits are those that pushes to its default branch list.
pushed AS (
  SELECT e.id AS event_id, e.time, split_part(substr(e.subject, 8), '#', 1) AS repository,
         unnest(json_get_array(e.data, 'commits')) AS pushed
  FROM events e
  WHERE e.type = 'push.received' AND e.time <= as_of()
    AND json_get_str(e.data, 'ref') IN ('refs/heads/main', 'refs/heads/master')
    AND split_part(substr(e.subject, 8), '#', 1) NOT IN (SELECT repository FROM authored WHERE repository IS NOT NULL)
),
pushed_once AS (
  SELECT first_value(event_id ORDER BY time, event_id) AS event_id, min(time) AS time, repository,
         json_get_str(pushed, 'sha') AS sha, min(json_get_str(pushed, 'account')) AS account
  FROM pushed GROUP BY repository, json_get_str(pushed, 'sha')
),
acts AS (
  SELECT event_id, time, 'commit' AS kind, parents < 2 AS counts, masked(account) AS account, repository, url FROM authored
  UNION ALL
  SELECT event_id, time, 'co_authored_commit', parents < 2, account, repository, url FROM co_authors
  UNION ALL
  SELECT event_id, time, 'commit', true, masked(account), repository, 'https://github.com/' || repository || '/commit/' || sha
  FROM pushed_once
  UNION ALL
  SELECT event_id, time,
         CASE type WHEN 'issue.opened' THEN 'issue' WHEN 'pull_request.opened' THEN 'pull_request'
                   WHEN 'pull_request.reviewed' THEN 'review' WHEN 'pull_request.merged' THEN 'merge'
                   WHEN 'release.published' THEN 'release' WHEN 'discussion.opened' THEN 'discussion' ELSE 'comment' END,
         true, account, repository, url
  FROM facts
  WHERE type IN ('issue.opened', 'pull_request.opened', 'pull_request.reviewed', 'pull_request.merged', 'release.published',
                 'issue.commented', 'pull_request.commented', 'pull_request.review_commented', 'commit.commented',
                 'discussion.opened', 'discussion.commented')
  UNION ALL
  SELECT event_id, time, 'merged_pull_request', true, author_account, repository, url
  FROM facts WHERE type = 'pull_request.merged' AND author_account IS NOT NULL
  UNION ALL
  SELECT id, time, 'meeting', false, masked(actor), CAST(NULL AS VARCHAR), url
  FROM events WHERE type = 'meeting.attended' AND time <= as_of()
)
SELECT c.event_id, c.time, c.kind, c.counts, c.account, a.person, p.name, a.is_bot, o.organisation, c.repository, c.url
FROM acts c
JOIN accounts a ON a.account = c.account
JOIN people p ON p.person = a.person
LEFT JOIN affiliations o ON o.person = a.person AND c.time >= o."from" AND (o."until" IS NULL OR c.time < o."until")
