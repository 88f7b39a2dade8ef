/*---
version = 1
title = "Contributions, by DevStats"
definition = "GitHub events of the seven kinds in the window, without those of logins that match DevStats' bot patterns."
source = "DevStats metrics/shared/project_company_stats.sql"
unit = "events"
statistic = "count"
unknown = "organisation"
compares = "growth.contributions"
windows = ["quarter", "365d", "all"]
group_by = ["repository", "organisation"]
direction = "higher is better"
caveats = [
  "Seven kinds of event: pushes, issues and pull requests opened, closed, merged or reopened, reviews, and comments on issues, lines and commits.",
  "Every action counts: opening and closing one issue are two.",
  "Bots by DevStats' list of patterns on the login (queries/bots.devstats.toml): k8s-…, …-ci and …-testing hit people too.",
  "Pushes are in the log only from GH Archive or webhooks.",
  "Label and assignment events, which GH Archive has since October 2025 only, are not counted.",
  "The Companies table hides a company below 0.2 * scale * sqrt(hours / 1450); nothing is hidden here.",
]
---*/
SELECT * FROM devstats.contributors
