/*---
version = 1
title = "Active organisations, by LFX Insights"
definition = "Organisations of people with at least one code contribution in the window; bots excluded."
source = "LFX Insights (crowd.dev services/libs/tinybird/pipes/) active_organizations.pipe"
unit = "organisations"
statistic = "count_distinct"
value = "organisation_key"
unknown = "organisation"
compares = "diversity.active_organizations"
windows = ["quarter", "365d", "all"]
group_by = ["repository"]
direction = "higher is better"
caveats = [
  "Code contributions only: issues, discussions, chat, mail and meetings do not count.",
  "Review requests and commits inside a pull request, which LFX counts, are not in the log.",
  "Unaffiliated and Independent add none.",
]
---*/
SELECT * FROM lfx.active_contributors
