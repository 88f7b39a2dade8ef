/*---
question = "Who reviews?"
answer = "Reviews in the last 365 days, and how many of them asked for changes."
---*/
SELECT p.name, count(*) AS reviews, count(*) FILTER (WHERE r.state = 'changes_requested') AS asked_for_changes
FROM reviews r
JOIN people p ON p.person = r.person
WHERE NOT r.is_bot AND r.time >= as_of() - INTERVAL '365 days' AND r.time < as_of()
GROUP BY p.person, p.name
ORDER BY reviews DESC, p.name
