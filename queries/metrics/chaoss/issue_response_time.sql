/*---
version = 1
title = "Issue response time, by CHAOSS"
definition = "How long an issue waits for the first comment by another person who is no bot; the median of the commented, by the window of opening."
source = "CHAOSS 3631 Issue Response Time"
unit = "days"
statistic = "quantile_interpolated"
value = "seconds"
compares = "latency.issue_first_response"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = [
  "Drops the unanswered: recent windows always look fast.",
  "A comment only: an issue that is closed without a word is unanswered.",
]
[parameters]
quantile = 0.5
---*/
WITH commented AS (
  SELECT i.subject, min(c.time) AS commented_at
  FROM issues i JOIN comments c ON c.subject = i.subject
  WHERE c.kind = 'issue' AND NOT coalesce(c.is_bot, false) AND (c.person IS DISTINCT FROM i.author) AND c.time >= i.opened_at
  GROUP BY i.subject
)
SELECT i.opened_event AS event_id, i.opened_at AS time, i.repository, i.number, i.author AS person, c.commented_at,
       date_part('epoch', c.commented_at) - date_part('epoch', i.opened_at) AS seconds, i.url
FROM issues i JOIN commented c ON c.subject = i.subject
WHERE NOT i.author_is_bot
