/*---
version = 1
title = "Active contributors"
definition = "People with at least one contribution in the window; bots excluded."
source = "CHAOSS Contributors"
unit = "people"
statistic = "count_distinct"
value = "person"
unknown = "organisation"
windows = ["month", "quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = ["A contribution is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release."]
---*/
SELECT c.event_id, c.time, c.account, c.person, c.name, c.kind, c.organisation, c.organisation_key, c.organisation_group,
       c.repository, c.url
FROM contributions c WHERE c.counts AND NOT c.is_bot
