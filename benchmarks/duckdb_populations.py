"""The populations of the nine metrics by hand-written SQL, in DuckDB over the log's own Parquet files.

Only what GitHub events need: no e-mails, meetings or rosters, no approximate facts, no masking, no organisations. So it does
less than muster's tables do.
"""
import os
import sys

import duckdb

work = sys.argv[1]
log, out = os.path.join(work, "log", "**", "*.parquet"), os.path.join(work, "duckdb")
os.makedirs(out, exist_ok=True)
AS_OF = "TIMESTAMPTZ '2026-07-01 00:00:00+00'"
duckdb.sql("SET threads = 2")
duckdb.sql("SET TimeZone = 'UTC'")
duckdb.sql("""
CREATE TABLE facts AS
SELECT id AS event_id, type, time, subject, url, actor AS login,
       split_part(substr(subject, 8), '#', 1) AS repository, json_extract_string(data, '$.actor_id') AS actor_id,
       json_extract_string(data, '$.actor_type') AS actor_type, json_extract_string(data, '$.author_id') AS author_id
FROM read_parquet('%s', union_by_name = true) WHERE time < %s AND type <> 'record.rejected'
""" % (log, AS_OF))
duckdb.sql("""
CREATE TABLE people AS
SELECT actor_id, arg_max(login, time) AS person,
       bool_or(actor_type = 'Bot') OR bool_or(regexp_matches(login, '\\[bot\\]|k8s-ci-robot|-bot$')) AS is_bot
FROM facts WHERE actor_id IS NOT NULL GROUP BY actor_id
""")
duckdb.sql("""
CREATE TABLE contributions AS
WITH pushed AS (
  SELECT id AS event_id, time, split_part(substr(subject, 8), '#', 1) AS repository,
         unnest(from_json(json_extract(data, '$.commits'), '["json"]')) AS c
  FROM read_parquet('%s', union_by_name = true)
  WHERE type = 'push.received' AND json_extract_string(data, '$.ref') IN ('refs/heads/main', 'refs/heads/master') AND time < %s
),
acts AS (
  SELECT event_id, time, type AS kind, actor_id, repository, url FROM facts
  WHERE type IN ('issue.opened', 'pull_request.opened', 'pull_request.reviewed', 'pull_request.merged', 'release.published',
                 'issue.commented', 'pull_request.commented', 'pull_request.review_commented', 'commit.commented')
  UNION ALL SELECT event_id, time, 'merged_pull_request', author_id, repository, url FROM facts WHERE author_id IS NOT NULL
)
SELECT a.event_id, a.time, a.kind, p.person, a.repository, a.url FROM acts a JOIN people p USING (actor_id) WHERE NOT p.is_bot
UNION ALL
SELECT min(event_id), min(time), 'commit', min(json_extract_string(c, '$.account')), repository,
       'https://github.com/' || repository || '/commit/' || json_extract_string(c, '$.sha')
FROM pushed GROUP BY repository, json_extract_string(c, '$.sha')
""" % (log, AS_OF))


def write(name, sql):
    duckdb.sql("COPY (%s ORDER BY time, event_id) TO '%s' (FORMAT parquet, COMPRESSION zstd)" % (sql, os.path.join(out, name + ".parquet")))


everything = "SELECT * FROM contributions"
for name in ("active_contributors", "retained_contributors", "contributor_absence_factor", "active_organizations"):
    write(name, everything)
write("new_contributors", everything + " QUALIFY row_number() OVER (PARTITION BY person ORDER BY time, event_id) = 1")
duckdb.sql("""
CREATE TABLE issues AS
WITH opened AS (SELECT f.*, p.person, p.is_bot FROM facts f JOIN people p USING (actor_id) WHERE type = 'issue.opened'),
acts AS (SELECT f.event_id, f.subject, f.time, p.person FROM facts f JOIN people p USING (actor_id)
         WHERE NOT p.is_bot AND type IN ('issue.commented', 'issue.closed')),
answers AS (SELECT o.subject, min(a.time) AS responded_at, arg_min(a.event_id, a.time) AS responded_event
            FROM opened o JOIN acts a USING (subject) WHERE a.time >= o.time AND a.person <> o.person GROUP BY o.subject),
closes AS (SELECT subject, min(time) AS closed_at, arg_min(event_id, time) AS closed_event FROM facts
           WHERE type = 'issue.closed' GROUP BY subject)
SELECT o.event_id, o.time, o.repository, o.person, o.url, a.responded_at, a.responded_event, c.closed_at, c.closed_event
FROM opened o LEFT JOIN answers a USING (subject) LEFT JOIN closes c USING (subject) WHERE NOT o.is_bot
""")
write("issue_first_response", "SELECT *, epoch(coalesce(responded_at, closed_at, %s)) - epoch(time) AS seconds FROM issues" % AS_OF)
write("issue_close", "SELECT *, epoch(coalesce(closed_at, %s)) - epoch(time) AS seconds FROM issues" % AS_OF)
