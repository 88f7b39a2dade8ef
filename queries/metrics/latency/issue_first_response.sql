/*---
version = 1
title = "Time to first response, issues"
definition = "How long an issue waits for the first comment or close by a person who is neither its author nor a bot; still waiting counts as at least this long."
source = "CHAOSS Time to First Response, with Kaplan-Meier for what is still open"
unit = "days"
statistic = "kaplan_meier"
value = "seconds"
observed = "answered"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = ["By the window of opening; issues that bots open are out.", "An issue closed by its author or a bot without any answer is censored at its close."]
---*/
SELECT i.opened_event AS event_id, i.opened_at AS time, i.repository, i.number, i.author AS person, p.name,
       i.responded_at IS NOT NULL AS answered,
       date_part('epoch', coalesce(i.responded_at, i.closed_at, as_of())) - date_part('epoch', i.opened_at) AS seconds,
       i.responded_at, i.responded_event, i.responder, i.url
FROM issues i LEFT JOIN people p ON p.person = i.author
WHERE NOT i.author_is_bot
