/*---
question = "Which pull requests were closed without being merged?"
answer = "Of people, not of bots; with who opened them and the day of the close."
---*/
SELECT r.number, p.name, to_char(r.final_closed_at, '%Y-%m-%d') AS closed
FROM pull_requests r
JOIN people p ON p.person = r.author
WHERE r.final_closed_at IS NOT NULL AND r.merged_at IS NULL AND NOT r.author_is_bot
ORDER BY r.final_closed_at
