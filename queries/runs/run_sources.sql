/*---
title = "Sources of runs"
definition = "One row a source of a finished run: what became of its records, as the run itself counted them."
[columns]
run = "The run's id."
pipeline = "The pipeline file's name."
started = "When the run began, UTC."
source = "The source's name."
kind = "Its kind."
seconds = "How long it took."
read = "Records met: the sum of the six columns that follow."
appended = "Events new in the log."
duplicates = "Events that were there already."
conflicts = "Events whose id was there with another payload."
rejected = "Records that could not be read."
not_ours = "Records of kinds that muster has no event for."
filtered = "Records of repositories that were not asked for."
quota_left = "Requests that the source would still have answered, where it says so."
message = "Why it could not be read to its end."
hint = "What to do."
---*/
WITH source AS (
  SELECT substr(subject, 5) AS run, json_get_str(data, 'pipeline') AS pipeline,
         CAST(json_get_str(data, 'started') AS TIMESTAMP WITH TIME ZONE) AS started,
         unnest(json_get_array(data, 'sources')) AS source
  FROM run_events WHERE type = 'run.finished'
)
SELECT run, pipeline, started, json_get_str(source, 'name') AS source, json_get_str(source, 'kind') AS kind,
       json_get_int(source, 'milliseconds') / 1000.0 AS seconds, json_get_int(source, 'read') AS read,
       json_get_int(source, 'appended') AS appended, json_get_int(source, 'duplicates') AS duplicates,
       json_get_int(source, 'conflicts') AS conflicts, json_get_int(source, 'rejected') AS rejected,
       json_get_int(source, 'not_ours') AS not_ours, json_get_int(source, 'filtered') AS filtered,
       json_get_int(source, 'quota_left') AS quota_left, json_get_str(source, 'failure', 'message') AS message,
       json_get_str(source, 'failure', 'hint') AS hint
FROM source
