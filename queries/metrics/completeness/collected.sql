/*---
version = 1
title = "Collected of what the sources state"
definition = "Of what GitHub says each repository holds (issues, pull requests, releases, merges of each month and the like), the part that is in the log."
source = "muster"
unit = "share"
statistic = "ratio"
value = "found"
per = "stated"
windows = ["month", "all"]
group_by = ["repository", "counted", "source"]
direction = "higher is better"
caveats = ["Statements about a month count in that month, statements about all of a repository at the instant they were made, at the latest just before the as-of instant.", "What GitHub has deleted since is in the log and not in its count: found is at most what is stated."]
---*/
SELECT c.event_id, coalesce(c.month, least(c.time, as_of() - INTERVAL '1 microsecond')) AS time, c.repository, c.counted,
       split_part(c.counted, '.', 1) AS kind, e.source, c.month, c.stated, c.held, least(c.held, c.stated) AS found,
       greatest(c.stated - c.held, 0) AS missing
FROM completeness c JOIN events e ON e.id = c.event_id WHERE e.type = 'source.counted'
