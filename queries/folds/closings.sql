/*---
title = "Closes of issues and pull requests"
definition = "One row an issue or pull request that was closed, merged or opened again. It needs nobody's name, and is computed while people are resolved."
[columns]
subject = "github:<owner>/<name>#<number>."
closed_at = "First close or merge, UTC."
closed_event = "The event that says so."
last_closed_at = "Last close or merge."
last_closed_event = "The event that says so."
last_reopened_at = "When it was last opened again."
reopenings = "How often it was opened again."
merged_at = "Merge, of a pull request."
merged_event = "The event that says so."
merger_account = "The account that merged."
---*/
-- min(time_key(t) || x) holds the x of the earliest t, ties by x; time_key has 20 characters, and no id has a line feed.
WITH ends AS (
  SELECT subject,
         min(time) FILTER (WHERE type NOT LIKE '%.reopened') AS closed_at,
         min(CASE WHEN type NOT LIKE '%.reopened' THEN time_key(time) || event_id END) AS first_close,
         max(time) FILTER (WHERE type NOT LIKE '%.reopened') AS last_closed_at,
         max(CASE WHEN type NOT LIKE '%.reopened' THEN time_key(time) || event_id END) AS last_close,
         max(time) FILTER (WHERE type LIKE '%.reopened') AS last_reopened_at,
         count(*) FILTER (WHERE type LIKE '%.reopened') AS reopenings,
         min(time) FILTER (WHERE type = 'pull_request.merged') AS merged_at,
         min(CASE WHEN type = 'pull_request.merged' THEN concat(time_key(time), event_id, chr(10), coalesce(account, '')) END)
           AS first_merge
  FROM facts
  WHERE number IS NOT NULL
    AND type IN ('issue.closed', 'issue.reopened', 'pull_request.closed', 'pull_request.merged', 'pull_request.reopened')
  GROUP BY subject
)
SELECT subject, closed_at, substr(first_close, 21) AS closed_event, last_closed_at, substr(last_close, 21) AS last_closed_event,
       last_reopened_at, reopenings, merged_at, split_part(substr(first_merge, 21), chr(10), 1) AS merged_event,
       nullif(split_part(first_merge, chr(10), 2), '') AS merger_account
FROM ends
