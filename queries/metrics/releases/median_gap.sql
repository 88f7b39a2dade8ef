/*---
version = 1
title = "Median time between releases"
definition = "Median of the days between one release and the next, by the window of the later one."
source = "CHAOSS 4765 Release Frequency"
unit = "days"
statistic = "median_gap"
value = "release"
windows = ["quarter", "year", "365d", "all"]
group_by = ["repository"]
direction = "lower is better"
caveats = ["Releases published on GitHub; where there is none of a repository, its tags.", "Who published does not matter: releases that a bot publishes count.", "Over all repositories together a gap ends with a release of any of them; each repository has its own figure."]
---*/
SELECT * FROM releases.published
