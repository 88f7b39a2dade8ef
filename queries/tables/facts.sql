/*---
title = "What happened on GitHub, one row a fact"
definition = "GitHub events up to the as-of instant. An approximate fact (its id ends in ~) is left out where the exact one is known."
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
author_account = "Merges: the author of the pull request."
state = "Reviews: approved, changes_requested, commented, dismissed."
tag = "Releases: the tag."
url = "The page to check."
---*/
WITH stated AS (
  SELECT
    e.id, e.type, e.time, e.subject, e.actor, e.url,
    json_get_int(e.data, 'actor_id') AS actor_id,
    json_get_str(e.data, 'actor_type') AS actor_type,
    CASE WHEN e.type = 'pull_request.merged' THEN json_get_str(e.data, 'author') END AS author,
    CASE WHEN e.type = 'pull_request.merged' THEN json_get_int(e.data, 'author_id') END AS author_id,
    CASE WHEN e.type = 'pull_request.reviewed' THEN json_get_str(e.data, 'state') END AS state,
    CASE WHEN e.type = 'release.published' THEN json_get_str(e.data, 'tag') END AS tag
  FROM events e
  WHERE e.time <= as_of()
    AND (e.type LIKE 'issue.%' OR e.type LIKE 'pull_request.%' OR e.type LIKE 'repository.%' OR e.type LIKE 'discussion.%'
         OR e.type IN ('commit.commented', 'release.published', 'push.received'))
),
approximate AS (
  SELECT id, type, time, subject, rtrim(id, '~') AS exact FROM events WHERE id LIKE '%~' AND time <= as_of()
),
-- What happens once has its exact id without the mark; a close or reopening has its time in the id, and meets the exact
-- one of the same object within 15 s.
superseded AS (
  SELECT a.id FROM approximate a JOIN events x ON x.id = a.exact
  UNION
  SELECT a.id FROM approximate a JOIN events x ON x.subject = a.subject AND x.type = a.type
  WHERE (a.type LIKE '%.closed' OR a.type LIKE '%.reopened') AND x.id NOT LIKE '%~'
    AND x.time BETWEEN a.time - INTERVAL '15 seconds' AND a.time + INTERVAL '15 seconds'
)
SELECT
  s.id AS event_id, s.type, s.time,
  CASE WHEN s.type = 'release.published' THEN split_part(substr(s.subject, 8), '/release/', 1)
       WHEN s.subject LIKE 'git:%' THEN split_part(substr(s.subject, 5), '@', 1)
       ELSE split_part(substr(s.subject, 8), '#', 1) END AS repository,
  s.subject,
  CASE WHEN s.subject LIKE '%#%' THEN CAST(split_part(s.subject, '#', 2) AS BIGINT) END AS number,
  CASE WHEN s.actor_id IS NOT NULL THEN 'github-id:' || CAST(s.actor_id AS VARCHAR) ELSE s.actor END AS account,
  s.actor AS login, s.actor_id, s.actor_type,
  CASE WHEN s.author_id IS NOT NULL THEN 'github-id:' || CAST(s.author_id AS VARCHAR) ELSE s.author END AS author_account,
  s.state, s.tag, s.url
FROM stated s
WHERE s.id NOT LIKE '%~' OR s.id NOT IN (SELECT id FROM superseded)
