/*---
version = 1
title = "Releases"
definition = "Releases published in the window, pre-releases included."
source = "CHAOSS 4765 Release Frequency"
unit = "releases"
statistic = "count"
windows = ["quarter", "year", "365d"]
group_by = ["repository", "class"]
caveats = ["Releases published on GitHub; where there is none of a repository, its tags.", "Who published does not matter: releases that a bot publishes count.", "The class is read from the tag as Semantic Versioning has it: pre-release, major, minor, patch; other where the tag is no version."]
---*/
SELECT r.event_id, r.time, r.repository, r.tag, r.repository || '@' || r.tag AS release,
       CASE WHEN NOT regexp_like(r.tag, '^[^0-9]*[0-9]+\.[0-9]+(\.[0-9]+)?([-+].*)?\z') THEN 'other'
            WHEN regexp_like(r.tag, '^[^0-9]*[0-9.]+-') THEN 'pre-release'
            WHEN regexp_like(r.tag, '^[^0-9]*[0-9]+(\.0)+(\+|\z)') THEN 'major'
            WHEN regexp_like(r.tag, '^[^0-9]*[0-9]+\.[0-9]+(\.0)?(\+|\z)') THEN 'minor'
            ELSE 'patch' END AS class,
       r.person, p.name, r.is_bot, r.from_tag, r.url
FROM releases r LEFT JOIN people p ON p.person = r.person
