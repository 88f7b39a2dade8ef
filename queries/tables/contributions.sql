/*---
title = "Contributions, one row a person and act"
definition = "Commits authored or co-authored on the collected branch, issues and pull requests opened, reviews, comments, merges (as author and as merger), discussions, releases; and meetings attended and messages posted, which only families that say so count."
order = ["time", "event_id", "kind", "account", "url"]
[columns]
event_id = "The event."
time = "UTC; a commit's is its author date."
kind = "commit, co_authored_commit, issue, pull_request, review, comment, merge, merged_pull_request, discussion, release, meeting or message."
counts = "Whether it is a contribution in every family: false for meetings, messages and merge commits."
account = "The account that acted; an e-mail address is replaced by a hash."
person = "The person."
name = "The name to show."
is_bot = "Whether the person is a bot."
organisation = "The person's organisation at that time; null where nobody says, or where sources of equal authority contradict each other."
organisation_key = "The same for counting: null for Independent too."
organisation_group = "The same with related companies merged: the topmost parent at that time."
said_by = "Who says so."
repository = "owner/name; null for meetings and messages."
url = "The page to check."
---*/
WITH authored AS (
  SELECT event_id, time, repository, account, parents, url FROM signatures WHERE role = 'author'
),
-- A person once a commit, whatever addresses the trailers give; the author is no co-author.
co_authors AS (
  SELECT t.event_id, t.time, t.repository, t.parents, t.url, min(a.raw) AS account
  FROM signatures t
  JOIN resolved.accounts a ON a.raw = t.account
  LEFT JOIN resolved.accounts w ON w.raw = t.author
  WHERE t.role = 'co-authored-by' AND a.person <> coalesce(w.person, '')
  GROUP BY t.event_id, t.time, t.repository, t.parents, t.url, a.person
),
acts AS (
  SELECT event_id, time, 'commit' AS kind, parents < 2 AS counts, account, repository, url FROM authored
  UNION ALL
  SELECT event_id, time, 'co_authored_commit', parents < 2, account, repository, url FROM co_authors
  UNION ALL
  SELECT event_id, time, 'commit', true, account, repository, concat('https://github.com/', repository, '/commit/', sha)
  FROM pushed_commits
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
  SELECT id, time, 'meeting', false, actor, CAST(NULL AS VARCHAR), url
  FROM events WHERE type = 'meeting.attended' AND time <= as_of()
  UNION ALL
  SELECT masked(event_id), time, 'message', false, account, CAST(NULL AS VARCHAR), url FROM posts WHERE NOT bot
)
SELECT c.event_id, c.time, c.kind, c.counts, a.account, a.person, a.person_name AS name, a.is_bot,
       o.organisation, o.organisation_key, o.organisation_group, o.said_by, c.repository, c.url
FROM acts c
JOIN resolved.accounts a ON a.raw = c.account
LEFT JOIN resolved.affiliations o ON o.person = a.person
  AND (o."from" IS NULL OR c.time >= o."from") AND (o."until" IS NULL OR c.time < o."until")
