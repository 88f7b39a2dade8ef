/*---
version = 1
title = "First response, p85"
definition = "From an issue's opening to the first comment by somebody who is neither its author nor a bot; answered issues only, nearest rank."
source = "make_gharchive.py"
unit = "seconds"
statistic = "quantile_discrete"
value = "seconds"
parameters = { quantile = 0.85 }
windows = ["quarter"]
---*/
WITH answered AS (
  SELECT o.event_id, min(o.time) AS time, min(c.time) AS first
  FROM facts o
  JOIN facts c ON c.subject = o.subject AND c.type = 'issue.commented' AND c.account <> o.account
  JOIN accounts a ON a.account = c.account AND NOT a.is_bot
  WHERE o.type = 'issue.opened'
  GROUP BY o.event_id
)
SELECT event_id, time, date_part('epoch', first) - date_part('epoch', time) AS seconds FROM answered
