/*---
version = 1
title = "Messages"
definition = "Messages that people posted in the public channels and on the mailing lists; bots excluded."
source = "muster"
unit = "messages"
statistic = "count"
windows = ["month", "quarter", "365d"]
group_by = ["channel_name"]
direction = "higher is better"
---*/
SELECT m.event_id, m.time, m.platform, m.channel_name, m.thread, m.account, m.person, m.name, m.organisation, m.organisation_key,
       m.organisation_group, m.question, m.length, m.url
FROM messages m WHERE NOT m.is_bot
