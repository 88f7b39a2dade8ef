/*---
question = "Which maintainers have done nothing for 90 days?"
answer = "Listed on the as-of day, without any contribution since; with the day of the last one, where there was one."
---*/
SELECT t.name, to_char(max(c.time), '%Y-%m-%d') AS last
FROM maintainer_terms t
LEFT JOIN contributions c ON c.person = t.person AND c.counts AND c.time < as_of()
WHERE t."from" <= as_of() AND (t."until" IS NULL OR t."until" > as_of())
GROUP BY t.person, t.name
HAVING max(c.time) IS NULL OR max(c.time) < as_of() - INTERVAL '90 days'
ORDER BY t.name
