/*---
version = 1
title = "People who post and contribute"
definition = "People who posted in the window and, by the as-of instant, have made a contribution too; bots excluded."
source = "muster"
unit = "people"
statistic = "count_distinct"
value = "person"
unknown = "organisation"
windows = ["month", "quarter", "365d"]
group_by = ["channel_name"]
direction = "higher is better"
caveats = ["A contribution is a commit, an issue or pull request opened, a review, a comment, a merge or a release.", "A chat account that nothing joins to a login or address is not seen to contribute: docs/people.md says how to join it."]
---*/
SELECT m.event_id, m.time, m.platform, m.channel_name, m.thread, m.account, m.person, m.name, m.organisation, m.organisation_key,
       m.organisation_group, m.url
FROM messages m WHERE NOT m.is_bot AND m.person IN (SELECT person FROM contributions WHERE counts)
