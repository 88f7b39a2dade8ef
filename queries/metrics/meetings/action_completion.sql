/*---
version = 1
title = "Time until actions are done"
definition = "How long it takes until half of the action items are recorded as done; those not done count as at least as long as the notes go on naming them."
source = "muster, Kaplan-Meier"
unit = "days"
statistic = "kaplan_meier"
value = "seconds"
observed = "done"
windows = ["quarter", "year", "365d"]
group_by = ["community"]
direction = "lower is better"
caveats = ["By the window of the first record; the same words in a later meeting are the same action, until it is done.", "What is not done is censored at the last meeting that names it: what became of it afterwards the notes do not say.", "What is first recorded as done was begun nobody knows when, and is left out."]
[variants]
p25 = { quantile = 0.25, definition = "How long it takes until a quarter of the action items are recorded as done; those not done count as at least as long as the notes go on naming them." }
p75 = { quantile = 0.75, definition = "How long it takes until three quarters of the action items are recorded as done; those not done count as at least as long as the notes go on naming them." }
p85 = { quantile = 0.85, definition = "How long it takes until 85 of 100 of the action items are recorded as done; those not done count as at least as long as the notes go on naming them." }
---*/
SELECT * FROM meetings.actions_opened
