/*---
title = "Issues and pull requests, from opening to close"
definition = "One row an issue or pull request whose opening is in the log, with its first response and its closes. issues and pull_requests are cut from it."
[columns]
kind = "issue or pull_request."
subject = "github:<owner>/<name>#<number>."
repository = "owner/name."
number = "The number."
opened_at = "UTC."
opened_event = "The event that says so."
author = "The person who opened it."
author_is_bot = "Items that bots open are no part of latency populations."
responded_at = "First comment, review, merge or close by a person who is neither the author nor a bot."
responded_event = "The event that says so."
responder = "That person."
reviewed_at = "First review by such a person."
closed_at = "First close or merge."
closed_event = "The event that says so."
final_closed_at = "Last close or merge; null while open (again)."
final_closed_event = "The event that says so."
merged_at = "Merge, of a pull request."
merged_event = "The event that says so."
merger = "The person who merged."
reopenings = "How often it was opened again."
url = "The page to check."
---*/
-- Whose account is deleted is nobody, and no bot: an issue of theirs counts, and so does their answer to somebody else.
WITH acts AS (
  SELECT f.event_id, f.type, f.time, f.subject, a.person, coalesce(a.is_bot, false) AS is_bot
  FROM facts f LEFT JOIN resolved.accounts a ON a.raw = f.account
  WHERE f.number IS NOT NULL AND f.type IN ('issue.commented', 'issue.closed', 'pull_request.commented',
    'pull_request.reviewed', 'pull_request.review_commented', 'pull_request.closed', 'pull_request.merged')
),
opened AS (
  SELECT f.event_id, f.type, f.time, f.subject, f.repository, f.number, f.url, a.person, coalesce(a.is_bot, false) AS is_bot
  FROM facts f LEFT JOIN resolved.accounts a ON a.raw = f.account
  WHERE f.type IN ('issue.opened', 'pull_request.opened')
),
-- min(time_key(t) || x) holds the x of the earliest t, ties by x; time_key has 20 characters, and no id has a line feed.
response AS (
  SELECT o.subject, min(c.time) AS time, min(concat(time_key(c.time), c.event_id, chr(10), coalesce(c.person, ''))) AS first,
         min(c.time) FILTER (WHERE c.type LIKE 'pull_request.review%') AS reviewed_at
  FROM opened o JOIN acts c ON c.subject = o.subject
  WHERE c.time >= o.time AND (c.person IS DISTINCT FROM o.person) AND NOT c.is_bot
  GROUP BY o.subject
)
SELECT split_part(o.type, '.', 1) AS kind, o.subject, o.repository, o.number, o.time AS opened_at, o.event_id AS opened_event,
       o.person AS author, o.is_bot AS author_is_bot,
       r.time AS responded_at, split_part(substr(r.first, 21), chr(10), 1) AS responded_event,
       nullif(split_part(r.first, chr(10), 2), '') AS responder, r.reviewed_at,
       e.closed_at, e.closed_event,
       CASE WHEN e.last_reopened_at IS NULL OR e.last_closed_at >= e.last_reopened_at THEN e.last_closed_at END AS final_closed_at,
       CASE WHEN e.last_reopened_at IS NULL OR e.last_closed_at >= e.last_reopened_at THEN e.last_closed_event END
         AS final_closed_event,
       e.merged_at, e.merged_event, m.person AS merger, coalesce(e.reopenings, 0) AS reopenings, o.url
FROM opened o
LEFT JOIN response r ON r.subject = o.subject
LEFT JOIN closings e ON e.subject = o.subject
LEFT JOIN resolved.accounts m ON m.raw = e.merger_account
