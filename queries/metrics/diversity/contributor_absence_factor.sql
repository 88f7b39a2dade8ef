/*---
version = 1
title = "Contributor absence factor"
definition = "The smallest number of people who make half of the contributions; bots excluded."
source = "CHAOSS 3944 Contributor Absence Factor (reaching 50 %)"
unit = "people"
statistic = "smallest_set"
value = "person"
parameters = { threshold = 0.5 }
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
---*/
SELECT c.event_id, c.time, c.account, c.person, c.name, c.kind, c.organisation, c.organisation_key, c.organisation_group,
       c.repository, c.url
FROM contributions c WHERE c.counts AND NOT c.is_bot
