"""DuckDB reads the same archive files into a seven-column Parquet file: what `collect` is measured against.

    duckdb_read.py ARCHIVE_DIR WORK_DIR [--columns]

As its users write it, with read_json_auto, which finds out the columns by itself; with --columns it is told which seven fields
there are, and reads no others.
"""
import os
import sys

import duckdb

archive, work = sys.argv[1:3]
told = """, columns = {
    id: 'VARCHAR', type: 'VARCHAR', created_at: 'TIMESTAMPTZ', actor: 'STRUCT(id BIGINT, login VARCHAR)',
    repo: 'STRUCT(id BIGINT, name VARCHAR)', payload: 'STRUCT(action VARCHAR)'}""" if "--columns" in sys.argv else ""
duckdb.sql("SET threads = 2")
duckdb.sql("""
COPY (
  SELECT id, type, created_at, actor.login AS login, actor.id AS actor_id, repo.name AS repository,
         payload.action AS action
  FROM %s('%s/*.json.gz', format = 'newline_delimited', maximum_object_size = 33554432%s)
) TO '%s' (FORMAT parquet)
""" % ("read_json" if told else "read_json_auto", archive, told, os.path.join(work, "duckdb.parquet")))
