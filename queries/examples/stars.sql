/*---
question = "When did people star the repository?"
answer = "Straight from the log: `events` has what no table has. `json_get_str(data, 'x')` takes a value out of a payload."
---*/
SELECT to_char(time, '%Y-%m') AS month, count(*) AS stars
FROM events
WHERE type = 'repository.starred' AND time >= as_of() - INTERVAL '365 days' AND time < as_of()
GROUP BY 1
ORDER BY 1
