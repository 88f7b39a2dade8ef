/*---
title = "Listings in rosters, by account"
definition = "One row a listing of an account in a file under a role; a change of role or organisation ends one and begins the next."
[columns]
account = "The account listed."
name = "The name as written."
role = "The role as the file gives it."
is_maintainer = "Whether the listing counts as a maintainer."
organisation = "The organisation as written."
repository = "Whose roster: owner/name."
path = "The file."
from = "First instant of the listing, UTC."
until = "First instant after it; null while it stands."
listed_event = "The event that begins it."
unlisted_event = "The event that ends it."
unlisted_as = "Where the listing went, where the file says so: emeritus, moved."
url = "The page to check."
---*/
WITH changes AS (
  SELECT e.id, e.time, e.type, e.url, json_get_str(e.data, 'account') AS account, json_get_str(e.data, 'name') AS name,
         json_get_str(e.data, 'role') AS role, json_get_bool(e.data, 'maintainer') AS is_maintainer,
         json_get_str(e.data, 'organisation') AS organisation, json_get_str(e.data, 'repository') AS repository,
         json_get_str(e.data, 'path') AS path, json_get_str(e.data, 'reason') AS reason
  FROM events e WHERE e.type IN ('maintainer.listed', 'maintainer.unlisted') AND e.time <= as_of()
),
-- An end and a new beginning at one instant: the end comes first.
ordered AS (
  SELECT *, lead(time) OVER w AS next_time, lead(id) OVER w AS next_id, lead(reason) OVER w AS next_reason
  FROM changes
  WINDOW w AS (PARTITION BY repository, path, role, account ORDER BY time, CASE WHEN type = 'maintainer.unlisted' THEN 0 ELSE 1 END, id)
)
SELECT account, name, role, is_maintainer, organisation, repository, path, time AS "from", next_time AS "until",
       id AS listed_event, next_id AS unlisted_event, next_reason AS unlisted_as, url
FROM ordered WHERE type = 'maintainer.listed' AND (next_time IS NULL OR next_time > time)
