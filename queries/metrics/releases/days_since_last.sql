/*---
version = 1
title = "Days since the last release"
definition = "Days from the latest release to the window's end (or as-of, while the window is unfinished)."
source = "CHAOSS 4765 Release Frequency; DevStats Projects health"
unit = "days"
statistic = "days_since_last"
windows = ["quarter", "365d"]
group_by = ["repository"]
direction = "lower is better"
caveats = ["Releases published on GitHub; where there is none of a repository, its tags.", "Who published does not matter: releases that a bot publishes count."]
---*/
SELECT * FROM releases.published
