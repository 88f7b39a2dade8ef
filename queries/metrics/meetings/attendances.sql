/*---
version = 1
title = "Attendances"
definition = "Attendances in the window, each person once a meeting; bots excluded."
source = "CHAOSS Meeting Attendee Count"
unit = "attendances"
statistic = "count"
unknown = "organisation"
windows = ["quarter", "year", "365d"]
group_by = ["community", "organisation"]
direction = "higher is better"
caveats = ["Meetings whose notes name nobody present are not in it."]
---*/
SELECT a.event_id, a.time, a.meeting, a.community, a.person, a.name, a.organisation, a.organisation_key, a.organisation_group,
       a.source AS url
FROM attendance a WHERE NOT a.is_bot
