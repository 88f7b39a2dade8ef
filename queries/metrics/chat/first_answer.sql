/*---
version = 1
title = "Time to first answer"
definition = "How long a thread waits for the first message by somebody else who is no bot; still waiting counts as at least this long."
source = "CHAOSS Time to First Response, of chat and mail, with Kaplan-Meier for what is still open"
unit = "hours"
statistic = "kaplan_meier"
value = "seconds"
observed = "answered"
windows = ["quarter", "365d"]
group_by = ["channel_name"]
direction = "lower is better"
caveats = ["By the window in which the thread began; threads that bots begin are out."]
---*/
SELECT * FROM chat.threads
