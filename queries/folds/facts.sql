/*---
title = "What happened on GitHub, one row a fact"
definition = "GitHub events up to the as-of instant. Of several tellings of a fact the one that lacks least is here (the others' ids end in more ~)."
order = ["time", "event_id"]
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
)
SELECT
  s.id AS event_id, s.type, s.time,
  repository_of(s.type, s.subject) AS repository,
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
FROM stated s
LEFT ANTI JOIN superseded x ON x.event_id = s.id
