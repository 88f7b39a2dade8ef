/*---
question = "Which questions in chat and on the lists has nobody answered?"
answer = "Threads of people that begin with a question and to which nobody else has replied."
---*/
SELECT channel_name, name, to_char(started_at, '%Y-%m-%d') AS asked
FROM threads
WHERE question AND answered_at IS NULL AND NOT starter_is_bot
ORDER BY started_at
