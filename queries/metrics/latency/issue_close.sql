/*---
version = 1
title = "Time to close, issues"
definition = "How long an issue is open until its first close; still open counts as at least this long."
source = "CHAOSS Issue Resolution Duration, with Kaplan-Meier for what is still open"
unit = "days"
statistic = "kaplan_meier"
value = "seconds"
observed = "closed"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = ["By the window of opening; issues that bots open are out.", "A later reopening does not undo the first close."]
---*/
SELECT i.opened_event AS event_id, i.opened_at AS time, i.repository, i.number, i.author AS person, p.name,
       i.closed_at IS NOT NULL AS closed,
       date_part('epoch', coalesce(i.closed_at, as_of())) - date_part('epoch', i.opened_at) AS seconds,
       i.closed_at, i.closed_event, i.url
FROM issues i LEFT JOIN people p ON p.person = i.author
WHERE NOT i.author_is_bot
