/*---
question = "Which open issues has nobody answered?"
answer = "Nobody but the author and bots has said or done anything. The longest waiting first, in whole days."
---*/
SELECT number, date_part('day', as_of() - opened_at) AS days, url
FROM issues
WHERE responded_at IS NULL AND final_closed_at IS NULL AND NOT author_is_bot
ORDER BY opened_at
