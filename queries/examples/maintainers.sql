/*---
question = "Who are the maintainers, and since when?"
answer = "Those listed on the as-of day."
---*/
SELECT name, to_char("from", '%Y-%m-%d') AS since, repository
FROM maintainer_terms
WHERE "from" <= as_of() AND ("until" IS NULL OR "until" > as_of())
ORDER BY "from", name
