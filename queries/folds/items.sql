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
-- openings, responses and closings stand apart: each is written to disk before the next is computed, so that only one is held.
SELECT o.kind, o.subject, o.repository, o.number, o.time AS opened_at, o.event_id AS opened_event,
       o.person AS author, o.is_bot AS author_is_bot,
       r.responded_at, r.responded_event, r.responder, r.reviewed_at, e.closed_at, e.closed_event,
       CASE WHEN e.last_reopened_at IS NULL OR e.last_closed_at >= e.last_reopened_at THEN e.last_closed_at END AS final_closed_at,
       CASE WHEN e.last_reopened_at IS NULL OR e.last_closed_at >= e.last_reopened_at THEN e.last_closed_event END
         AS final_closed_event,
       e.merged_at, e.merged_event, m.person AS merger, coalesce(e.reopenings, 0) AS reopenings, o.url
FROM openings o
LEFT JOIN responses r ON r.subject = o.subject
LEFT JOIN closings e ON e.subject = o.subject
LEFT JOIN resolved.accounts m ON m.raw = e.merger_account
