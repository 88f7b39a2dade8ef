/*---
version = 1
title = "Meeting attendance"
definition = "People per meeting, on average over the window's meetings; bots excluded."
source = "CHAOSS Meeting Attendee Count"
unit = "people per meeting"
statistic = "mean_distinct_per"
value = "person"
per = "meeting"
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["community"]
direction = "higher is better"
caveats = ["Meetings whose notes name nobody present are not in it."]
---*/
SELECT a.event_id, a.time, a.meeting, a.community, a.person, a.name, a.organisation, a.organisation_key, a.organisation_group,
       a.source AS url
FROM attendance a WHERE NOT a.is_bot
