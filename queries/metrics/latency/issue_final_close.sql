/*---
version = 1
title = "Time to final close, issues"
definition = "How long it takes from the opening until half of the issues are closed for the last time; those open, or open again, count as at least that long."
source = "CHAOSS 3446 Time to Close (final close), with Kaplan-Meier for what is still open"
unit = "days"
statistic = "kaplan_meier"
value = "seconds_to_final_close"
observed = "closed_now"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = ["By the window of opening; issues that bots open are out.", "An issue can be opened again later: the figure of a past window may grow.", "Where too many still wait, the quantile is not reached: the figure is null, not the median of the finished (which stands beside it as naive)."]
[variants]
p25 = { quantile = 0.25, definition = "How long it takes from the opening until a quarter of the issues are closed for the last time; those open, or open again, count as at least that long." }
p75 = { quantile = 0.75, definition = "How long it takes from the opening until three quarters of the issues are closed for the last time; those open, or open again, count as at least that long." }
p85 = { quantile = 0.85, definition = "How long it takes from the opening until 85 of 100 of the issues are closed for the last time; those open, or open again, count as at least that long." }
---*/
SELECT * FROM latency.issue_first_response
