/*---
title = "What happened on GitHub, one row a fact"
definition = "GitHub events up to the as-of instant. Of several tellings of a fact the one that lacks least is here (the others' ids end in more ~)."
[columns]
event_id = "The event."
type = "The event's type, issue.opened and so on."
time = "When it happened, UTC."
repository = "owner/name."
subject = "The issue, pull request, commit or repository it happened to."
number = "Number of the issue or pull request, if it is about one."
account = "Who did it: github-id:<n> where GitHub's number is known, else github:<login>."
login = "Who did it, by the login of that day: github:<login>."
actor_id = "GitHub's number of the account."
actor_type = "User, Bot or Organization, where the event says so."
author_account = "Merges: the author of the pull request, as in account."
author_login = "Merges: the author, by the login of that day."
author_id = "Merges: GitHub's number of the author."
state = "Reviews: approved, changes_requested, commented, dismissed."
tag = "Releases: the tag."
url = "The page to check."
---*/
-- The payload is read once: github_fields gives what the columns below need.
WITH stated AS (
  SELECT e.id, e.type, e.time, e.subject, e.actor, e.url, github_fields(e.data) AS f
  FROM events e
  WHERE e.time <= as_of()
    AND (e.type LIKE 'issue.%' OR e.type LIKE 'pull_request.%' OR e.type LIKE 'repository.%' OR e.type LIKE 'discussion.%'
         OR e.type IN ('commit.commented', 'release.published', 'push.received'))
),
-- Tellings that lack something end in marks (crates/collect/src/github/fact.rs): the one with the fewest is the fact. They are
-- few, and a fact has one subject: only what happened to the same things is looked at.
marked AS (
  SELECT id, type, time, subject, collector, rtrim(id, '~') AS whole, length(id) - length(rtrim(id, '~')) AS marks
  FROM events WHERE id LIKE '%~' AND time <= as_of()
),
told AS (
  SELECT e.id, e.type, e.time, e.subject, e.collector, rtrim(e.id, '~') AS whole, length(e.id) - length(rtrim(e.id, '~')) AS marks
  FROM events e WHERE e.subject IN (SELECT subject FROM marked) AND e.time <= as_of()
),
-- What happens once has its whole id but for the marks. What can happen again has its time at the end of the id, and is the same
-- where the rest is, at most 15 s apart; what one collector tells twice within 15 s has happened twice.
superseded AS (
  SELECT a.id FROM marked a JOIN told x ON x.whole = a.whole WHERE x.marks < a.marks
  UNION
  SELECT a.id
  FROM marked a
  JOIN told x ON x.subject = a.subject AND x.type = a.type AND timeless(x.whole) = timeless(a.whole)
  WHERE (x.marks < a.marks OR (x.marks = a.marks AND x.collector <> a.collector AND x.id < a.id))
    AND x.time BETWEEN a.time - INTERVAL '15 seconds' AND a.time + INTERVAL '15 seconds'
),
-- Apart, so that only the few marked ones are looked up.
kept AS (
  SELECT * FROM stated WHERE id NOT LIKE '%~'
  UNION ALL
  SELECT * FROM stated WHERE id LIKE '%~' AND id NOT IN (SELECT id FROM superseded)
)
SELECT
  s.id AS event_id, s.type, s.time,
  CASE WHEN s.type = 'release.published' THEN split_part(substr(s.subject, 8), '/release/', 1)
       WHEN s.subject LIKE 'git:%' THEN split_part(substr(s.subject, 5), '@', 1)
       -- `!` is GitLab's and Gerrit's; their schemes are as long as GitHub's.
       ELSE split_part(split_part(substr(s.subject, 8), '#', 1), '!', 1) END AS repository,
  s.subject, s.f['number'] AS number,
  CASE WHEN s.f['actor_id'] IS NOT NULL THEN 'github-id:' || CAST(s.f['actor_id'] AS VARCHAR) ELSE s.actor END AS account,
  s.actor AS login, s.f['actor_id'] AS actor_id, s.f['actor_type'] AS actor_type,
  CASE WHEN s.type <> 'pull_request.merged' THEN NULL
       WHEN s.f['author_id'] IS NOT NULL THEN 'github-id:' || CAST(s.f['author_id'] AS VARCHAR)
       ELSE s.f['author'] END AS author_account,
  CASE WHEN s.type = 'pull_request.merged' THEN s.f['author'] END AS author_login,
  CASE WHEN s.type = 'pull_request.merged' THEN s.f['author_id'] END AS author_id,
  CASE WHEN s.type = 'pull_request.reviewed' THEN s.f['state'] END AS state,
  CASE WHEN s.type = 'release.published' THEN s.f['tag'] END AS tag,
  s.url
FROM kept s
