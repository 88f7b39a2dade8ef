/*---
question = "Who is counted in the contributors of the last quarter?"
answer = "Every metric is a table of the rows behind its figures, named by its id: here those behind `growth.active_contributors`."
---*/
SELECT name, count(*) AS rows, count(DISTINCT kind) AS kinds
FROM growth.active_contributors
WHERE time >= TIMESTAMP '2025-10-01T00:00:00Z' AND time < TIMESTAMP '2026-01-01T00:00:00Z'
GROUP BY person, name
ORDER BY rows DESC, name
