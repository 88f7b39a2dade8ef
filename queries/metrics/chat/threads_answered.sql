/*---
version = 1
title = "Threads answered"
definition = "Of the threads that people began in the window, the share in which somebody else who is no bot has posted by the as-of instant."
source = "muster"
unit = "share"
statistic = "share"
value = "answered"
windows = ["quarter", "365d"]
group_by = ["channel_name"]
direction = "higher is better"
caveats = ["Late in a window some threads have had little time to be answered: chat.first_answer takes that into account.", "Not every thread asks something: chat.questions_answered looks at those that do."]
---*/
SELECT * FROM chat.threads
