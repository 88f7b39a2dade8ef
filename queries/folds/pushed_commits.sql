/*---
title = "Commits of repositories without a Git source of their own"
definition = "The commits that pushes to a repository's default branch list, each once, at its first push."
[columns]
event_id = "The first push that lists it."
time = "When it was first pushed, UTC."
repository = "owner/name."
sha = "The commit's id."
account = "The author: email:<address>."
---*/
SELECT substr(min(time_key(time) || event_id), 21) AS event_id, min(time) AS time, repository, sha, min(account) AS account
FROM pushed
WHERE reference IN ('refs/heads/main', 'refs/heads/master')
  AND repository NOT IN (SELECT repository FROM signatures WHERE role = 'author' AND repository IS NOT NULL)
GROUP BY repository, sha
