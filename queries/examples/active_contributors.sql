/*---
question = "Who contributed in the last 365 days, and how much?"
answer = "One row a person, most first. Bots and merge commits are out; a name is a login where nobody states another."
---*/
SELECT name, count(*) AS contributions
FROM contributions
WHERE counts AND NOT is_bot AND time >= as_of() - INTERVAL '365 days' AND time < as_of()
GROUP BY person, name
ORDER BY contributions DESC, name
