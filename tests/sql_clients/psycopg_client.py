"""psycopg against a running server: text and binary, prepared, in parts, cancelled: psycopg_client.py PORT EXAMPLES."""

import datetime
import pathlib
import sys
import threading

import psycopg

PORT, EXAMPLES = sys.argv[1], pathlib.Path(sys.argv[2])
ADDRESS = f"host=127.0.0.1 port={PORT} user=tester dbname=muster"

with psycopg.connect(ADDRESS) as connection:
    assert connection.info.dbname == "muster" and connection.info.server_version >= 150000
    count = 0
    for file in sorted(EXAMPLES.glob("*.sql")):
        text = connection.execute(file.read_text()).fetchall()
        with connection.cursor(binary=True) as cursor:
            binary = cursor.execute(file.read_text()).fetchall()
        assert [[str(cell) for cell in row] for row in text] == [[str(cell) for cell in row] for row in binary], (file, text, binary)
        count += 1
    print(count, "examples, in text and in binary")

    row = connection.execute("SELECT max(opened_at) FROM issues WHERE number = %s", (1,)).fetchone()
    assert row[0] == datetime.datetime(2025, 1, 10, 10, tzinfo=datetime.timezone.utc), row
    named = connection.execute("SELECT DISTINCT name FROM contributions WHERE kind = %(kind)s AND time >= %(since)s ORDER BY name",
                               {"kind": "review", "since": datetime.datetime(2025, 9, 1, tzinfo=datetime.timezone.utc)})
    assert [name for name, in named] == ["Ada Novak", "Emil Sato", "Greta Olsen"], named
    for _ in range(8):  # after five times psycopg prepares it on the server
        many = connection.execute("SELECT count(*) FROM contributions WHERE person = %s", ("github:adanovak",)).fetchone()[0]
    assert many > 14, many
    kinds = connection.execute("SELECT array_agg(DISTINCT kind ORDER BY kind) FROM contributions WHERE NOT counts").fetchone()[0]
    assert "meeting" in kinds, kinds
    print("parameters, prepared statements, times and lists")

    with connection.cursor(name="parts") as cursor:
        cursor.itersize = 7
        cursor.execute("SELECT event_id, time FROM contributions WHERE kind = 'commit' ORDER BY time, event_id")
        assert [column.name for column in cursor.description] == ["event_id", "time"]
        parts = list(cursor)
    with connection.cursor(name="binary_parts", binary=True) as cursor:
        cursor.execute("SELECT event_id, time FROM contributions WHERE kind = 'commit' ORDER BY time, event_id")
        assert cursor.fetchmany(3) == parts[:3] and cursor.fetchall() == parts[3:]
    whole = connection.execute("SELECT event_id, time FROM contributions WHERE kind = 'commit' ORDER BY time, event_id").fetchall()
    assert parts == whole and len(parts) > 7
    print("cursors on the server")

    try:
        connection.execute("DROP TABLE contributions")
        raise AssertionError("not refused")
    except psycopg.errors.ReadOnlySqlTransaction:
        connection.rollback()
    try:
        connection.execute("SELECT * FROM nowhere")
        raise AssertionError("not refused")
    except psycopg.errors.UndefinedTable:
        connection.rollback()
    connection.execute("SET muster.as_of = '2025-06-01'")
    assert connection.execute("SELECT as_of()").fetchone()[0].date() == datetime.date(2025, 6, 1)
    connection.execute("RESET muster.as_of")
    print("mistakes have their classes; as of another day")

with psycopg.connect(ADDRESS, autocommit=True) as connection:
    timer = threading.Timer(0.5, connection.cancel)
    timer.start()
    try:
        connection.execute("SELECT count(*) FROM generate_series(1, 1000) a, generate_series(1, 10000000000) b WHERE a.value + b.value = 0")
        raise AssertionError("not cancelled")
    except psycopg.errors.QueryCanceled:
        pass
    assert connection.execute("SELECT 1").fetchone() == (1,)
    print("cancelled")
