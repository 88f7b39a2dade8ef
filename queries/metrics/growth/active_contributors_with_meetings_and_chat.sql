/*---
version = 1
title = "Active contributors, with meetings, chat and mail"
definition = "People who contributed, came to a meeting or posted in chat or mail in the window; bots excluded."
source = "CHAOSS 3467 Contributors, event participants and messages included"
unit = "people"
statistic = "count_distinct"
value = "person"
unknown = "organisation"
windows = ["month", "quarter", "365d"]
group_by = ["kind", "organisation"]
direction = "higher is better"
caveats = ["A contribution is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release.", "Who has two accounts that nothing joins counts twice: docs/people.md says how to join them."]
---*/
SELECT c.event_id, c.time, c.account, c.person, c.name, c.kind, c.organisation, c.organisation_key, c.organisation_group,
       c.repository, c.url
FROM contributions c WHERE (c.counts OR c.kind IN ('meeting', 'message')) AND NOT c.is_bot
