/*---
title = "First responses to issues and pull requests"
definition = "One row an issue or pull request to which a person who is neither the author nor a bot has responded."
[columns]
subject = "github:<owner>/<name>#<number>."
responded_at = "First comment, review, merge or close, UTC."
responded_event = "The event that says so."
responder = "Whose it is."
reviewed_at = "First review by such a person."
---*/
WITH acts AS (
  SELECT f.event_id, f.type, f.time, f.subject, a.person, coalesce(a.is_bot, false) AS is_bot
  FROM facts f LEFT JOIN resolved.accounts a ON a.raw = f.account
  WHERE f.number IS NOT NULL AND f.type IN ('issue.commented', 'issue.closed', 'pull_request.commented',
    'pull_request.reviewed', 'pull_request.review_commented', 'pull_request.closed', 'pull_request.merged')
),
-- min(time_key(t) || x) holds the x of the earliest t, ties by x; time_key has 20 characters, and no id has a line feed.
answers AS (
  SELECT o.kind, o.subject, c.time, concat(time_key(c.time), c.event_id, chr(10), coalesce(c.person, '')) AS act,
         CASE WHEN c.type LIKE 'pull_request.review%' THEN c.time END AS reviewed_at
  FROM openings o JOIN acts c ON c.subject = o.subject
  WHERE c.time >= o.time AND (c.person IS DISTINCT FROM o.person) AND NOT c.is_bot
),
-- One kind after the other: the halves of a UNION are computed in turn, so that one of them is held.
firsts AS (
  SELECT subject, min(time) AS responded_at, min(act) AS first, min(reviewed_at) AS reviewed_at
  FROM answers WHERE kind = 'issue' GROUP BY subject
  UNION ALL
  SELECT subject, min(time) AS responded_at, min(act) AS first, min(reviewed_at) AS reviewed_at
  FROM answers WHERE kind <> 'issue' GROUP BY subject
)
SELECT subject, responded_at, split_part(substr(first, 21), chr(10), 1) AS responded_event,
       nullif(split_part(first, chr(10), 2), '') AS responder, reviewed_at
FROM firsts
