/*---
title = "When issues and pull requests were open"
definition = "One row a time from opening, or opening again, to the next close or merge. What is closed before it was opened (clocks that differ) was never open."
order = ["from", "subject", "event_id"]
[columns]
kind = "issue or pull_request."
subject = "github:<owner>/<name>#<number>."
repository = "owner/name."
number = "The number."
author = "The person who opened it."
author_is_bot = "Whether a bot opened it."
opened_at = "When it was first opened, UTC."
from = "When it was opened, or opened again, UTC."
until = "When it was closed or merged; null while it is open."
event_id = "The event that opens it."
closed_event = "The event that closes it."
url = "The page to check."
---*/
-- Most are never opened again: their one span is known.
WITH turns AS (
  SELECT subject, time, event_id, type LIKE '%.opened' AS begins, type LIKE '%opened' AS opens
  FROM facts
  WHERE type IN ('issue.opened', 'issue.closed', 'issue.reopened', 'pull_request.opened', 'pull_request.closed',
                 'pull_request.merged', 'pull_request.reopened')
    AND subject IN (SELECT subject FROM items WHERE reopenings > 0)
),
-- A merge is told as a close too: only what changes the state ends or begins a span. At one instant the close is the last word.
changes AS (
  SELECT *, lag(opens) OVER (PARTITION BY subject ORDER BY begins DESC, time, opens DESC, event_id) AS opens_before FROM turns
),
spans AS (
  SELECT subject, time, event_id, opens,
         lead(time) OVER (PARTITION BY subject ORDER BY begins DESC, time, opens DESC, event_id) AS closed_at,
         lead(event_id) OVER (PARTITION BY subject ORDER BY begins DESC, time, opens DESC, event_id) AS closed_event
  FROM changes WHERE opens IS DISTINCT FROM opens_before
),
all_spans AS (
  SELECT subject, time, event_id, closed_at, closed_event FROM spans WHERE opens
  UNION ALL
  SELECT subject, opened_at, opened_event, closed_at, closed_event FROM items WHERE reopenings = 0
)
SELECT i.kind, i.subject, i.repository, i.number, i.author, i.author_is_bot, i.opened_at, s.time AS "from", s.closed_at AS "until",
       s.event_id, s.closed_event, i.url
FROM all_spans s JOIN items i ON i.subject = s.subject
WHERE s.closed_at IS NULL OR s.closed_at >= s.time
