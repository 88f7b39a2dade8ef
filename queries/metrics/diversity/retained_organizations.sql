/*---
version = 1
title = "Retained organisations"
definition = "Share of the organisations active in the window before that are active in this one too; bots excluded."
source = "LFX Insights quarterly retention, of organisations"
unit = "share"
statistic = "retention"
value = "organisation_key"
unknown = "organisation"
windows = ["quarter", "365d"]
direction = "higher is better"
caveats = ["Independent is a person's own row, not an organisation.", "A person who changes employer can make one organisation leave and another come."]
---*/
SELECT * FROM growth.contributions
