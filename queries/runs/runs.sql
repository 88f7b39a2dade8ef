/*---
title = "Runs"
definition = "One row a run of muster: when, how it ended, what it found. A run without an end has not finished, or was killed."
[columns]
run = "Its id: the instant it began and four letters by chance."
pipeline = "The pipeline file's name."
command = "run, collect or compute."
due = "When the schedule wanted it."
started = "When it began, UTC."
finished = "When it ended."
outcome = "succeeded, incomplete (a source failed), failed, stopped, broken_off; empty while there is no end."
seconds = "How long it took."
attempt = "Which try it is."
exit = "The exit status."
message = "Why it could not go on."
hint = "What to do."
read = "Records met, over all sources."
appended = "Events new in the log."
rejected = "Records that could not be read."
failed_sources = "Sources that could not be read to their end."
log_version = "The log's version afterwards."
events = "Events in the log afterwards."
newest = "When the latest thing in the log happened."
as_of = "What the figures are as of."
unchanged = "Whether the outputs stood already as they would have been computed."
muster = "The version of muster."
host = "The machine."
---*/
WITH began AS (
  SELECT subject, time, data FROM run_events WHERE type = 'run.started'
),
ends AS (
  -- A run that was stopped or given up may yet have come to its own end: that one counts.
  SELECT subject, time, data,
         row_number() OVER (
           PARTITION BY subject
           ORDER BY CASE json_get_str(data, 'outcome') WHEN 'stopped' THEN 2 WHEN 'broken_off' THEN 1 ELSE 0 END, time
         ) AS choice
  FROM run_events WHERE type = 'run.finished'
),
ended AS (SELECT subject, time, data FROM ends WHERE choice = 1),
source AS (
  SELECT subject, unnest(json_get_array(data, 'sources')) AS source FROM ended
),
sums AS (
  SELECT subject, sum(json_get_int(source, 'read')) AS read, sum(json_get_int(source, 'appended')) AS appended,
         sum(json_get_int(source, 'rejected')) AS rejected,
         count(json_get_str(source, 'failure', 'message')) AS failed_sources
  FROM source GROUP BY subject
)
SELECT substr(coalesce(b.subject, e.subject), 5) AS run,
       coalesce(json_get_str(b.data, 'pipeline'), json_get_str(e.data, 'pipeline')) AS pipeline,
       coalesce(json_get_str(b.data, 'command'), json_get_str(e.data, 'command')) AS command,
       CAST(json_get_str(b.data, 'due') AS TIMESTAMP WITH TIME ZONE) AS due,
       coalesce(b.time, CAST(json_get_str(e.data, 'started') AS TIMESTAMP WITH TIME ZONE)) AS started,
       e.time AS finished, json_get_str(e.data, 'outcome') AS outcome,
       json_get_int(e.data, 'milliseconds') / 1000.0 AS seconds,
       json_get_int(b.data, 'attempt') AS attempt, json_get_int(e.data, 'exit') AS exit,
       json_get_str(e.data, 'failure', 'message') AS message, json_get_str(e.data, 'failure', 'hint') AS hint,
       s.read, s.appended, s.rejected, coalesce(s.failed_sources, 0) AS failed_sources,
       json_get_int(e.data, 'log', 'version') AS log_version, json_get_int(e.data, 'log', 'events') AS events,
       CAST(json_get_str(e.data, 'log', 'newest') AS TIMESTAMP WITH TIME ZONE) AS newest,
       json_get_str(e.data, 'outputs', 'as_of') AS as_of, json_get_bool(e.data, 'outputs', 'unchanged') AS unchanged,
       json_get_str(b.data, 'muster') AS muster, json_get_str(b.data, 'host') AS host
FROM began b FULL JOIN ended e ON e.subject = b.subject LEFT JOIN sums s ON s.subject = e.subject
