/*---
version = 1
title = "Time to first response, by CHAOSS"
definition = "How long an issue, pull request, chat or mail thread waits for the first response by another person who is no bot; the median of the answered, by the window of its beginning."
source = "CHAOSS 3448 Time to First Response"
unit = "days"
statistic = "quantile_interpolated"
value = "seconds"
compares = "latency.issue_first_response"
windows = ["quarter", "365d"]
group_by = ["kind"]
direction = "lower is better"
caveats = [
  "Drops the unanswered: recent windows always look fast.",
  "Issues, pull requests, chat and mail together; the group `kind` tells them apart.",
  "A close or merge by another person is a response.",
]
[parameters]
quantile = 0.5
---*/
SELECT opened_event AS event_id, opened_at AS time, 'issue' AS kind, repository, author AS person, responded_at,
       date_part('epoch', responded_at) - date_part('epoch', opened_at) AS seconds, url
FROM issues WHERE NOT author_is_bot AND responded_at IS NOT NULL
UNION ALL
SELECT opened_event, opened_at, 'pull_request', repository, author, responded_at,
       date_part('epoch', responded_at) - date_part('epoch', opened_at), url
FROM pull_requests WHERE NOT author_is_bot AND responded_at IS NOT NULL
UNION ALL
SELECT started_event, started_at, 'thread', channel, starter, answered_at,
       date_part('epoch', answered_at) - date_part('epoch', started_at), url
FROM threads
WHERE NOT coalesce(starter_is_bot, false) AND started_event IS NOT NULL AND starter IS NOT NULL AND answered_at IS NOT NULL
