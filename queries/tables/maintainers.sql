/*---
title = "Who was listed in a roster, from when to when"
definition = "One row a listing of an account in a file under a role; a change of role or organisation ends one and begins the next."
order = ["from", "listed_event"]
[columns]
person = "The person."
account = "The account listed; an e-mail address is replaced by a hash."
name = "The name as written."
role = "The role as the file gives it."
is_maintainer = "Whether the listing counts as a maintainer: not reviewers, members or teams."
written = "The organisation as written."
organisation = "What that means; null where nobody says, or where sources of equal authority contradict each other."
organisation_key = "The same for counting: null for Independent too."
organisation_group = "The same with related companies merged: the topmost parent at that time."
repository = "Whose roster: owner/name."
path = "The file."
from = "First instant of the listing, UTC; a listing is cut where the parent of its organisation changes."
until = "First instant after it; null while it stands."
listed_event = "The event that begins it."
unlisted_event = "The event that ends it."
unlisted_as = "Where the listing went, where the file says so: emeritus, moved."
url = "The page to check."
---*/
SELECT a.person, a.account, masked(l.name) AS name, l.role, l.is_maintainer, nullif(trim(l.organisation), '') AS written,
       s.organisation, s.organisation_key, s.organisation_group, l.repository, l.path,
       CASE WHEN s."from" > l."from" THEN s."from" ELSE l."from" END AS "from",
       CASE WHEN s."until" IS NOT NULL AND (l."until" IS NULL OR s."until" < l."until") THEN s."until" ELSE l."until" END AS "until",
       l.listed_event, l.unlisted_event, l.unlisted_as, l.url
FROM listings l
LEFT JOIN resolved.accounts a ON a.raw = l.account
LEFT JOIN resolved.spellings s ON s.written = l.organisation
  AND (s."until" IS NULL OR s."until" > l."from") AND (s."from" IS NULL OR l."until" IS NULL OR s."from" < l."until")
