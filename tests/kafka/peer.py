#!/usr/bin/env python3
"""What others do to muster's topics: CloudEvents' and Confluent's own libraries at the other end.

    pip install confluent-kafka cloudevents
    peer.py BROKERS create TOPIC PARTITIONS COPIES [key=value ...]    a topic, as somebody else would make it
    peer.py BROKERS alter TOPIC key=value             another configuration
    peer.py BROKERS delete TOPIC
    peer.py BROKERS binary|structured TOPIC N         N events of another system, by the SDK of CloudEvents
    peer.py BROKERS odd TOPIC                         events without JSON, or without data, and records that are no events
    peer.py BROKERS bulk TOPIC N BYTES                N events with so many bytes of payload, quickly
    peer.py BROKERS aborted TOPIC N                   N events in a transaction that is aborted, then N that are committed
    peer.py BROKERS open TOPIC N                      N events in a transaction that stays open; committed at the first byte on stdin
    peer.py BROKERS read TOPIC                        every event of the topic, read_committed, a JSON object a line
    peer.py BROKERS raw TOPIC                         every record of the topic as it is: key, value, headers
    peer.py BROKERS leader TOPIC                      the node that leads partition 0
"""
import base64
import datetime as dt
import json
import os
import sys

from cloudevents.core.bindings import kafka
from cloudevents.core.v1.event import CloudEvent
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewTopic, ResourceType

BEGINNING = dt.datetime(2025, 3, 1, 10, 0, 0, 123456, tzinfo=dt.timezone.utc)


def event(number, label, data=None, **attributes):
    """One event of a build server."""
    return CloudEvent(attributes={
        "id": "%s-%d" % (label, number),
        "source": "https://ci.example/builds",
        "type": "com.example.build.finished",
        "subject": "build/%d" % (number % 7),
        "time": BEGINNING + dt.timedelta(seconds=number),
        "datacontenttype": "application/json",
        "team": "äther",  # an extension, and not in ASCII
        **attributes,
    }, data=data if data is not None else {"number": number, "result": "passed \u2713", "steps": [1, 2.5, None, True]})


def send(producer, topic, message):
    while True:
        try:
            return producer.produce(topic, message.value, message.key, headers=list(message.headers.items()), on_delivery=delivered)
        except BufferError:
            producer.poll(0.1)


def delivered(error, _message):
    if error is not None:
        raise KafkaException(error)


def flush(producer):
    if producer.flush(60) != 0:
        sys.exit("the broker did not take everything within a minute")


def by_subject(one):
    return one.get_subject()


def some(brokers, mode, topic, number):
    producer = Producer({"bootstrap.servers": brokers, "enable.idempotence": True})
    make = {"binary": kafka.to_binary_event, "structured": kafka.to_structured_event}[mode]
    for n in range(int(number)):
        send(producer, topic, make(event(n, mode), key_mapper=by_subject))
    flush(producer)


def odd(brokers, topic):
    """Two readable events of every kind that is not JSON, then records that are no events."""
    producer = Producer({"bootstrap.servers": brokers})
    for mode, make in (("binary", kafka.to_binary_event), ("structured", kafka.to_structured_event)):
        text = event(1, "text-" + mode, data="plain words", datacontenttype="text/plain")
        octets = event(2, "octets-" + mode, data=b"\x00\xff\xfe", datacontenttype="application/octet-stream")
        nothing = CloudEvent(attributes={"id": "bare-" + mode, "source": "/bare", "type": "com.example.bare"})
        for one in (text, octets, nothing):
            send(producer, topic, make(one))
    rejected = [
        kafka.KafkaMessage({}, None, b"hello"),
        kafka.KafkaMessage({}, b"key", b'{"not": "an event"}'),
        kafka.KafkaMessage({"ce_specversion": b"1.0", "ce_id": b"no-type", "ce_source": b"/s"}, None, b"{}"),
        kafka.KafkaMessage({"content-type": b"application/cloudevents+json"}, None, b'{"specversion":"1.0","id":'),
    ]
    for message in rejected:
        send(producer, topic, message)
    producer.produce(topic, None, b"a tombstone")
    flush(producer)


def bulk(brokers, topic, number, size):
    producer = Producer({"bootstrap.servers": brokers, "linger.ms": 50, "queue.buffering.max.kbytes": 65536})
    for n in range(int(number)):
        # Does not compress.
        data = {"noise": base64.b64encode(os.urandom(int(size) * 3 // 4)).decode()}
        send(producer, topic, kafka.to_binary_event(event(n, "bulk", data=data), key_mapper=by_subject))
        producer.poll(0)
    flush(producer)


def transactional(brokers, identity):
    producer = Producer({"bootstrap.servers": brokers, "transactional.id": identity})
    producer.init_transactions(30)
    return producer


def aborted(brokers, topic, number):
    producer = transactional(brokers, "peer-aborts")
    for label, end in (("aborted", producer.abort_transaction), ("committed", producer.commit_transaction)):
        producer.begin_transaction()
        for n in range(int(number)):
            send(producer, topic, kafka.to_binary_event(event(n, label)))
        flush(producer)
        end(30)


def left_open(brokers, topic, number):
    producer = transactional(brokers, "peer-waits")
    producer.begin_transaction()
    for n in range(int(number)):
        send(producer, topic, kafka.to_binary_event(event(n, "open")))
    flush(producer)
    print("open", flush=True)
    sys.stdin.read(1)
    producer.commit_transaction(30)


def records(brokers, topic):
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "peer", "isolation.level": "read_committed",
                         "enable.partition.eof": True, "enable.auto.commit": False})
    partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    consumer.assign([TopicPartition(topic, number, 0) for number in partitions])
    waiting = len(partitions)
    while waiting:
        message = consumer.poll(10)
        if message is None:
            sys.exit("nothing more came, and no end of the topic")
        if message.error() is None:
            yield message
        elif message.error().name() == "_PARTITION_EOF":
            waiting -= 1
        else:
            raise KafkaException(message.error())
    consumer.close()


def read(brokers, topic):
    for message in records(brokers, topic):
        headers = {name: value for name, value in message.headers() or []}
        one = kafka.from_kafka_event(kafka.KafkaMessage(headers, message.key(), message.value()))
        print(json.dumps({**one.get_attributes(), "data": one.get_data(), "key": text(message.key())}, default=dt.datetime.isoformat))


def raw(brokers, topic):
    for message in records(brokers, topic):
        print(json.dumps({"key": text(message.key()), "value": text(message.value()), "partition": message.partition(),
                          "offset": message.offset(),
                          "headers": {name: text(value) for name, value in message.headers() or []}}))


def text(value):
    return None if value is None else value.decode("utf-8", "backslashreplace")


def create(brokers, topic, partitions, copies, *options):
    new = NewTopic(topic, int(partitions), int(copies), config=dict(option.split("=", 1) for option in options))
    admin = AdminClient({"bootstrap.servers": brokers})
    for done in admin.create_topics([new], operation_timeout=10).values():
        done.result(30)


def alter(brokers, topic, *options):
    changes = [ConfigEntry(*option.split("=", 1), incremental_operation=AlterConfigOpType.SET) for option in options]
    admin = AdminClient({"bootstrap.servers": brokers})
    for done in admin.incremental_alter_configs([ConfigResource(ResourceType.TOPIC, topic, incremental_configs=changes)]).values():
        done.result(30)


def delete(brokers, topic):
    admin = AdminClient({"bootstrap.servers": brokers})
    for done in admin.delete_topics([topic], operation_timeout=10).values():
        done.result(30)


def leader(brokers, topic):
    admin = AdminClient({"bootstrap.servers": brokers})
    print(admin.list_topics(topic, timeout=10).topics[topic].partitions[0].leader)


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    brokers, verb, *rest = sys.argv[1:]
    if verb in ("binary", "structured"):
        some(brokers, verb, *rest)
    else:
        {"create": create, "alter": alter, "delete": delete, "odd": odd, "bulk": bulk, "aborted": aborted, "open": left_open,
         "read": read, "raw": raw, "leader": leader}[verb](brokers, *rest)
