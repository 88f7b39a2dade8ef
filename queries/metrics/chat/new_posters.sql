/*---
version = 1
title = "New people who post"
definition = "People whose first message in the whole log falls in the window; bots excluded."
source = "CHAOSS New Contributors, of chat and mail"
unit = "people"
statistic = "new"
value = "person"
unknown = "organisation"
windows = ["month", "quarter", "365d"]
group_by = ["channel_name"]
direction = "higher is better"
caveats = ["First in what was collected: whoever posted before the collection begins counts as new at their first collected message."]
---*/
SELECT * FROM chat.messages
