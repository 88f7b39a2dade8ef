/*---
question = "For whom do the contributors of the last 92 days work?"
answer = "The organisation of each contribution is that of its day. An empty one is of people of whom nobody says it, or who are independent."
---*/
SELECT coalesce(organisation_key, 'unknown') AS organisation, count(*) AS contributions, count(DISTINCT person) AS people
FROM contributions
WHERE counts AND NOT is_bot AND time >= as_of() - INTERVAL '92 days' AND time < as_of()
GROUP BY 1
ORDER BY contributions DESC, organisation
