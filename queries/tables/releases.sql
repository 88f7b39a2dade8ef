/*---
title = "Releases"
definition = "Releases published on GitHub; where the log has none of a repository, its tags."
order = ["time", "event_id"]
[columns]
event_id = "The event."
time = "Publication, or the tag's date, UTC."
repository = "owner/name."
tag = "The tag."
person = "Who published it; null for a tag without tagger."
is_bot = "Whether that is a bot."
from_tag = "Whether it is known from a tag only."
url = "The page to check."
---*/
WITH published AS (
  SELECT f.event_id, f.time, f.repository, f.tag, a.person, a.is_bot, f.url
  FROM facts f LEFT JOIN resolved.accounts a ON a.raw = f.account WHERE f.type = 'release.published'
),
tags AS (
  SELECT e.id AS event_id, e.time, split_part(substr(e.subject, 5), '/tag/', 1) AS repository,
         json_get_str(e.data, 'name') AS tag, a.person, a.is_bot, e.url
  FROM events e LEFT JOIN resolved.accounts a ON a.raw = e.actor
  WHERE e.type = 'tag.created' AND e.time <= as_of()
)
SELECT event_id, time, repository, tag, person, is_bot, false AS from_tag, url FROM published
UNION ALL
SELECT event_id, time, repository, tag, person, is_bot, true AS from_tag, url FROM tags
WHERE repository NOT IN (SELECT repository FROM published)
