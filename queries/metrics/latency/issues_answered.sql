/*---
version = 1
title = "Issues answered within 7 days"
definition = "Of the issues opened in the window, the share that had a comment or close by a person who is neither the author nor a bot within 7 days."
source = "CHAOSS practitioner guide on responsiveness; muster"
unit = "share"
statistic = "share"
value = "in_time"
parameters = { days = 7 }
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["What was opened less than that long before the as-of instant, or was closed unanswered by its author or a bot before then, can say neither yes nor no and is left out; the note says how many are.", "Issues that bots open are out."]
[variants]
1d = { days = 1, title = "Issues answered within a day", definition = "Of the issues opened in the window, the share that had a comment or close by a person who is neither the author nor a bot within a day." }
30d = { days = 30, title = "Issues answered within 30 days", definition = "Of the issues opened in the window, the share that had a comment or close by a person who is neither the author nor a bot within 30 days." }
---*/
SELECT w.event_id, w.time, w.repository, w.number, w.person, w.name,
       CASE WHEN w.answered AND w.seconds <= $days * 86400 THEN true WHEN w.seconds > $days * 86400 THEN false END AS in_time,
       w.seconds, w.responded_at, w.responded_event, w.responder, w.url
FROM latency.issue_first_response w WHERE w.seconds >= 0
