/*---
version = 1
title = "Issues opened"
definition = "Issues opened in the quarter."
source = "make_gharchive.py"
unit = "issues"
statistic = "count"
windows = ["quarter"]
---*/
SELECT event_id, time, subject FROM facts WHERE type = 'issue.opened'
