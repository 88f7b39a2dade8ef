"""The populations of the nine metrics by hand-written SQL, in DuckDB over the log's own Parquet files: WORK/log to WORK/duckdb.

    python duckdb_populations.py WORK [--as-of 2026-07-01] [--tables] [--compare]

They are the same rows with the same columns, for a log of GitHub events without rosters, meetings and affiliations. With --tables
it publishes the tables too, those that have rows for such a log: contributions, issues, pull_requests, comments, reviews, releases and
accounts (without the reasons why somebody is a bot). With --compare it says in how many rows they differ from those of
WORK/out; exit code 1 if in any. What DuckDB does not do: resolve people from other evidence than GitHub's numbers. It has no
XXH3, so addresses are hashed by MD5, and accounts that are addresses are equal in the comparison.
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
parser.add_argument("--tables", action="store_true")
parser.add_argument("--compare", action="store_true")
options = parser.parse_args()
work = options.work
log, out = os.path.join(work, "log", "**", "*.parquet"), os.path.join(work, "duckdb")
bots = pathlib.Path(__file__).parent / "../queries/bots.toml"
pattern = "(?i)" + "|".join("(?:%s)" % bot["pattern"] for bot in tomllib.loads(bots.read_text())["bot"])
for folder in ("populations", "tables"):
    os.makedirs(os.path.join(out, folder), exist_ok=True)
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
for_tables = """,
       CASE WHEN type = 'pull_request.reviewed' THEN json_extract_string(data, '$.state') END AS state,
       CASE WHEN type = 'release.published' THEN json_extract_string(data, '$.tag') END AS tag"""
duckdb.sql("""
CREATE TABLE facts AS
SELECT id AS event_id, type, time, subject, url, actor AS login,
       split_part(split_part(split_part(substr(subject, strpos(subject, ':') + 1), '#', 1), '@', 1), '/release/', 1) AS repository,
       TRY_CAST(nullif(split_part(subject, '#', 2), '') AS BIGINT) AS number,
       TRY_CAST(json_extract_string(data, '$.actor_id') AS BIGINT) AS actor_id, json_extract_string(data, '$.actor_type') AS actor_type,
       CASE WHEN type = 'pull_request.merged' THEN json_extract_string(data, '$.author') END AS author,
       CASE WHEN type = 'pull_request.merged' THEN TRY_CAST(json_extract_string(data, '$.author_id') AS BIGINT) END AS author_id%s
FROM events WHERE type <> 'record.rejected' AND id NOT IN (SELECT id FROM superseded)
""" % (for_tables if options.tables else ""))
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
logins AS (
  SELECT login, max(actor_id) AS actor_id, min(time) AS first_seen, max(time) AS last_seen, bool_or(typed_bot) AS typed_bot
  FROM seen GROUP BY login
),
numbers AS (
  SELECT actor_id, arg_max(login, last_seen) AS person, bool_or(typed_bot) OR bool_or(regexp_matches(substr(login, 8), $1)) AS is_bot,
         min(first_seen) AS first_seen, max(last_seen) AS last_seen
  FROM logins WHERE actor_id IS NOT NULL GROUP BY actor_id
)
SELECT 'github-id:' || actor_id AS account, person, substr(person, 8) AS name, is_bot, first_seen, last_seen FROM numbers
UNION ALL
SELECT l.login, coalesce(n.person, l.login), substr(l.login, 8),
       coalesce(n.is_bot, l.typed_bot OR regexp_matches(substr(l.login, 8), $1)), l.first_seen, l.last_seen
FROM logins l LEFT JOIN numbers n USING (actor_id)
UNION ALL
SELECT account, masked(account), arg_max(name, time), bool_or(regexp_matches(substr(account, 7), $1) OR regexp_matches(name, $1)),
       min(time), max(time)
FROM pushed GROUP BY account
""".replace("$1", "'%s'" % pattern.replace("'", "''")))
duckdb.sql("""
CREATE %s acts AS
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
SELECT c.event_id, c.time, c.kind, masked(c.account) AS account, a.person, a.name, a.is_bot, c.repository, c.url
FROM acts c JOIN accounts a USING (account)
""" % ("TABLE" if options.tables else "VIEW"))
duckdb.sql("""
CREATE TABLE contributions AS
SELECT event_id, time, account, person, name, kind,
       row_number() OVER mine AS nth, lag(time) OVER mine AS previous_at, lead(time) OVER mine AS next_at,
       NULL::VARCHAR AS organisation, NULL::VARCHAR AS organisation_key, NULL::VARCHAR AS organisation_group,
       NULL::VARCHAR AS organisation_or_person, NULL::VARCHAR AS group_or_person, repository, url
FROM acts WHERE NOT is_bot
WINDOW mine AS (PARTITION BY person ORDER BY time, event_id, kind, url)
""")
# Pull requests are items like issues, and asked for only where the tables are. min(key) holds the event of the earliest time,
# ties by event: min((time, event_id)) is slower here.
opened, changed = "'issue.opened'", "'issue.commented', 'issue.closed', 'issue.reopened'"
if options.tables:
    opened += ", 'pull_request.opened'"
    changed += """, 'pull_request.commented', 'pull_request.reviewed', 'pull_request.review_commented', 'pull_request.closed',
      'pull_request.merged', 'pull_request.reopened'"""
duckdb.sql("""
CREATE TABLE items AS
WITH opened AS (
  SELECT f.event_id, split_part(f.type, '.', 1) AS item, f.time, f.subject, f.repository, f.number, f.url, a.person, a.name,
         coalesce(a.is_bot, false) AS is_bot
  FROM facts f LEFT JOIN accounts a ON a.account = coalesce('github-id:' || f.actor_id, f.login)
  WHERE f.type IN (%s)
),
changed AS (
  SELECT f.event_id, f.type, f.subject, f.time, a.person, coalesce(a.is_bot, false) AS is_bot, f.type LIKE '%%.reopened' AS reopens,
         printf('%%020d', epoch_us(time)) || event_id AS key
  FROM facts f LEFT JOIN accounts a ON a.account = coalesce('github-id:' || f.actor_id, f.login)
  WHERE f.type IN (%s)
),
answers AS (
  SELECT o.subject, min(a.time) AS responded_at, substr(min(a.key || chr(10) || coalesce(a.person, '')), 21) AS first,
         min(a.time) FILTER (a.type LIKE 'pull_request.review%%') AS reviewed_at
  FROM opened o JOIN changed a USING (subject)
  WHERE NOT a.reopens AND NOT a.is_bot AND a.time >= o.time AND a.person IS DISTINCT FROM o.person GROUP BY o.subject
),
ends AS (
  SELECT subject, min(time) FILTER (NOT reopens) AS closed_at, substr(min(key) FILTER (NOT reopens), 21) AS closed_event,
         max(time) FILTER (NOT reopens) AS last_closed_at, substr(max(key) FILTER (NOT reopens), 21) AS last_closed_event,
         max(time) FILTER (reopens) AS reopened_at, count(*) FILTER (reopens) AS reopenings,
         min(time) FILTER (type = 'pull_request.merged') AS merged_at,
         substr(min(key || chr(10) || coalesce(person, '')) FILTER (type = 'pull_request.merged'), 21) AS merged
  FROM changed WHERE type LIKE '%%.closed' OR reopens OR type = 'pull_request.merged' GROUP BY subject
)
SELECT o.*, a.responded_at, split_part(a.first, chr(10), 1) AS responded_event,
       nullif(split_part(a.first, chr(10), 2), '') AS responder, a.reviewed_at, e.closed_at, e.closed_event,
       CASE WHEN e.reopened_at IS NULL OR e.last_closed_at >= e.reopened_at THEN e.last_closed_at END AS final_closed_at,
       CASE WHEN e.reopened_at IS NULL OR e.last_closed_at >= e.reopened_at THEN e.last_closed_event END AS final_closed_event,
       e.merged_at, split_part(e.merged, chr(10), 1) AS merged_event, nullif(split_part(e.merged, chr(10), 2), '') AS merger,
       coalesce(e.reopenings, 0) AS reopenings
FROM opened o LEFT JOIN answers a USING (subject) LEFT JOIN ends e USING (subject)
""" % (opened, changed))


# By name: folder, order, SELECT. Four metrics are taken over the first population, and two over the last.
written = {
    "growth.contributions": ("populations", "time, event_id", "SELECT * FROM contributions"),
    "growth.new_contributors": ("populations", "time, event_id", """
      SELECT event_id, time, person, name, kind, organisation, organisation_key, organisation_group, repository, url
      FROM contributions WHERE nth = 1"""),
    "latency.issue_first_response": ("populations", "time, event_id", """
      SELECT event_id, time, repository, number, person, name, responded_at IS NOT NULL AS answered,
        epoch(coalesce(responded_at, closed_at, as_of())) - epoch(time) AS seconds, responded_at, responded_event, responder,
        closed_at IS NOT NULL AS closed, epoch(coalesce(closed_at, as_of())) - epoch(time) AS seconds_to_close, closed_at, closed_event,
        final_closed_at IS NOT NULL AS closed_now, epoch(coalesce(final_closed_at, as_of())) - epoch(time) AS seconds_to_final_close,
        final_closed_at, final_closed_event, reopenings, url FROM items WHERE item = 'issue' AND NOT is_bot"""),
}
item = """subject, repository, number, time AS opened_at, event_id AS opened_event, person AS author, is_bot AS author_is_bot, responded_at,
      responded_event, responder, %s final_closed_at, final_closed_event, reopenings, url FROM items"""
fact = """SELECT f.event_id, f.time, %s, a.person, a.is_bot, %s f.url
      FROM facts f LEFT JOIN accounts a ON a.account = coalesce('github-id:' || f.actor_id, f.login) WHERE f.type """
actor = "f.repository, f.subject, f.number, %s coalesce('github-id:' || f.actor_id, f.login) AS account"
if options.tables:
    written |= {
        "contributions": ("tables", "time, event_id, kind, account, url", """
      SELECT event_id, time, kind, true AS counts, account, person, name, is_bot, NULL::VARCHAR AS organisation,
        NULL::VARCHAR AS organisation_key, NULL::VARCHAR AS organisation_group, NULL::VARCHAR AS said_by, repository, url FROM acts"""),
        "issues": ("tables", "opened_at, subject", "SELECT " + item % "closed_at, closed_event," + " WHERE item = 'issue'"),
        "pull_requests": ("tables", "opened_at, subject", "SELECT " + item %
      "reviewed_at, closed_at, closed_event, merged_at, merged_event, merger," + " WHERE item = 'pull_request'"),
        "comments": ("tables", "time, event_id", fact % ("""
        CASE f.type WHEN 'issue.commented' THEN 'issue' WHEN 'pull_request.commented' THEN 'pull_request'
                    WHEN 'pull_request.review_commented' THEN 'review' ELSE 'commit' END AS kind, """ + actor % "", "")
      + "IN ('issue.commented', 'pull_request.commented', 'pull_request.review_commented', 'commit.commented')"),
        "reviews": ("tables", "time, event_id", fact % (actor % "f.state,", "") + "= 'pull_request.reviewed'"),
        "releases": ("tables", "time, event_id", fact % ("f.repository, f.tag", "false AS from_tag,") + "= 'release.published'"),
        "accounts": ("tables", "account", """
      SELECT masked(account) AS account, person, name, is_bot, first_seen, last_seen FROM accounts"""),
    }
for name, (folder, order, select) in written.items():
    file = os.path.join(out, folder, name + ".parquet")
    duckdb.sql("COPY (%s ORDER BY %s) TO '%s' (FORMAT parquet, COMPRESSION zstd)" % (select, order, file))


def differing(folder, name):
    """Rows that only one of the two has."""
    files = [os.path.join(*place, folder, name + ".parquet") for place in ((work, "out"), (out,))]
    columns, theirs = [[row[0] for row in duckdb.sql("DESCRIBE SELECT * FROM '%s'" % file).fetchall()] for file in files]
    columns = [column for column in columns if column not in ("bot_reason", "unresolved")]
    if columns != theirs:
        return "other columns: %s, %s" % (columns, theirs)
    hashed = lambda column: "CASE WHEN %s LIKE 'email:%%' THEN 'email' ELSE %s END AS %s" % (column, column, column)
    compared = ", ".join(hashed(column) if column in ("account", "person") else column for column in columns)
    only = "SELECT count(*) FROM (SELECT %s FROM '%s' EXCEPT ALL SELECT %s FROM '%s')"
    return sum(duckdb.sql(only % (compared, one, compared, other)).fetchall()[0][0] for one, other in (files, files[::-1]))


if options.compare:
    found = {name: differing(folder, name) for name, (folder, _, _) in written.items()}
    print(found)
    sys.exit(any(found.values()))
