/*---
version = 1
title = "Release frequency, by CHAOSS"
definition = "Releases published in the window, point releases too."
source = "CHAOSS 4765 Release Frequency"
unit = "releases"
statistic = "count"
compares = "releases.published"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "higher is better"
caveats = [
  "Where a repository has no releases, its tags are counted.",
]
---*/
SELECT event_id, time, repository, tag, person, from_tag, url FROM releases
