/*---
question = "Who answers in chat and on the lists?"
answer = "The first to reply to a thread of somebody else, over all that the log holds."
---*/
SELECT p.name, count(*) AS answers
FROM threads t
JOIN people p ON p.person = t.answerer
GROUP BY p.person, p.name
ORDER BY answers DESC, p.name
