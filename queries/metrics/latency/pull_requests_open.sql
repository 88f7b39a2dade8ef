/*---
version = 1
title = "Pull requests open"
definition = "The backlog: pull requests open at the window's end (or as-of, while the window is unfinished)."
source = "muster"
unit = "pull requests"
statistic = "interval_count_distinct"
value = "subject"
from = "time"
until = "until"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = ["Pull requests that bots open are out.", "What was closed and opened again was not open in between.", "What was opened before the collection begins is not seen."]
---*/
SELECT s.event_id, s."from" AS time, s."until", s.subject, s.repository, s.number, s.author AS person, p.name, s.opened_at,
       s.closed_event, s.url
FROM open_spans s LEFT JOIN people p ON p.person = s.author
WHERE s.kind = 'pull_request' AND NOT s.author_is_bot
