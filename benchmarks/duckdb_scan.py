"""DuckDB scans muster's tables and groups them by person and quarter, ten times: what the whole catalogue is measured against.

    duckdb_scan.py TABLES_DIR

Every table that has a person and an instant, each time from its Parquet file.
"""
import glob
import os
import sys

import duckdb

PEOPLE, TIMES = ("person", "author", "starter"), ("time", "opened_at", "started_at", "from", "month")
duckdb.sql("SET threads = 2")
duckdb.sql("SET TimeZone = 'UTC'")
for _ in range(10):
    for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.parquet"))):
        there = [row[0] for row in duckdb.sql("DESCRIBE SELECT * FROM '%s'" % path).fetchall()]
        person = next((name for name in PEOPLE if name in there), None)
        time = next((name for name in TIMES if name in there), None)
        if person and time:
            groups = """SELECT "%s", date_trunc('quarter', "%s"), count(*) AS n FROM '%s' GROUP BY 1, 2""" % (person, time, path)
            duckdb.sql("SELECT count(*), sum(n) FROM (%s)" % groups).fetchall()
