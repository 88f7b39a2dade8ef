/*---
version = 1
title = "Close, median"
definition = "From an issue's opening to its first close; closed issues only, nearest rank."
source = "make_gharchive.py"
unit = "seconds"
statistic = "quantile_discrete"
value = "seconds"
parameters = { quantile = 0.5 }
windows = ["quarter"]
---*/
WITH closed AS (
  SELECT o.event_id, min(o.time) AS time, min(c.time) AS first
  FROM facts o JOIN facts c ON c.subject = o.subject AND c.type = 'issue.closed'
  WHERE o.type = 'issue.opened'
  GROUP BY o.event_id
)
SELECT event_id, time, date_part('epoch', first) - date_part('epoch', time) AS seconds FROM closed
