/*---
title = "Reviews"
definition = "Reviews submitted on pull requests."
order = ["time", "event_id"]
[columns]
event_id = "The event."
time = "UTC."
repository = "owner/name."
subject = "The pull request."
number = "Its number."
state = "approved, changes_requested, commented or dismissed."
account = "Whose review."
person = "The person."
is_bot = "Whether the person is a bot."
url = "The page to check."
---*/
SELECT f.event_id, f.time, f.repository, f.subject, f.number, f.state, f.account, a.person, a.is_bot, f.url
FROM facts f LEFT JOIN resolved.accounts a ON a.raw = f.account
WHERE f.type = 'pull_request.reviewed'
