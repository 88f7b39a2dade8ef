/*---
title = "Who is named in a commit"
definition = "Git sources: one row a commit and person in it, as author, committer or in a trailer."
[columns]
event_id = "The event: git:<sha>."
time = "Author date, UTC."
repository = "owner/name."
role = "author, committer, or the trailer's key: co-authored-by, signed-off-by and so on."
account = "email:<address>, or name: where there is no address."
name = "The name as written."
author = "The author's account, of the same commit."
parents = "How many parents."
url = "The page to check."
---*/
WITH commits AS (
  SELECT id AS event_id, time, split_part(substr(subject, 5), '@', 1) AS repository, actor, data, url,
         json_get_int(data, 'parents') AS parents
  FROM events WHERE type = 'commit.authored' AND time <= as_of()
),
trailers AS (
  SELECT event_id, time, repository, actor, parents, url, unnest(json_get_array(data, 'trailers')) AS trailer FROM commits
)
SELECT event_id, time, repository, 'author' AS role, actor AS account, json_get_str(data, 'author', 'name') AS name,
       actor AS author, parents, url
FROM commits
UNION ALL
SELECT event_id, time, repository, 'committer', json_get_str(data, 'committer', 'account'),
       json_get_str(data, 'committer', 'name'), actor, parents, url
FROM commits
UNION ALL
SELECT event_id, time, repository, json_get_str(trailer, 'key'), json_get_str(trailer, 'account'),
       json_get_str(trailer, 'name'), actor, parents, url
FROM trailers
