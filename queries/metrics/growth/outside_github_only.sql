/*---
version = 1
title = "People active outside GitHub only"
definition = "People who came to a meeting or posted in chat or mail in the window and, by the as-of instant, have made no contribution; bots excluded."
source = "muster"
unit = "people"
statistic = "count_distinct"
value = "person"
unknown = "organisation"
windows = ["month", "quarter", "365d"]
group_by = ["kind", "organisation"]
caveats = ["A contribution is a commit (authored or co-authored), an issue or pull request opened, a review, a comment, a merge or a release.", "An account that nothing joins to a login or address is not seen to contribute: docs/people.md says how to join it."]
---*/
SELECT c.event_id, c.time, c.account, c.person, c.name, c.kind, c.organisation, c.organisation_key, c.organisation_group, c.url
FROM contributions c
WHERE c.kind IN ('meeting', 'message') AND NOT c.is_bot AND c.person NOT IN (SELECT person FROM contributions WHERE counts)
