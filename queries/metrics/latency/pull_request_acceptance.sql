/*---
version = 1
title = "Pull requests merged of those decided"
definition = "Of the pull requests merged or closed in the window and not opened again, the share that was merged."
source = "CHAOSS 3598 Change Request Acceptance Ratio (merged over merged and declined)"
unit = "share"
statistic = "share"
value = "merged"
windows = ["quarter", "365d"]
group_by = ["repository"]
caveats = ["By the window of the last close; pull requests that bots open are out.", "A rebase or squash by hand is a close, not a merge.", "CHAOSS itself divides merged by declined."]
---*/
SELECT r.final_closed_event AS event_id, r.final_closed_at AS time, r.merged_at IS NOT NULL AS merged, r.repository, r.number,
       r.author AS person, p.name, r.opened_at, r.merged_at, r.merger, r.url
FROM pull_requests r LEFT JOIN people p ON p.person = r.author
WHERE NOT r.author_is_bot AND r.final_closed_at IS NOT NULL
