/*---
title = "Claims of runs"
definition = "One row a claim of a finished run: its verdict then. Runs that looked back are left out."
[columns]
run = "The run's id."
pipeline = "The pipeline file's name."
started = "When the run began, UTC."
claim = "The claim's id."
verdict = "holds, fails or undecided."
text = "Its sentence."
---*/
WITH claim AS (
  SELECT substr(subject, 5) AS run, json_get_str(data, 'pipeline') AS pipeline,
         CAST(json_get_str(data, 'started') AS TIMESTAMP WITH TIME ZONE) AS started,
         unnest(json_get_array(data, 'claims')) AS claim
  FROM run_events WHERE type = 'run.finished' AND NOT coalesce(json_get_bool(data, 'looked_back'), false)
)
SELECT run, pipeline, started, json_get_str(claim, 'id') AS claim, json_get_str(claim, 'verdict') AS verdict,
       json_get_str(claim, 'text') AS text
FROM claim
