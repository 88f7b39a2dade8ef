/*---
title = "Issues and pull requests as they were opened"
definition = "One row an opening, with who opened it."
[columns]
event_id = "The event."
kind = "issue or pull_request."
time = "UTC."
subject = "github:<owner>/<name>#<number>."
repository = "owner/name."
number = "The number."
person = "The person who opened it."
is_bot = "Whether a bot opened it."
url = "The page to check."
---*/
-- Whose account is deleted is nobody, and no bot: an issue of theirs counts, and so does their answer to somebody else.
SELECT f.event_id, split_part(f.type, '.', 1) AS kind, f.time, f.subject, f.repository, f.number, a.person,
       coalesce(a.is_bot, false) AS is_bot, f.url
FROM facts f LEFT JOIN resolved.accounts a ON a.raw = f.account
WHERE f.type IN ('issue.opened', 'pull_request.opened')
