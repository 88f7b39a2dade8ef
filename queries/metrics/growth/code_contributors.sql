/*---
version = 1
title = "Contributors, code only"
definition = "People who authored a commit, opened or merged a pull request, had one merged or reviewed one in the window; bots excluded."
source = "CHAOSS Contributors, restricted to code"
unit = "people"
statistic = "count_distinct"
value = "person"
unknown = "organisation"
windows = ["month", "quarter", "365d"]
group_by = ["repository", "organisation"]
direction = "higher is better"
caveats = ["Issues, comments, discussions and releases are not in it."]
---*/
SELECT * FROM growth.contributions WHERE kind IN ('commit', 'co_authored_commit', 'pull_request', 'review', 'merge', 'merged_pull_request')
