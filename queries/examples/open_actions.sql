/*---
question = "What did we decide to do, and have not done?"
answer = "Action items whose latest mention in the notes is open, with who took them."
---*/
SELECT text, owners, to_char(time, '%Y-%m-%d') AS mentioned
FROM (SELECT *, row_number() OVER (PARTITION BY action ORDER BY time DESC) AS nth FROM actions) latest
WHERE nth = 1 AND state = 'open'
ORDER BY time, text
