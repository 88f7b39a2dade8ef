/*---
title = "Issues and pull requests, from opening to close"
definition = "One row an issue or pull request whose opening is in the log, with its first response and its closes. issues and pull_requests are cut from it."
order = ["opened_at", "subject"]
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
merged_at = "Merge, of a pull request."
merged_event = "The event that says so."
merger = "The person who merged."
reopenings = "How often it was opened again."
url = "The page to check."
---*/
WITH acts AS (
  SELECT f.event_id, f.type, f.time, f.subject, a.person, a.is_bot
  FROM facts f LEFT JOIN accounts a ON a.account = f.account
  WHERE f.number IS NOT NULL
),
opened AS (
  SELECT f.event_id, f.type, f.time, f.subject, f.repository, f.number, f.url, a.person, a.is_bot
  FROM facts f LEFT JOIN accounts a ON a.account = f.account
  WHERE f.type IN ('issue.opened', 'pull_request.opened')
),
response AS (
  SELECT o.subject, min(c.time) AS time, first_value(c.event_id ORDER BY c.time, c.event_id) AS event_id,
         first_value(c.person ORDER BY c.time, c.event_id) AS person,
         min(c.time) FILTER (WHERE c.type LIKE 'pull_request.review%') AS reviewed_at
  FROM opened o JOIN acts c ON c.subject = o.subject
  WHERE c.time >= o.time AND c.person <> o.person AND NOT c.is_bot
    AND c.type IN ('issue.commented', 'issue.closed', 'pull_request.commented', 'pull_request.reviewed',
                   'pull_request.review_commented', 'pull_request.closed', 'pull_request.merged')
  GROUP BY o.subject
),
ends AS (
  SELECT subject,
         min(time) FILTER (WHERE type <> 'issue.reopened' AND type <> 'pull_request.reopened') AS closed_at,
         first_value(event_id ORDER BY time, event_id) FILTER (WHERE type NOT LIKE '%.reopened') AS closed_event,
         max(time) FILTER (WHERE type NOT LIKE '%.reopened') AS last_closed_at,
         max(time) FILTER (WHERE type LIKE '%.reopened') AS last_reopened_at,
         count(*) FILTER (WHERE type LIKE '%.reopened') AS reopenings,
         min(time) FILTER (WHERE type = 'pull_request.merged') AS merged_at,
         first_value(event_id ORDER BY time, event_id) FILTER (WHERE type = 'pull_request.merged') AS merged_event,
         first_value(person ORDER BY time, event_id) FILTER (WHERE type = 'pull_request.merged') AS merger
  FROM acts
  WHERE type IN ('issue.closed', 'issue.reopened', 'pull_request.closed', 'pull_request.merged', 'pull_request.reopened')
  GROUP BY subject
)
SELECT split_part(o.type, '.', 1) AS kind, o.subject, o.repository, o.number, o.time AS opened_at, o.event_id AS opened_event,
       o.person AS author, o.is_bot AS author_is_bot,
       r.time AS responded_at, r.event_id AS responded_event, r.person AS responder, r.reviewed_at,
       e.closed_at, e.closed_event,
       CASE WHEN e.last_reopened_at IS NULL OR e.last_closed_at >= e.last_reopened_at THEN e.last_closed_at END AS final_closed_at,
       e.merged_at, e.merged_event, e.merger, coalesce(e.reopenings, 0) AS reopenings, o.url
FROM opened o
LEFT JOIN response r ON r.subject = o.subject
LEFT JOIN ends e ON e.subject = o.subject
