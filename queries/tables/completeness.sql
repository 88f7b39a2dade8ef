/*---
title = "What sources say they hold, against what is in the log"
definition = "One row a statement of a source that is the latest of its kind: how many there are in all of a repository, or of one month. What the source has since deleted or moved is in the log all the same, so held can be more."
order = ["repository", "counted", "month", "event_id"]
[columns]
event_id = "The statement."
time = "When it was counted, UTC."
repository = "owner/name."
counted = "The type of event that was counted; several joined by + where the source counts them as one."
month = "First instant of the month, UTC; null where all of them were counted."
stated = "How many the source says there are."
held = "How many the log has, up to the instant of the statement."
share = "Held of stated, at most 1; null where nothing is stated."
---*/
WITH said AS (
  SELECT id, time, json_get_str(data, 'counted') AS counted, json_get_int(data, 'count') AS stated,
         json_get_str(data, 'repository') AS repository, instant(json_get_str(data, 'month')) AS month,
         row_number() OVER (PARTITION BY json_get_str(data, 'counted'), json_get_str(data, 'repository'), json_get_str(data, 'month')
                            ORDER BY time DESC, id DESC) AS age
  FROM events WHERE type = 'source.counted'
),
latest AS (SELECT * FROM said WHERE age = 1),
-- How complete a collection is does not depend on the instant that figures look back from: statement and log are both taken whole.
-- Repositories are compared as GitHub compares them, without regard to case; a fact and its approximate twin are one.
there AS (
  SELECT type, time, rtrim(id, '~') AS id, lower(split_part(split_part(split_part(substr(subject, strpos(subject, ':') + 1), '#', 1),
         '/release/', 1), '@', 1)) AS repository
  FROM events WHERE type IN (SELECT unnest(string_to_array(counted, '+')) FROM latest)
),
held AS (
  SELECT s.id, count(DISTINCT t.id) AS number
  FROM latest s JOIN there t
    ON t.repository = lower(s.repository) AND strpos('+' || s.counted || '+', '+' || t.type || '+') > 0 AND t.time <= s.time
    AND (s.month IS NULL OR (t.time >= s.month AND t.time < s.month + INTERVAL '1 month'))
  GROUP BY s.id
)
SELECT s.id AS event_id, s.time, s.repository, s.counted, s.month, s.stated, coalesce(h.number, 0) AS held,
       CASE WHEN s.stated > 0 THEN least(coalesce(h.number, 0), s.stated) / CAST(s.stated AS DOUBLE) END AS share
FROM latest s LEFT JOIN held h ON h.id = s.id
