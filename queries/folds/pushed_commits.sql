/*---
title = "Commits of repositories without a Git source of their own"
definition = "The commits that pushes to a repository's default branch list, each once, at the first push that lists it with its author."
order = ["time", "event_id", "sha"]
[columns]
event_id = "That push."
time = "When that was, UTC."
repository = "owner/name."
sha = "The commit's id."
account = "The author: email:<address>."
---*/
-- Pushes stand in the order of time: nothing needs to be held but which commits there have been.
WITH listed AS (
  SELECT event_id, time, repository, sha, account, nth_of(concat(repository, '@', sha)) OVER pushed_by_now AS nth
  FROM pushed
  WHERE reference IN ('refs/heads/main', 'refs/heads/master') AND account IS NOT NULL
  WINDOW pushed_by_now AS (ORDER BY time NULLS FIRST, event_id NULLS FIRST, sha NULLS FIRST, account NULLS FIRST)
)
SELECT l.event_id, l.time, l.repository, l.sha, l.account
FROM listed l
LEFT ANTI JOIN cloned c ON c.repository = l.repository
WHERE l.nth = 1
