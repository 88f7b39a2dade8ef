/*---
question = "Is the number of contributors growing?"
answer = "The metric `growth.active_contributors` for the last four finished quarters. `metrics` has every figure of every metric; an empty `group` is the whole project."
---*/
SELECT "window", value
FROM metrics
WHERE metric = 'growth.active_contributors' AND "group" = '' AND window_kind = 'quarter' AND NOT unfinished
  AND window_end > as_of() - INTERVAL '364 days'
ORDER BY window_start
