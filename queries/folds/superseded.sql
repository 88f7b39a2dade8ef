/*---
title = "Tellings of which a better one is known"
definition = "Events whose ids end in ~, up to the as-of instant, where the log has the same fact with fewer marks, or the same from another collector."
[columns]
event_id = "The telling that is left out."
---*/
-- What happens once has its whole id but for the marks. What can happen again has its time at the end of the id, and is the same
-- where the rest is, at most 15 s apart; what one collector tells twice within 15 s has happened twice.
SELECT a.event_id FROM told a JOIN told x ON x.whole = a.whole WHERE a.marks > 0 AND x.marks < a.marks
UNION
SELECT a.event_id
FROM told a
JOIN told x ON x.subject = a.subject AND x.type = a.type AND timeless(x.whole) = timeless(a.whole)
WHERE a.marks > 0 AND (x.marks < a.marks OR (x.marks = a.marks AND x.collector <> a.collector AND x.event_id < a.event_id))
  AND x.time BETWEEN a.time - INTERVAL '15 seconds' AND a.time + INTERVAL '15 seconds'
