#!/usr/bin/env python3
"""Measure muster through Kafka against librdkafka alone and against the log alone, as ratios in one run.

    eval "$(tests/support/kafka.sh install)"
    pip install confluent-kafka==2.16.1                  # librdkafka by another way: its batch path
    cargo build --release -p muster-cli --features kafka
    cargo build --release -p muster-kafka --example produce_speed
    python3 benchmarks/kafka.py [--muster PATH] [--producer PATH] [--events 1000000] [--runs 5]

A round is, one after the other, on one broker with a topic of its own:
  direct    `muster collect` into the log, without a topic: reading, parsing, appending
  collect   the same into the topic: reading, parsing, producing in transactions
  produce   the same events from memory into another topic, by the code that `collect` has for it (examples/produce_speed.rs)
  headers   the same in the binary mode, which is not the default: attributes in headers
  librdkafka   the same records, of the same sizes, by Confluent's Producer.produce_batch from memory: acks=all, idempotent,
               zstd, no transactions
  archive   `muster archive --until-caught-up`: fetching, parsing, appending
Wall times, medians of the rounds; only ratios of one run are worth keeping.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition

HERE = os.path.dirname(os.path.abspath(__file__))
BROKER = os.path.join(HERE, "..", "tests", "support", "kafka.sh")
LINES = 5000
PIPELINE = """[project]
name = "bench"
log = "%s"
out = "out"
as_of = "2026-01-01"
[[source]]
kind = "gharchive"
name = "archive"
path = "archive"
"""
TRANSPORT = """[transport]
kind = "kafka"
brokers = ["%s"]
topic = "%s"
partitions = 4
"""


def write_archive(folder, events):
    """Issues and comments as GH Archive has them, an event a line."""
    os.makedirs(folder)
    for file in range(-(-events // LINES)):
        with open(os.path.join(folder, "2025-01-01-%d.json" % file), "w") as out:
            for number in range(file * LINES, min(events, (file + 1) * LINES)):
                out.write(json.dumps(record(number)) + "\n")


def record(number):
    who = {"id": number % 9973, "login": "person-%d" % (number % 9973), "type": "User"}
    at = "2025-01-%02dT%02d:%02d:%02dZ" % (number % 28 + 1, number % 24, number % 60, number % 59)
    issue = {"number": number // 4 + 1, "user": who, "created_at": at}
    payload, kind = {"action": "opened", "issue": issue}, "IssuesEvent"
    if number % 4:
        comment = {"id": number, "user": who, "created_at": at, "body": "words " * (number % 40)}
        payload, kind = {"action": "created", "issue": issue, "comment": comment}, "IssueCommentEvent"
    return {"id": str(number), "type": kind, "actor": who, "repo": {"id": 1, "name": "acme/lantern"}, "payload": payload,
            "created_at": at}


def timed(work):
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


class Bench:
    def __init__(self, muster, producer, events):
        self.muster, self.producer, self.events = muster, producer, events
        self.folder = tempfile.mkdtemp(prefix="muster-bench-")
        self.brokers = ""

    def __enter__(self):
        write_archive(os.path.join(self.folder, "archive"), self.events)
        java = {"MUSTER_KAFKA_JAVA": "-Xms512m -Xmx1g"}
        subprocess.run([BROKER, "start", self.kafka(), "--owner", str(os.getpid())], check=True, env={**os.environ, **java})
        with open(os.path.join(self.kafka(), "address", "PLAINTEXT")) as address:
            self.brokers = address.read().strip()
        return self

    def __exit__(self, *_):
        subprocess.run([BROKER, "kill", self.kafka()], check=True)
        shutil.rmtree(self.folder)

    def kafka(self):
        return os.path.join(self.folder, "kafka")

    def run(self, *arguments):
        done = subprocess.run([self.muster, *arguments], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if done.returncode != 0:
            sys.exit("%s\n%s" % (" ".join(arguments), done.stderr.decode()))

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w") as file:
            file.write(text)

    def records(self, topic):
        """What muster wrote: key and value, with as many bytes as its headers have put before the value."""
        consumer = Consumer({"bootstrap.servers": self.brokers, "group.id": "bench", "isolation.level": "read_committed",
                             "enable.partition.eof": True})
        parts = consumer.list_topics(topic, timeout=10).topics[topic].partitions
        consumer.assign([TopicPartition(topic, number, 0) for number in parts])
        found, waiting = [], len(parts)
        while waiting:
            for message in consumer.consume(10000, 1.0):
                if message.error() is None:
                    headers = b"".join(name.encode() + value for name, value in message.headers() or [])
                    found.append({"key": message.key(), "value": headers + message.value()})
                elif message.error().name() == "_PARTITION_EOF":
                    waiting -= 1
                else:
                    raise KafkaException(message.error())
        consumer.close()
        return found

    def librdkafka(self, topic, records):
        producer = Producer({"bootstrap.servers": self.brokers, "acks": "all", "enable.idempotence": True,
                             "compression.codec": "zstd", "queue.buffering.max.messages": 1000000,
                             "queue.buffering.max.kbytes": 1048576})
        for start in range(0, len(records), 10000):
            batch = records[start:start + 10000]
            while batch:
                producer.produce_batch(topic, batch)
                batch = [record for record in batch if record.pop("_error", None) is not None]
                producer.poll(0.01 if batch else 0)
        if producer.flush(300) != 0:
            sys.exit("librdkafka could not send everything")

    def round(self, number):
        topic, log, direct = "bench-%d" % number, "log-%d" % number, "direct-%d" % number
        self.write("direct.toml", PIPELINE % direct)
        self.write("p.toml", PIPELINE % log + TRANSPORT % (self.brokers, topic))
        self.run("topic", "create", "p.toml")
        for other in ("-beside", "-memory", "-headers"):
            self.write("other.toml", PIPELINE % log + TRANSPORT % (self.brokers, topic + other))
            self.run("topic", "create", "other.toml")
        times = {"direct": timed(lambda: self.run("collect", "direct.toml"))}
        times["collect"] = timed(lambda: self.run("collect", "p.toml"))
        for name, other, mode in (("produce", "-memory", []), ("headers", "-headers", ["binary"])):
            from_memory = [self.producer, self.brokers, topic + other, os.path.join(self.folder, direct), *mode]
            times[name] = float(subprocess.run(from_memory, check=True, capture_output=True, text=True).stdout)
        records = self.records(topic)
        if len(records) != self.events:
            sys.exit("%d records in the topic, not %d" % (len(records), self.events))
        times["librdkafka"] = timed(lambda: self.librdkafka(topic + "-beside", records))
        times["archive"] = timed(lambda: self.run("archive", "p.toml", "--until-caught-up"))
        for folder in (log, direct):
            shutil.rmtree(os.path.join(self.folder, folder))
        size = sum(len(record["key"] or b"") + len(record["value"]) for record in records) / len(records)
        return times, size


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--muster", default=os.path.join(HERE, "..", "target", "release", "muster"))
    parser.add_argument("--producer", default=os.path.join(HERE, "..", "target", "release", "examples", "produce_speed"))
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    a = parser.parse_args()
    with Bench(os.path.abspath(a.muster), os.path.abspath(a.producer), a.events) as bench:
        rounds = []
        for number in range(a.runs):
            times, size = bench.round(number)
            rounds.append(times)
            print("  ".join("%s %.2f s" % item for item in times.items()), flush=True)
    median = {name: statistics.median(times[name] for times in rounds) for name in rounds[0]}
    print("%d events of %.0f bytes, medians of %d rounds" % (a.events, size, a.runs))
    for name, seconds in median.items():
        print("  %-11s %7.2f s   %9.0f events/s" % (name, seconds, a.events / seconds))
    print("producing / librdkafka  %.2f of its speed   (aim: 0.5)" % (median["librdkafka"] / median["produce"]))
    print("with headers / librdkafka  %.2f of its speed" % (median["librdkafka"] / median["headers"]))
    print("archiving / appending   %.2f of its speed   (aim: 0.5)" % (median["direct"] / median["archive"]))


if __name__ == "__main__":
    main()
