/*---
version = 1
title = "Organisations ever, by DevStats"
definition = "Distinct companies other than Independent of the logins of devstats.contributors_and_orgs, at any time up to the window's end."
source = "DevStats metrics/shared/contributors_and_orgs_count.sql"
unit = "organisations"
statistic = "interval_count_distinct"
value = "company"
from = "since"
until = "until"
unknown = "organisation"
windows = ["quarter", "365d"]
direction = "higher is better"
caveats = [
  "Cumulative: everything from the beginning of the log to the window's end, whatever the window.",
  "Unknown adds none; Independent is excluded here, and counted in devstats.companies.",
  "NotFound and (Unknown) are not filtered by DevStats; muster's sources read them as unknown.",
]
---*/
SELECT * FROM devstats.contributors_and_orgs
