/*---
question = "Which work hangs on one person?"
answer = "Kinds of contributions that a single person made in the last 365 days."
---*/
SELECT kind, max(name) AS only, count(*) AS times
FROM contributions
WHERE counts AND NOT is_bot AND time >= as_of() - INTERVAL '365 days' AND time < as_of()
GROUP BY kind
HAVING count(DISTINCT person) = 1
ORDER BY kind
