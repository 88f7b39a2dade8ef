"""Every Parquet file of a run, opened by those who do not know muster: DuckDB, Polars, pyarrow and ClickHouse (chdb).

    check.py RUN

RUN is a folder with a manifest.json. Each reader must find the rows, the columns and the types that the manifest states, as
many nulls and the same first and last instants as the others, UTC as the zone of every instant, and, where the reader can
show such things, the words that say what the file and its columns are. Prints what differs; exit status 1 if anything does.
"""

import datetime
import json
import pathlib
import sys

import chdb
import duckdb
import polars
import pyarrow.compute
import pyarrow.parquet

# What each reader calls the types of a manifest.
TYPES = {
    "string": ("VARCHAR", "String", "string", "String"),
    "int64": ("BIGINT", "Int64", "int64", "Int64"),
    "int32": ("INTEGER", "Int32", "int32", "Int32"),
    "uint64": ("UBIGINT", "UInt64", "uint64", "UInt64"),
    "double": ("DOUBLE", "Float64", "double", "Float64"),
    "boolean": ("BOOLEAN", "Boolean", "bool", "Bool"),
    "timestamp[us, UTC]": (
        "TIMESTAMP WITH TIME ZONE",
        "Datetime(time_unit='us', time_zone='UTC')",
        "timestamp[us, tz=UTC]",
        "DateTime64(6, 'UTC')",
    ),
}
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def micros(instant):
    """An instant as microseconds, whatever a reader gives it as."""
    if instant is None or isinstance(instant, int):
        return instant
    return (instant - EPOCH) // datetime.timedelta(microseconds=1)


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def facts(names, instants, rows, nulls, ends):
    """What a reader found: rows, nulls a column, the first and the last of each column of instants."""
    return {
        "rows": rows,
        "nulls": dict(zip(names, nulls)),
        "ends": {name: tuple(map(micros, pair)) for name, pair in zip(instants, ends)},
    }


def by_duckdb(path, names, instants):
    where = "read_parquet('" + str(path).replace("'", "''") + "')"
    types = [row[1] for row in duckdb.sql(f"DESCRIBE SELECT * FROM {where}").fetchall()]
    columns = ["count(*)"] + [f"count(*) - count({quoted(name)})" for name in names]
    columns += [f"epoch_us({end}({quoted(name)}))" for name in instants for end in ("min", "max")]
    row = duckdb.sql(f"SELECT {', '.join(columns)} FROM {where}").fetchall()[0]
    ends = row[1 + len(names) :]
    return types, facts(names, instants, row[0], row[1 : 1 + len(names)], zip(ends[::2], ends[1::2]))


def by_polars(path, names, instants):
    frame = polars.read_parquet(path, glob=False)
    ends = [(frame[name].min(), frame[name].max()) for name in instants]
    nulls = [frame[name].null_count() for name in names]
    return [str(kind) for kind in frame.dtypes], facts(names, instants, frame.height, nulls, ends)


def by_pyarrow(path, names, instants):
    table = pyarrow.parquet.read_table(path)
    ends = []
    for name in instants:
        both = pyarrow.compute.min_max(table[name]).as_py()
        ends.append((both["min"], both["max"]))
    nulls = [table[name].null_count for name in names]
    return [str(kind) for kind in table.schema.types], facts(names, instants, table.num_rows, nulls, ends)


def by_clickhouse(path, names, instants):
    where = "file('" + str(path).replace("\\", "\\\\").replace("'", "\\'") + "', Parquet)"
    ask = lambda sql: [json.loads(line) for line in str(chdb.query(sql, "JSONCompactEachRow")).splitlines()]
    types = [row[1].removeprefix("Nullable(").removesuffix(")") if row[1].startswith("Nullable(") else row[1]
             for row in ask(f"DESCRIBE {where}")]
    columns = ["count()"] + [f"countIf({quoted(name)} IS NULL)" for name in names]
    # min of nothing is 1970 unless it may be null.
    columns += [f"toUnixTimestamp64Micro({end}OrNull({quoted(name)}))" for name in instants for end in ("min", "max")]
    row = [None if value is None else int(value) for value in ask(f"SELECT {', '.join(columns)} FROM {where}")[0]]
    ends = row[1 + len(names) :]
    return types, facts(names, instants, row[0], row[1 : 1 + len(names)], zip(ends[::2], ends[1::2]))


READERS = {"DuckDB": by_duckdb, "Polars": by_polars, "pyarrow": by_pyarrow, "ClickHouse": by_clickhouse}


def words(path):
    """The words of a file as DuckDB, Polars and pyarrow show them: key-values of the file twice, then those of its fields."""
    shown = duckdb.sql("SELECT decode(key), decode(value) FROM parquet_kv_metadata('" + str(path).replace("'", "''") + "')")
    by_duck = {key: value for key, value in shown.fetchall() if key.startswith("muster.")}
    by_pole = {key: value for key, value in polars.read_parquet_metadata(path).items() if key.startswith("muster.")}
    fields = {}
    for field in pyarrow.parquet.read_schema(path):
        text = (field.metadata or {}).get(b"description")
        fields[field.name] = text.decode() if text else ""
    return by_duck, by_pole, fields


def check(run, entry):
    """What is not as the manifest states, as sentences."""
    path = run / entry["path"]
    columns = entry["columns"]
    names = [column["name"] for column in columns]
    instants = [column["name"] for column in columns if column["type"].startswith("timestamp")]
    unknown = sorted({column["type"] for column in columns} - TYPES.keys())
    if unknown:
        yield f"types that no reader was asked about: {', '.join(unknown)}"
        return
    found = {}
    for place, (reader, read) in enumerate(READERS.items()):
        types, found[reader] = read(path, names, instants)
        wanted = [TYPES[column["type"]][place] for column in columns]
        for name, kind, want in zip(names, types, wanted):
            if kind != want:
                yield f"{reader}: {name} is {kind}, not {want}"
        if len(types) != len(wanted):
            yield f"{reader}: {len(types)} columns, not {len(wanted)}"
        if found[reader]["rows"] != entry["rows"]:
            yield f"{reader}: {found[reader]['rows']} rows, not {entry['rows']}"
    for reader, facts_ in found.items():
        if facts_ != found["pyarrow"]:
            yield f"{reader} finds {facts_}, pyarrow {found['pyarrow']}"
    for column in columns:
        if not column["nullable"] and found["pyarrow"]["nulls"][column["name"]]:
            yield f"{column['name']} is not nullable and has nulls"
    wanted = {"muster.title": entry["title"], "muster.definition": entry["definition"]}
    wanted |= {f"muster.column.{column['name']}": column["description"] for column in columns}
    wanted = {key: value for key, value in wanted.items() if value}
    by_duck, by_pole, fields = words(path)
    for reader, shown in (("DuckDB", by_duck), ("Polars", by_pole)):
        if shown != wanted:
            yield f"{reader} shows other words: {sorted(set(shown.items()) ^ set(wanted.items()))}"
    described = {column["name"]: column["description"] for column in columns}
    if fields != described:
        yield f"pyarrow shows other words: {sorted(set(fields.items()) ^ set(described.items()))}"


def main(run):
    duckdb.sql("SET TimeZone = 'UTC'")
    manifest = json.loads((run / "manifest.json").read_text())
    files = [entry for entry in manifest["files"] if "columns" in entry]
    differences, seen, rows = 0, set(), 0
    for entry in files:
        # Metrics that share a population have the same file under several names.
        key = (entry["sha256"], json.dumps(entry | {"path": ""}))
        if key in seen:
            continue
        seen.add(key)
        rows += entry["rows"]
        for difference in check(run, entry):
            differences += 1
            print(f"{entry['path']}: {difference}")
    print(f"{len(files)} files, {len(seen)} of them different, {rows} rows, {len(READERS)} readers: {differences} differences")
    return 1 if differences or not seen else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
