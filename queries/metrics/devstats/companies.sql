/*---
version = 1
title = "Companies contributing, by DevStats"
definition = "Distinct affiliations of the accounts with at least one of the seven kinds of event in the window."
source = "DevStats metrics/shared/num_stats.sql"
unit = "organisations"
statistic = "count_distinct"
value = "organisation"
unknown = "organisation"
compares = "diversity.active_organizations"
windows = ["quarter", "365d", "all"]
group_by = ["repository"]
direction = "higher is better"
caveats = [
  "Independent counts as a company.",
  "Bots are in it: DevStats filters none here. The dashboard's own documentation says that they are skipped.",
  "The affiliation is that at the time of the event.",
  "Organisations of bots count as well.",
  "Pushes are in the log only from GH Archive or webhooks.",
  "Label and assignment events, which GH Archive has since October 2025 only, are not counted.",
]
---*/
SELECT * FROM devstats.developers
