/*---
version = 1
title = "Time from first to second pull request"
definition = "How long it takes until who opened a first pull request opens a second; who has not yet counts as at least this long; bots excluded."
source = "muster; CHAOSS Conversion Rate, with Kaplan-Meier for those who have not yet"
unit = "days"
statistic = "kaplan_meier"
value = "seconds"
observed = "opened_second"
unknown = "organisation"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = ["By the window of the first pull request; first in what was collected.", "Most newcomers never open a second: then the median is not reached, which is the answer."]
---*/
SELECT * FROM growth.second_pull_request
