/*---
version = 1
title = "Questions answered"
definition = "Of the threads that people began with a question mark in the first message, the share in which somebody else who is no bot has posted by the as-of instant."
source = "muster"
unit = "share"
statistic = "share"
value = "answered"
windows = ["quarter", "365d"]
group_by = ["channel_name"]
direction = "higher is better"
caveats = ["A question without a question mark is not seen, and a question mark need not ask anything."]
---*/
SELECT t.started_event AS event_id, t.started_at AS time, t.thread, t.channel_name, t.starter AS person, t.name, t.organisation,
       t.question, t.answered_at IS NOT NULL AS answered,
       date_part('epoch', coalesce(t.answered_at, as_of())) - date_part('epoch', t.started_at) AS seconds,
       t.answered_at, t.answered_event, t.answerer, t.messages, t.linked_by, t.url
FROM threads t WHERE t.starter IS NOT NULL AND NOT t.starter_is_bot AND t.question
