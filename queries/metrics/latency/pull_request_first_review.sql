/*---
version = 1
title = "Time to first review"
definition = "How long it takes until half of the pull requests have had a review, or a comment on a line, by a person who is neither their author nor a bot; those still waiting count as at least that long."
source = "CHAOSS 4920 Change Request Review Duration (first cycle), with Kaplan-Meier for what is still open"
unit = "days"
statistic = "kaplan_meier"
value = "seconds_to_review"
observed = "reviewed"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = ["By the window of opening; pull requests that bots open are out.", "Merged or closed without a review is censored at that close: it says only that no review came before.", "Comments in the conversation are no review.", "Where too many still wait, the quantile is not reached: the figure is null, not the median of the finished (which stands beside it as naive)."]
[variants]
p25 = { quantile = 0.25, definition = "How long it takes until a quarter of the pull requests have had a review, or a comment on a line, by a person who is neither their author nor a bot; those still waiting count as at least that long." }
p75 = { quantile = 0.75, definition = "How long it takes until three quarters of the pull requests have had a review, or a comment on a line, by a person who is neither their author nor a bot; those still waiting count as at least that long." }
p85 = { quantile = 0.85, definition = "How long it takes until 85 of 100 of the pull requests have had a review, or a comment on a line, by a person who is neither their author nor a bot; those still waiting count as at least that long." }
---*/
SELECT * FROM latency.pull_request_first_response
