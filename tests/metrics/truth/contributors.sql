/*---
version = 1
title = "Contributors by number"
definition = "One actor number, not a bot, with at least one event of the seven contribution types."
source = "make_gharchive.py"
unit = "people"
statistic = "count_distinct"
value = "account"
windows = ["quarter"]
---*/
SELECT f.event_id, f.time, f.account, f.type
FROM facts f JOIN accounts a ON a.account = f.account
WHERE NOT a.is_bot
  AND (f.type = 'push.received' OR f.type = 'commit.commented' OR f.type LIKE 'issue.%' OR f.type LIKE 'pull_request.%')
