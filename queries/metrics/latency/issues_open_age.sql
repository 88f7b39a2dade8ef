/*---
version = 1
title = "Age of the open issues"
definition = "Of the issues open at the as-of instant, the age that half of them have not passed."
source = "CHAOSS 3629 Issue Age"
unit = "days"
statistic = "quantile_discrete"
value = "seconds"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = ["As of the as-of instant, so only windows that end there have it; another --as-of gives an earlier backlog.", "From the first opening, also of what was closed in between.", "Issues that bots open are out."]
[variants]
p75 = { quantile = 0.75, definition = "Of the issues open at the as-of instant, the age that three quarters of them have not passed." }
p90 = { quantile = 0.9, definition = "Of the issues open at the as-of instant, the age that 90 of 100 of them have not passed." }
---*/
SELECT s.event_id, as_of() - INTERVAL '1 microsecond' AS time, s.opened_at, s.subject, s.repository, s.number, s.author AS person,
       p.name, date_part('epoch', as_of()) - date_part('epoch', s.opened_at) AS seconds, s.url
FROM open_spans s LEFT JOIN people p ON p.person = s.author
WHERE s.kind = 'issue' AND NOT s.author_is_bot AND s."until" IS NULL
