"""DuckDB reads the same archive files into a seven-column Parquet file: what `collect` is measured against."""
import os
import sys

import duckdb

archive, work = sys.argv[1:3]
duckdb.sql("SET threads = 2")
duckdb.sql("""
COPY (
  SELECT id, type, created_at, actor.login AS login, actor.id AS actor_id, repo.name AS repository,
         payload.action AS action
  FROM read_json('%s/*.json.gz', format = 'newline_delimited', maximum_object_size = 33554432, columns = {
    id: 'VARCHAR', type: 'VARCHAR', created_at: 'TIMESTAMPTZ', actor: 'STRUCT(id BIGINT, login VARCHAR)',
    repo: 'STRUCT(id BIGINT, name VARCHAR)', payload: 'STRUCT(action VARCHAR)'})
) TO '%s' (FORMAT parquet)
""" % (archive, os.path.join(work, "duckdb.parquet")))
