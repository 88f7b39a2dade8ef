/*---
version = 1
title = "Questions linked from issues and notes"
definition = "Threads that people began with a question mark, to a message of which an issue, pull request or meeting note links."
source = "muster"
unit = "threads"
statistic = "count"
windows = ["quarter", "365d"]
group_by = ["channel_name"]
caveats = ["Links are found in meeting notes, and in the texts of issues, pull requests and comments, but for those that archives tell."]
---*/
SELECT t.started_event AS event_id, t.started_at AS time, t.thread, t.channel_name, t.starter AS person, t.name, t.organisation,
       t.question, t.answered_at IS NOT NULL AS answered,
       date_part('epoch', coalesce(t.answered_at, as_of())) - date_part('epoch', t.started_at) AS seconds,
       t.answered_at, t.answered_event, t.answerer, t.messages, t.linked_by, t.url
FROM threads t WHERE t.starter IS NOT NULL AND NOT t.starter_is_bot AND t.question AND t.linked_by > 0
