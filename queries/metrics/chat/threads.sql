/*---
version = 1
title = "Threads begun"
definition = "Threads that people began, those of one message too; bots excluded."
source = "muster"
unit = "threads"
statistic = "count"
windows = ["month", "quarter", "365d"]
group_by = ["channel_name"]
---*/
SELECT t.started_event AS event_id, t.started_at AS time, t.thread, t.channel_name, t.starter AS person, t.name, t.organisation,
       t.question, t.answered_at IS NOT NULL AS answered,
       date_part('epoch', coalesce(t.answered_at, as_of())) - date_part('epoch', t.started_at) AS seconds,
       t.answered_at, t.answered_event, t.answerer, t.messages, t.linked_by, t.url
FROM threads t WHERE t.starter IS NOT NULL AND NOT t.starter_is_bot
