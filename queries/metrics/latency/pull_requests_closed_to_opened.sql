/*---
version = 1
title = "Pull requests closed for each one opened"
definition = "How many pull requests were closed in the window for each one opened in it, opening again counted too: above 1 the backlog shrinks."
source = "CHAOSS 4834 Change Request Closure Ratio (closed over opened)"
unit = "ratio"
statistic = "ratio"
value = "closed"
per = "opened"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["Pull requests that bots open are out.", "What is closed in a window may have been opened long before.", "Nothing opened in the window: there is no ratio."]
---*/
SELECT s.event_id, s."from" AS time, true AS opened, false AS closed, s.repository, s.number, s.author AS person, p.name, s.url
FROM open_spans s LEFT JOIN people p ON p.person = s.author
WHERE s.kind = 'pull_request' AND NOT s.author_is_bot
UNION ALL
SELECT s.closed_event, s."until", false, true, s.repository, s.number, s.author, p.name, s.url
FROM open_spans s LEFT JOIN people p ON p.person = s.author
WHERE s.kind = 'pull_request' AND NOT s.author_is_bot AND s."until" IS NOT NULL
