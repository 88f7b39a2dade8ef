/*---
version = 1
title = "Lapsed contributors"
definition = "People for whom, in the window, 90 days have passed since their latest contribution; bots excluded."
source = "CHAOSS 3614 Inactive Contributors, by the day on which they became inactive"
unit = "people"
statistic = "count_distinct"
value = "person"
parameters = { days = 90 }
unknown = "organisation"
windows = ["month", "quarter", "365d"]
group_by = ["repository", "organisation"]
direction = "lower is better"
caveats = ["A contribution is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release.", "Counted on the day on which the pause became so long, so that a finished window never changes; the event is the last contribution before it.", "Who came back later has lapsed all the same, and counts as returning then."]
[variants]
180d = { days = 180, title = "Lapsed contributors, after 180 days", definition = "People for whom, in the window, 180 days have passed since their latest contribution; bots excluded." }
365d = { days = 365, title = "Lapsed contributors, after 365 days", definition = "People for whom, in the window, 365 days have passed since their latest contribution; bots excluded." }
---*/
SELECT event_id, time + INTERVAL '$days days' AS time, time AS last_at, next_at AS came_back_at, person, name, kind, nth, organisation,
       organisation_key, organisation_group, repository, url
FROM growth.contributions
WHERE time + INTERVAL '$days days' < as_of() AND (next_at IS NULL OR next_at >= time + INTERVAL '$days days')
