/*---
title = "The message that begins the thread of each message"
definition = "What a message names may itself answer another, or may never have been collected: the chain is followed to its end. A message that only goes on with a topic belongs to the latest beginning of that topic in its channel."
[columns]
event_id = "The message."
thread = "The message that begins its thread; itself, where it begins one."
---*/
WITH RECURSIVE named AS (SELECT event_id, thread FROM posts WHERE thread IS NOT NULL AND thread <> event_id),
climbed AS (
  SELECT event_id, thread, 1 AS step FROM named
  UNION ALL
  -- Fifty is more than any chain of answers; a circle, which broken headers can make, ends there.
  SELECT c.event_id, n.thread, c.step + 1 FROM climbed c JOIN named n ON n.event_id = c.thread WHERE c.step < 50
),
tops AS (SELECT event_id, substr(max(lpad(CAST(step AS VARCHAR), 2, '0') || thread), 3) AS thread FROM climbed GROUP BY event_id),
beginnings AS (
  SELECT event_id, channel, topic, time,
         sum(CASE WHEN continues THEN 0 ELSE 1 END) OVER (PARTITION BY channel, topic ORDER BY time, event_id) AS turn
  FROM posts WHERE thread IS NULL AND topic IS NOT NULL
),
by_topic AS (
  SELECT event_id, first_value(event_id) OVER (PARTITION BY channel, topic, turn ORDER BY time, event_id) AS thread FROM beginnings
)
SELECT p.event_id, coalesce(above.thread, t.thread, own.thread, p.event_id) AS thread
FROM posts p
LEFT JOIN tops t ON t.event_id = p.event_id
LEFT JOIN by_topic above ON above.event_id = t.thread
LEFT JOIN by_topic own ON own.event_id = p.event_id
