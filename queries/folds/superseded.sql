/*---
title = "Tellings of which a better one is known"
definition = "Events whose ids end in ~, up to the as-of instant, where the log has the same fact with fewer marks, or the same from another collector."
[columns]
event_id = "The telling that is left out."
---*/
-- Tellings that lack something end in marks (crates/collect/src/github/fact.rs): the one with the fewest is the fact. They are
-- few, and a fact has one subject: only what happened to the same things is looked at.
WITH marked AS (
  SELECT id, type, time, subject, collector, rtrim(id, '~') AS whole, length(id) - length(rtrim(id, '~')) AS marks
  FROM events WHERE id LIKE '%~' AND time <= as_of()
),
told AS (
  SELECT e.id, e.type, e.time, e.subject, e.collector, rtrim(e.id, '~') AS whole, length(e.id) - length(rtrim(e.id, '~')) AS marks
  FROM events e WHERE e.subject IN (SELECT subject FROM marked) AND e.time <= as_of()
)
-- What happens once has its whole id but for the marks. What can happen again has its time at the end of the id, and is the same
-- where the rest is, at most 15 s apart; what one collector tells twice within 15 s has happened twice.
SELECT a.id AS event_id FROM marked a JOIN told x ON x.whole = a.whole WHERE x.marks < a.marks
UNION
SELECT a.id
FROM marked a
JOIN told x ON x.subject = a.subject AND x.type = a.type AND timeless(x.whole) = timeless(a.whole)
WHERE (x.marks < a.marks OR (x.marks = a.marks AND x.collector <> a.collector AND x.id < a.id))
  AND x.time BETWEEN a.time - INTERVAL '15 seconds' AND a.time + INTERVAL '15 seconds'
