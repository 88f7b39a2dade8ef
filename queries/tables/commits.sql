/*---
title = "Commits of the collected branches"
definition = "One row a commit from a Git source, by author date."
order = ["time", "event_id"]
[columns]
event_id = "The event: git:<sha>."
time = "Author date, UTC."
committed = "Committer date, UTC, RFC 3339."
repository = "owner/name."
sha = "The commit's id."
account = "The author's account; an e-mail address is replaced by a hash."
person = "The author."
is_bot = "Whether the author is a bot."
is_merge = "Two parents or more: no contribution of ours."
summary = "First line of the message, e-mail addresses in it replaced by hashes."
url = "The page to check."
---*/
SELECT e.id AS event_id, e.time, json_get_str(e.data, 'committed') AS committed,
       split_part(substr(e.subject, 5), '@', 1) AS repository, json_get_str(e.data, 'sha') AS sha,
       a.account, a.person, a.is_bot, json_get_int(e.data, 'parents') > 1 AS is_merge,
       masked(json_get_str(e.data, 'summary')) AS summary, e.url
FROM events e LEFT JOIN resolved.accounts a ON a.raw = e.actor
WHERE e.type = 'commit.authored' AND e.time <= as_of()
