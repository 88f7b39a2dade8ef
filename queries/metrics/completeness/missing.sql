/*---
version = 1
title = "Missing of what the sources state"
definition = "How many of the issues, pull requests, releases, merges of each month and the like that GitHub says each repository holds are not in the log."
source = "muster"
unit = "records"
statistic = "sum"
value = "missing"
windows = ["month", "all"]
group_by = ["repository", "counted", "source"]
direction = "lower is better"
caveats = ["Statements about a month count in that month, statements about all of a repository at the instant they were made, at the latest just before the as-of instant.", "What GitHub has deleted since is in the log and not in its count: found is at most what is stated.", "What GitHub states both of a month and of all of a repository counts in both statements."]
---*/
SELECT * FROM completeness.collected
