/*---
title = "Who was a listed maintainer, from when to when, whatever the roster"
definition = "One row a person and time without a break in which some roster lists the person as a maintainer. A change of file, role or organisation breaks nothing, nor do up to 30 days between a roster that moved and the next."
order = ["from", "person"]
[columns]
person = "The person."
name = "The name as first written."
from = "First instant, UTC."
until = "First instant at which no roster lists the person as a maintainer any more; null while one does."
founding = "Whether the term begins with the repository's first roster: nobody was added, the list began."
became = "emeritus, where the last roster to list the person says so."
organisation = "At the beginning, as the roster states it; null where nobody says."
organisation_key = "The same for counting: null for Independent too."
organisation_group = "The same with related companies merged: the topmost parent at that time."
repository = "Whose roster it begins in."
listed_event = "The event that begins it."
unlisted_event = "The event that ends it."
url = "The page to check."
---*/
WITH listed AS (
  SELECT *, min("from") OVER (PARTITION BY repository) AS first_roster,
         max(CASE WHEN unlisted_as = 'moved' THEN "until" + INTERVAL '30 days'
                  ELSE coalesce("until", as_of() + INTERVAL '1 day') END) OVER (
           PARTITION BY person ORDER BY "from", listed_event ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reach
  FROM maintainers WHERE is_maintainer AND person IS NOT NULL
),
numbered AS (
  SELECT *, sum(CASE WHEN reach IS NULL OR "from" > reach THEN 1 ELSE 0 END)
              OVER (PARTITION BY person ORDER BY "from", listed_event ROWS UNBOUNDED PRECEDING) AS term
  FROM listed
),
placed AS (
  SELECT *, row_number() OVER (PARTITION BY person, term ORDER BY "from", listed_event) AS nth,
         row_number() OVER (PARTITION BY person, term
                            ORDER BY "until" DESC NULLS FIRST, unlisted_as NULLS LAST, unlisted_event) AS from_last
  FROM numbered
)
SELECT b.person, b.name, b."from", e."until", b."from" = b.first_roster AS founding,
       CASE WHEN e.unlisted_as = 'emeritus' THEN e.unlisted_as END AS became,
       b.organisation, b.organisation_key, b.organisation_group, b.repository, b.listed_event,
       CASE WHEN e."until" IS NOT NULL THEN e.unlisted_event END AS unlisted_event, b.url
FROM placed b JOIN placed e ON e.person = b.person AND e.term = b.term AND e.from_last = 1
WHERE b.nth = 1
