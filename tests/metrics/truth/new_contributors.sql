/*---
version = 1
title = "New contributors by number"
definition = "A contributor whose first contribution in the whole stream is in the quarter."
source = "make_gharchive.py"
unit = "people"
statistic = "count_distinct"
value = "account"
windows = ["quarter"]
---*/
WITH ranked AS (
  SELECT f.event_id, f.time, f.account, row_number() OVER (PARTITION BY f.account ORDER BY f.time, f.event_id) AS nth
  FROM facts f JOIN accounts a ON a.account = f.account
  WHERE NOT a.is_bot
    AND (f.type = 'push.received' OR f.type = 'commit.commented' OR f.type LIKE 'issue.%' OR f.type LIKE 'pull_request.%')
)
SELECT event_id, time, account FROM ranked WHERE nth = 1
