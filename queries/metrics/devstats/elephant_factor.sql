/*---
version = 1
title = "Elephant factor, by DevStats"
definition = "The smallest number of companies that make more than half of the contributions of those whose company is known; DevStats' nine kinds of event."
source = "DevStats metrics/shared/bus_factor.sql, of the instance for all projects alone"
unit = "organisations"
statistic = "smallest_set"
value = "organisation_key"
unknown = "organisation"
compares = "diversity.elephant_factor"
windows = ["quarter", "365d"]
direction = "higher is better"
caveats = [
  "Nine kinds: the seven, and stars and forks.",
  "Exceeds 50 %: a company with exactly half is not enough.",
  "Unknown and Independent are outside of the denominator, so that the shares of companies are too high.",
  "Bots by DevStats' list of patterns on the login (queries/bots.devstats.toml): k8s-…, …-ci and …-testing hit people too.",
  "DevStats counts by HyperLogLog, an estimate; this is exact.",
  "Pushes are in the log only from GH Archive or webhooks.",
]
[parameters]
threshold = 0.5
exceed = 1
unknown_out = 1
---*/
SELECT * FROM devstats.bus_factor
