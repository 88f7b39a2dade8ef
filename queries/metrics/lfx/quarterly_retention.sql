/*---
version = 1
title = "Quarterly retention, by LFX Insights"
definition = "Share of the people with a code contribution in the quarter before who have one in this quarter too; bots excluded."
source = "LFX Insights (crowd.dev services/libs/tinybird/pipes/) contributor_retention.pipe"
unit = "share"
statistic = "retention"
value = "person"
unknown = "organisation"
compares = "growth.retained_contributors"
windows = ["quarter", "365d"]
direction = "higher is better"
caveats = [
  "Code contributions only: issues, discussions, chat, mail and meetings do not count.",
  "Review requests and commits inside a pull request, which LFX counts, are not in the log.",
  "LFX prints it as a percentage with two decimals, of the last two complete quarters.",
]
---*/
SELECT * FROM lfx.active_contributors
