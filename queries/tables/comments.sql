/*---
title = "Comments"
definition = "Comments on issues, pull requests, lines of a review and commits."
order = ["time", "event_id"]
[columns]
event_id = "The event."
time = "UTC."
kind = "issue, pull_request, review or commit."
repository = "owner/name."
subject = "What was commented on."
number = "Number of the issue or pull request."
account = "Whose comment."
person = "The person."
is_bot = "Whether the person is a bot."
url = "The page to check."
---*/
SELECT f.event_id, f.time,
       CASE f.type WHEN 'issue.commented' THEN 'issue' WHEN 'pull_request.commented' THEN 'pull_request'
                   WHEN 'pull_request.review_commented' THEN 'review' ELSE 'commit' END AS kind,
       f.repository, f.subject, f.number, f.account, a.person, a.is_bot, f.url
FROM facts f LEFT JOIN resolved.accounts a ON a.raw = f.account
WHERE f.type IN ('issue.commented', 'pull_request.commented', 'pull_request.review_commented', 'commit.commented')
