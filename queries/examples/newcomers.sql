/*---
question = "Who came in the last 365 days, and when was the first contribution?"
answer = "People without an earlier contribution in the log. A log that begins late takes old hands for newcomers: look at the first day that it knows."
---*/
SELECT name, to_char(min(time), '%Y-%m-%d') AS first
FROM contributions
WHERE counts AND NOT is_bot
GROUP BY person, name
HAVING min(time) >= as_of() - INTERVAL '365 days' AND min(time) < as_of()
ORDER BY min(time)
