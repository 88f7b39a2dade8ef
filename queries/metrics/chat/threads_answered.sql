/*---
version = 1
title = "Threads answered"
definition = "Of the threads that people began in the window, the share in which somebody else who is no bot has posted by the as-of instant."
source = "muster"
unit = "share"
statistic = "share"
value = "answered"
windows = ["quarter", "365d"]
group_by = ["channel_name"]
direction = "higher is better"
caveats = ["Late in a window some threads have had little time to be answered: chat.first_answer takes that into account.", "Not every thread asks something: chat.questions_answered looks at those that do."]
---*/
SELECT t.started_event AS event_id, t.started_at AS time, t.thread, t.channel_name, t.starter AS person, t.name, t.organisation,
       t.question, t.answered_at IS NOT NULL AS answered,
       date_part('epoch', coalesce(t.answered_at, as_of())) - date_part('epoch', t.started_at) AS seconds,
       t.answered_at, t.answered_event, t.answerer, t.messages, t.linked_by, t.url
FROM threads t WHERE t.starter IS NOT NULL AND NOT t.starter_is_bot
