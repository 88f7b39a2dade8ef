"""50 clients ask the examples for a while, and one asks again and again for more memory than there is.

many.py PORT EXAMPLES SECONDS: every answer must be that of the first time."""

import pathlib
import sys
import threading
import time

import psycopg

PORT, EXAMPLES, SECONDS = sys.argv[1], pathlib.Path(sys.argv[2]), float(sys.argv[3])
ADDRESS = f"host=127.0.0.1 port={PORT} user=tester dbname=muster"
QUESTIONS = [file.read_text() for file in sorted(EXAMPLES.glob("*.sql"))]
HOG = "SELECT count(*) FROM (SELECT value * 7919 % 10000019 AS v, count(*) FROM generate_series(1, 20000000) GROUP BY 1) t"

with psycopg.connect(ADDRESS, autocommit=True) as connection:
    ANSWERS = [connection.execute(question).fetchall() for question in QUESTIONS]

end = time.monotonic() + SECONDS
asked, wrong, stopped = [0] * 50, [], [0]


def client(number):
    try:
        with psycopg.connect(ADDRESS, autocommit=True) as connection:
            turn = number
            while time.monotonic() < end:
                turn += 1
                which = turn % len(QUESTIONS)
                if connection.execute(QUESTIONS[which]).fetchall() != ANSWERS[which]:
                    wrong.append(f"client {number}: another answer to {QUESTIONS[which]}")
                asked[number] += 1
    except Exception as error:  # every error is one too many
        wrong.append(f"client {number}: {error!r}")


def hog():
    with psycopg.connect(ADDRESS, autocommit=True) as connection:
        while time.monotonic() < end:
            try:
                connection.execute(HOG)
                wrong.append("the hog was not stopped")
            except psycopg.errors.OutOfMemory:
                stopped[0] += 1


threads = [threading.Thread(target=client, args=(number,)) for number in range(50)] + [threading.Thread(target=hog)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not wrong, wrong[:5]
assert min(asked) > 0 and stopped[0] > 0, (asked, stopped)
print(f"{sum(asked)} answers to 50 clients in {SECONDS:g} s without an error; the hog was stopped {stopped[0]} times")
