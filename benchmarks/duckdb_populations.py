"""The populations of the nine metrics by hand-written SQL, in DuckDB over the log's own Parquet files: WORK/log to WORK/duckdb.

    python duckdb_populations.py WORK [--as-of 2026-07-01] [--compare]

They are the same rows with the same columns, for a log of GitHub events without rosters, meetings and affiliations. With --compare
it says in how many rows they differ from WORK/out/populations; exit code 1 if in any. What DuckDB does not do: resolve people
from other evidence than GitHub's numbers, and publish the tables. It has no XXH3, so addresses are hashed by MD5, and accounts
that are addresses are equal in the comparison.
"""
import argparse
import os
import pathlib
import sys
import tomllib

import duckdb

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("work")
parser.add_argument("--as-of", default="2026-07-01")
parser.add_argument("--compare", action="store_true")
options = parser.parse_args()
work = options.work
log, out = os.path.join(work, "log", "**", "*.parquet"), os.path.join(work, "duckdb")
bots = pathlib.Path(__file__).parent / "../queries/bots.toml"
pattern = "(?i)" + "|".join("(?:%s)" % bot["pattern"] for bot in tomllib.loads(bots.read_text())["bot"])
os.makedirs(out, exist_ok=True)
duckdb.sql("SET threads = 2")
duckdb.sql("SET TimeZone = 'UTC'")
duckdb.sql("CREATE MACRO as_of() AS TIMESTAMPTZ '%s 00:00:00+00'" % options.as_of)
duckdb.sql("CREATE MACRO masked(account) AS CASE WHEN account LIKE '%@%' THEN 'email:#' || md5(lower(account)) ELSE account END")
duckdb.sql("CREATE VIEW events AS SELECT * FROM read_parquet('%s', union_by_name = true) WHERE time <= as_of()" % log)

# Of several tellings of a fact, the one that lacks least: ids of the others end in ~.
duckdb.sql("""
CREATE TABLE superseded AS
WITH told AS (
  SELECT id, type, time, subject, collector, rtrim(id, '~') AS whole, length(id) - length(rtrim(id, '~')) AS marks
  FROM events WHERE subject IN (SELECT subject FROM events WHERE id LIKE '%~')
)
SELECT a.id FROM told a JOIN told x ON x.whole = a.whole WHERE a.marks > 0 AND x.marks < a.marks
UNION
SELECT a.id FROM told a JOIN told x ON x.subject = a.subject AND x.type = a.type
  AND regexp_replace(x.whole, '/[0-9-]{10}T[^/]*$', '') = regexp_replace(a.whole, '/[0-9-]{10}T[^/]*$', '')
WHERE a.marks > 0 AND (x.marks < a.marks OR (x.marks = a.marks AND x.collector <> a.collector AND x.id < a.id))
  AND x.time BETWEEN a.time - INTERVAL '15 seconds' AND a.time + INTERVAL '15 seconds'
""")
duckdb.sql("""
CREATE TABLE facts AS
SELECT id AS event_id, type, time, subject, url, actor AS login,
       split_part(split_part(split_part(substr(subject, strpos(subject, ':') + 1), '#', 1), '@', 1), '/release/', 1) AS repository,
       TRY_CAST(nullif(split_part(subject, '#', 2), '') AS BIGINT) AS number,
       TRY_CAST(json_extract_string(data, '$.actor_id') AS BIGINT) AS actor_id, json_extract_string(data, '$.actor_type') AS actor_type,
       CASE WHEN type = 'pull_request.merged' THEN json_extract_string(data, '$.author') END AS author,
       CASE WHEN type = 'pull_request.merged' THEN TRY_CAST(json_extract_string(data, '$.author_id') AS BIGINT) END AS author_id
FROM events WHERE type <> 'record.rejected' AND id NOT IN (SELECT id FROM superseded)
""")
duckdb.sql("""
CREATE TABLE pushed AS
SELECT event_id, time, repository, reference, json_extract_string(c, '$.sha') AS sha,
       json_extract_string(c, '$.account') AS account, json_extract_string(c, '$.name') AS name
FROM (
  SELECT id AS event_id, time, split_part(substr(subject, 8), '#', 1) AS repository, json_extract_string(data, '$.ref') AS reference,
         unnest(from_json(json_extract(data, '$.commits'), '["json"]')) AS c
  FROM events WHERE type = 'push.received'
)
""")
# A number is a person, whatever the logins that it had; the latest of them names it. An address is a person too.
duckdb.sql("""
CREATE TABLE accounts AS
WITH seen AS (
  SELECT login, actor_id, time, coalesce(actor_type = 'Bot', false) AS typed_bot FROM facts WHERE login IS NOT NULL
  UNION ALL SELECT author, author_id, time, false FROM facts WHERE author IS NOT NULL
),
logins AS (SELECT login, max(actor_id) AS actor_id, max(time) AS last_seen, bool_or(typed_bot) AS typed_bot FROM seen GROUP BY login),
numbers AS (
  SELECT actor_id, arg_max(login, last_seen) AS person, bool_or(typed_bot) OR bool_or(regexp_matches(substr(login, 8), $1)) AS is_bot
  FROM logins WHERE actor_id IS NOT NULL GROUP BY actor_id
)
SELECT 'github-id:' || actor_id AS account, person, substr(person, 8) AS name, is_bot FROM numbers
UNION ALL
SELECT l.login, coalesce(n.person, l.login), substr(coalesce(n.person, l.login), 8),
       coalesce(n.is_bot, l.typed_bot OR regexp_matches(substr(l.login, 8), $1))
FROM logins l LEFT JOIN numbers n USING (actor_id)
UNION ALL
SELECT account, masked(account), arg_max(name, time), bool_or(regexp_matches(substr(account, 7), $1) OR regexp_matches(name, $1))
FROM pushed GROUP BY account
""".replace("$1", "'%s'" % pattern.replace("'", "''")))
duckdb.sql("""
CREATE TABLE contributions AS
WITH pushed_once AS (
  SELECT arg_min(event_id, (time, event_id)) AS event_id, min(time) AS time, repository, sha, min(account) AS account
  FROM pushed WHERE reference IN ('refs/heads/main', 'refs/heads/master') GROUP BY repository, sha
),
acts AS (
  SELECT event_id, time, 'commit' AS kind, account, repository, 'https://github.com/' || repository || '/commit/' || sha AS url
  FROM pushed_once
  UNION ALL
  SELECT event_id, time,
         CASE type WHEN 'issue.opened' THEN 'issue' WHEN 'pull_request.opened' THEN 'pull_request'
                   WHEN 'pull_request.reviewed' THEN 'review' WHEN 'pull_request.merged' THEN 'merge'
                   WHEN 'release.published' THEN 'release' ELSE 'comment' END,
         coalesce('github-id:' || actor_id, login), repository, url
  FROM facts
  WHERE type IN ('issue.opened', 'pull_request.opened', 'pull_request.reviewed', 'pull_request.merged', 'release.published',
                 'issue.commented', 'pull_request.commented', 'pull_request.review_commented', 'commit.commented')
  UNION ALL
  SELECT event_id, time, 'merged_pull_request', coalesce('github-id:' || author_id, author), repository, url
  FROM facts WHERE type = 'pull_request.merged' AND coalesce(author, '') <> ''
)
SELECT c.event_id, c.time, masked(c.account) AS account, a.person, a.name, c.kind,
       row_number() OVER mine AS nth, lag(c.time) OVER mine AS previous_at, lead(c.time) OVER mine AS next_at,
       NULL::VARCHAR AS organisation, NULL::VARCHAR AS organisation_key, NULL::VARCHAR AS organisation_group,
       NULL::VARCHAR AS organisation_or_person, NULL::VARCHAR AS group_or_person, c.repository, c.url
FROM acts c JOIN accounts a USING (account) WHERE NOT a.is_bot
WINDOW mine AS (PARTITION BY a.person ORDER BY c.time, c.event_id, c.kind, c.url)
""")
duckdb.sql("""
CREATE TABLE issues AS
WITH opened AS (
  SELECT f.event_id, f.time, f.subject, f.repository, f.number, f.url, a.person, a.name, coalesce(a.is_bot, false) AS is_bot
  FROM facts f LEFT JOIN accounts a ON a.account = coalesce('github-id:' || f.actor_id, f.login) WHERE type = 'issue.opened'
),
acts AS (
  SELECT f.event_id, f.type, f.subject, f.time, a.person, coalesce(a.is_bot, false) AS is_bot
  FROM facts f LEFT JOIN accounts a ON a.account = coalesce('github-id:' || f.actor_id, f.login)
  WHERE type IN ('issue.commented', 'issue.closed', 'issue.reopened')
),
answers AS (
  SELECT o.subject, min(a.time) AS responded_at, arg_min(a.event_id, (a.time, a.event_id)) AS responded_event,
         arg_min(coalesce(a.person, ''), (a.time, a.event_id)) AS responder
  FROM opened o JOIN acts a USING (subject)
  WHERE a.type <> 'issue.reopened' AND NOT a.is_bot AND a.time >= o.time AND a.person IS DISTINCT FROM o.person GROUP BY o.subject
),
ends AS (
  SELECT subject, min(time) FILTER (type = 'issue.closed') AS closed_at,
         arg_min(event_id, (time, event_id)) FILTER (type = 'issue.closed') AS closed_event,
         max(time) FILTER (type = 'issue.closed') AS last_closed_at,
         arg_max(event_id, (time, event_id)) FILTER (type = 'issue.closed') AS last_closed_event,
         max(time) FILTER (type = 'issue.reopened') AS reopened_at, count(*) FILTER (type = 'issue.reopened') AS reopenings
  FROM acts WHERE type IN ('issue.closed', 'issue.reopened') GROUP BY subject
)
SELECT o.*, a.responded_at, a.responded_event, nullif(a.responder, '') AS responder, e.closed_at, e.closed_event,
       CASE WHEN e.reopened_at IS NULL OR e.last_closed_at >= e.reopened_at THEN e.last_closed_at END AS final_closed_at,
       CASE WHEN e.reopened_at IS NULL OR e.last_closed_at >= e.reopened_at THEN e.last_closed_event END AS final_closed_event,
       coalesce(e.reopenings, 0) AS reopenings
FROM opened o LEFT JOIN answers a USING (subject) LEFT JOIN ends e USING (subject)
""")


def write(name, sql):
    file = os.path.join(out, name + ".parquet")
    duckdb.sql("COPY (%s ORDER BY time, event_id) TO '%s' (FORMAT parquet, COMPRESSION zstd)" % (sql, file))


# Four metrics are taken over the first population, and two over the last.
write("growth.contributions", "SELECT * FROM contributions")
write("growth.new_contributors", """SELECT event_id, time, person, name, kind, organisation, organisation_key, organisation_group,
      repository, url FROM contributions WHERE nth = 1""")
write("latency.issue_first_response", """SELECT event_id, time, repository, number, person, name, responded_at IS NOT NULL AS answered,
      epoch(coalesce(responded_at, closed_at, as_of())) - epoch(time) AS seconds, responded_at, responded_event, responder,
      closed_at IS NOT NULL AS closed, epoch(coalesce(closed_at, as_of())) - epoch(time) AS seconds_to_close, closed_at, closed_event,
      final_closed_at IS NOT NULL AS closed_now, epoch(coalesce(final_closed_at, as_of())) - epoch(time) AS seconds_to_final_close,
      final_closed_at, final_closed_event, reopenings, url FROM issues WHERE NOT is_bot""")


def differing(name):
    """Rows that only one of the two has."""
    ours, theirs = os.path.join(work, "out", "populations", name + ".parquet"), os.path.join(out, name + ".parquet")
    columns = [row[0] for row in duckdb.sql("DESCRIBE SELECT * FROM '%s'" % ours).fetchall()]
    if columns != [row[0] for row in duckdb.sql("DESCRIBE SELECT * FROM '%s'" % theirs).fetchall()]:
        return "other columns"
    hashed = lambda column: "CASE WHEN %s LIKE 'email:%%' THEN 'email' ELSE %s END AS %s" % (column, column, column)
    compared = ", ".join(hashed(column) if column in ("account", "person") else column for column in columns)
    only = "SELECT count(*) FROM (SELECT %s FROM '%s' EXCEPT ALL SELECT %s FROM '%s')"
    pairs = ((ours, theirs), (theirs, ours))
    return sum(duckdb.sql(only % (compared, one, compared, other)).fetchall()[0][0] for one, other in pairs)


if options.compare:
    found = {name: differing(name) for name in ("growth.contributions", "growth.new_contributors", "latency.issue_first_response")}
    print(found)
    sys.exit(any(found.values()))
