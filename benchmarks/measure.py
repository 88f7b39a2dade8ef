#!/usr/bin/env python3
"""Measure muster's speed and memory as ratios in one run, medians of several.

    pip install duckdb==2.0.0            # what the ratios are taken against
    cargo build --release -p muster-cli
    python3 benchmarks/measure.py ARCHIVE_DIR [--muster PATH] [--runs 5]

ARCHIVE_DIR holds GH Archive files (*.json.gz). `make_gharchive.py --events 1000000` makes the ones behind
docs/benchmarks.md. Every measurement is CPU, wall time and peak memory of a child process; times of machines differ,
so only the ratios printed at the end are worth keeping.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PIPELINE = """[project]
name = "bench"
log = "log"
out = "%s"
as_of = "2026-07-01"
[[source]]
kind = "gharchive"
name = "archive"
path = "%s/*.json.gz"
[metrics]
windows = ["quarter", "365d"]
"""
NINE = ["growth.active_contributors", "growth.new_contributors", "growth.retained_contributors",
        "diversity.contributor_absence_factor", "diversity.active_organizations", "latency.issue_first_response",
        "latency.issue_close", "meetings.attendance", "governance.listed_maintainers"]
# The tables of the first issue; DuckDB publishes those of them that have rows for a log of GitHub events.
THIRTEEN = ["accounts", "commits", "issues", "pull_requests", "comments", "reviews", "meetings", "attendance", "actions",
            "items_reviewed", "maintainers", "releases", "contributions"]


def run(command, **options):
    """User and system CPU seconds, wall seconds and peak memory (MB) of a command."""
    log = tempfile.NamedTemporaryFile(delete=False)
    done = subprocess.run(["/usr/bin/time", "-f", "%U %S %e %M", "-o", log.name] + command,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **options)
    if done.returncode != 0:
        sys.exit("%s\n%s" % (" ".join(command), done.stderr.decode()))
    user, system, wall, kilobytes = open(log.name).read().split()[-4:]
    os.unlink(log.name)
    return float(user), float(system), float(wall), int(kilobytes) / 1024


def median(rows):
    return tuple(statistics.median(column) for column in zip(*rows))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive")
    parser.add_argument("--muster", default=os.path.join(HERE, "..", "target", "release", "muster"))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--python", default=sys.executable, help="a Python that has duckdb")
    a = parser.parse_args()
    archive, muster = os.path.abspath(a.archive), os.path.abspath(a.muster)
    work = tempfile.mkdtemp(prefix="muster-bench-")
    nine, thirteen, pipeline = (os.path.join(work, name + ".toml") for name in ("nine", "thirteen", "all"))
    of_nine = "only = %s\n" % json.dumps(NINE)
    with open(nine, "w") as f:
        f.write(PIPELINE % ("out", archive) + of_nine)
    with open(thirteen, "w") as f:
        f.write(PIPELINE % ("thirteen", archive) + of_nine + "[tables]\nonly = %s\n" % json.dumps(THIRTEEN))
    with open(pipeline, "w") as f:
        f.write(PIPELINE % ("all", archive))
    rows = {name: [] for name in ("zcat", "duckdb read", "duckdb read, told", "collect", "duckdb populations", "compute nine",
                              "duckdb populations and tables", "compute nine and thirteen tables", "compute all", "duckdb scan",
                              "nothing new")}
    for _ in range(a.runs):
        for folder in ("log", "out", "thirteen", "all"):
            shutil.rmtree(os.path.join(work, folder), ignore_errors=True)
        rows["zcat"].append(run(["sh", "-c", "find '%s' -name '*.json.gz' -print0 | xargs -0 zcat" % archive]))
        rows["duckdb read"].append(run([a.python, os.path.join(HERE, "duckdb_read.py"), archive, work]))
        rows["duckdb read, told"].append(
            run([a.python, os.path.join(HERE, "duckdb_read.py"), archive, work, "--columns"]))
        rows["collect"].append(run([muster, "collect", pipeline]))
        rows["duckdb populations"].append(run([a.python, os.path.join(HERE, "duckdb_populations.py"), work]))
        rows["compute nine"].append(run([muster, "compute", nine]))
        rows["duckdb populations and tables"].append(
            run([a.python, os.path.join(HERE, "duckdb_populations.py"), work, "--tables"]))
        rows["compute nine and thirteen tables"].append(run([muster, "compute", thirteen]))
        rows["compute all"].append(run([muster, "compute", pipeline]))
        tables = os.path.join(work, "all", "tables")
        rows["duckdb scan"].append(run([a.python, os.path.join(HERE, "duckdb_scan.py"), tables]))
        rows["nothing new"].append(run([muster, "run", pipeline]))
    shutil.rmtree(work)
    middle = {name: median(values) for name, values in rows.items()}
    print("| what | user s | system s | wall s | peak MB |\n| --- | ---: | ---: | ---: | ---: |")
    for name, (user, system, wall, megabytes) in middle.items():
        print("| %s | %.2f | %.2f | %.2f | %.0f |" % (name, user, system, wall, megabytes))
    print("\ncollect / zcat, user CPU: %.2f" % (middle["collect"][0] / middle["zcat"][0]))
    print("collect / duckdb read, user CPU: %.2f" % (middle["collect"][0] / middle["duckdb read"][0]))
    print("collect / duckdb read, told the columns, user CPU: %.2f"
          % (middle["collect"][0] / middle["duckdb read, told"][0]))
    for what, other in (("compute nine", "duckdb populations"), ("compute all", "duckdb scan"),
                        ("compute nine and thirteen tables", "duckdb populations and tables")):
        ours, theirs = middle[what], middle[other]
        print("%s / %s, wall: %.2f" % (what, other, ours[2] / theirs[2]))
        print("%s / %s, CPU: %.2f" % (what, other, (ours[0] + ours[1]) / (theirs[0] + theirs[1])))
    print(json.dumps(middle))


if __name__ == "__main__":
    main()
