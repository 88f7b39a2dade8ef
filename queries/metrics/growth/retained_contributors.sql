/*---
version = 1
title = "Retained contributors"
definition = "Share of the people who contributed in the window before and contribute in this one too; bots excluded."
source = "LFX Insights quarterly retention"
unit = "share"
statistic = "retention"
value = "person"
unknown = "organisation"
windows = ["quarter", "365d"]
direction = "higher is better"
---*/
SELECT c.event_id, c.time, c.account, c.person, c.name, c.kind, c.organisation, c.organisation_key, c.organisation_group,
       c.repository, c.url
FROM contributions c WHERE c.counts AND NOT c.is_bot
