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
SELECT r.event_id, r.time, r.repository, r.tag, r.repository || '@' || r.tag AS release,
       CASE WHEN NOT regexp_like(r.tag, '^[^0-9]*[0-9]+\.[0-9]+(\.[0-9]+)?([-+].*)?\z') THEN 'other'
            WHEN regexp_like(r.tag, '^[^0-9]*[0-9.]+-') THEN 'pre-release'
            WHEN regexp_like(r.tag, '^[^0-9]*[0-9]+(\.0)+(\+|\z)') THEN 'major'
            WHEN regexp_like(r.tag, '^[^0-9]*[0-9]+\.[0-9]+(\.0)?(\+|\z)') THEN 'minor'
            ELSE 'patch' END AS class,
       r.person, p.name, r.is_bot, r.from_tag, r.url
FROM releases r LEFT JOIN people p ON p.person = r.person
