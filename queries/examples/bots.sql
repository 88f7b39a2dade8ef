/*---
question = "Who is left out as a bot?"
answer = "With how many accounts. A person among them is brought back with `not_bots` in the pipeline file; `excluded_accounts` has the reason for each account."
---*/
SELECT name, count(*) AS accounts
FROM excluded_accounts
WHERE excluded
GROUP BY name
ORDER BY accounts DESC, name
