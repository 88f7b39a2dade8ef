/*---
question = "Which issues are open, and for how long?"
answer = "One that was closed and opened again counts from its first day. Those that bots opened are out."
---*/
SELECT number, date_part('day', as_of() - opened_at) AS days, responded_at IS NOT NULL AS answered
FROM issues
WHERE final_closed_at IS NULL AND NOT author_is_bot
ORDER BY opened_at
