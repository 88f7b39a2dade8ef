/*---
version = 1
title = "Time to first answer"
definition = "How long a thread waits for the first message by somebody else who is no bot; still waiting counts as at least this long."
source = "CHAOSS Time to First Response, of chat and mail, with Kaplan-Meier for what is still open"
unit = "hours"
statistic = "kaplan_meier"
value = "seconds"
observed = "answered"
windows = ["quarter", "365d"]
group_by = ["channel_name"]
direction = "lower is better"
caveats = ["By the window in which the thread began; threads that bots begin are out."]
---*/
SELECT t.started_event AS event_id, t.started_at AS time, t.thread, t.channel_name, t.starter AS person, t.name, t.organisation,
       t.question, t.answered_at IS NOT NULL AS answered,
       date_part('epoch', coalesce(t.answered_at, as_of())) - date_part('epoch', t.started_at) AS seconds,
       t.answered_at, t.answered_event, t.answerer, t.messages, t.linked_by, t.url
FROM threads t WHERE t.starter IS NOT NULL AND NOT t.starter_is_bot
