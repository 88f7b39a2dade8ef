/*---
version = 1
title = "Returning contributors"
definition = "People who contribute in the window after a pause of at least 90 days; bots excluded."
source = "muster, the counterpart of CHAOSS Inactive Contributors"
unit = "people"
statistic = "count_distinct"
value = "person"
parameters = { days = 90 }
unknown = "organisation"
windows = ["month", "quarter", "365d"]
group_by = ["repository", "organisation"]
direction = "higher is better"
caveats = ["A contribution is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release.", "New, returning and lapsed are comings and goings: people with a contribution in the last 90 days rise by the first two and fall by the third.", "The repository is the one that they came back to."]
[variants]
180d = { days = 180, title = "Returning contributors, after 180 days", definition = "People who contribute in the window after a pause of at least 180 days; bots excluded." }
365d = { days = 365, title = "Returning contributors, after 365 days", definition = "People who contribute in the window after a pause of at least 365 days; bots excluded." }
---*/
SELECT event_id, time, person, name, kind, nth, previous_at, organisation, organisation_key, organisation_group, repository, url
FROM growth.contributions WHERE time >= previous_at + INTERVAL '$days days'
