/*---
title = "First responses to issues"
definition = "One row an issue to which a person who is neither the author nor a bot has responded. Pull requests stand apart, so that half of the responses are held at a time."
[columns]
subject = "github:<owner>/<name>#<number>."
responded_at = "First comment or close, UTC."
responded_event = "The event that says so."
responder = "Whose it is."
---*/
-- What was done to a number is known better than what it is: old records call comments on pull requests those on issues.
WITH acts AS (
  SELECT f.event_id, f.type, f.time, f.subject, a.person, coalesce(a.is_bot, false) AS is_bot
  FROM facts f LEFT JOIN resolved.accounts a ON a.raw = f.account
  WHERE f.number IS NOT NULL AND f.type IN ('issue.commented', 'issue.closed', 'pull_request.commented',
    'pull_request.reviewed', 'pull_request.review_commented', 'pull_request.closed', 'pull_request.merged')
),
-- min(time_key(t) || x) holds the x of the earliest t, ties by x; time_key has 20 characters, and no id has a line feed.
firsts AS (
  SELECT o.subject, min(c.time) AS responded_at,
         min(concat(time_key(c.time), c.event_id, chr(10), coalesce(c.person, ''))) AS first
  FROM openings o JOIN acts c ON c.subject = o.subject
  WHERE o.kind = 'issue' AND c.time >= o.time AND (c.person IS DISTINCT FROM o.person) AND NOT c.is_bot
  GROUP BY o.subject
)
SELECT subject, responded_at, split_part(substr(first, 21), chr(10), 1) AS responded_event,
       nullif(split_part(first, chr(10), 2), '') AS responder
FROM firsts
