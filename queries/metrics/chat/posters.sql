/*---
version = 1
title = "People who post"
definition = "People who posted at least one message in the window; bots excluded."
source = "CHAOSS Contributors, of chat and mail"
unit = "people"
statistic = "count_distinct"
value = "person"
unknown = "organisation"
windows = ["month", "quarter", "365d"]
group_by = ["channel_name"]
direction = "higher is better"
caveats = ["An account is a person of its own until a profile, a people file or an address joins it to another."]
---*/
SELECT * FROM chat.messages
