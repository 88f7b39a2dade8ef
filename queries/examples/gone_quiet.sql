/*---
question = "Who contributed in the last 365 days, but not in the last 90?"
answer = "Whom to write to. The latest first, with what they did within the 365 days."
---*/
SELECT name, to_char(max(time), '%Y-%m-%d') AS last, count(*) AS contributions
FROM contributions
WHERE counts AND NOT is_bot AND time >= as_of() - INTERVAL '365 days' AND time < as_of()
GROUP BY person, name
HAVING max(time) < as_of() - INTERVAL '90 days'
ORDER BY max(time) DESC
