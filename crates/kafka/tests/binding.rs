//! The CloudEvents binding, against examples written by hand from the specification.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use muster_kafka::{Mode, Record, read, record};
use muster_model::{Event, Payload, Timestamp};

fn event(data: &str) -> Event {
    Event {
        id: "github:acme/lantern#12/closed/2025-03-01T10:00:00Z".to_owned(),
        source: "github:acme/lantern".into(),
        time: "2025-03-01T10:00:00.123456Z".parse().unwrap(),
        subject: "github:acme/lantern#12".to_owned(),
        actor: Some("github:zoë".to_owned()),
        url: Some("https://example.org/12?a=\"b\"".to_owned()),
        data: Payload::from_json("issue.closed", data),
        collector: "github/1".into(),
    }
}

fn read_back(record: &Record<'_>) -> Result<Event, String> {
    let headers: Vec<_> = record.headers.iter().map(|(name, value)| (*name, Some(value.as_bytes()))).collect();
    read(headers.into_iter(), Some(record.value))
}

fn given(headers: &[(&str, &str)], value: Option<&[u8]>) -> Result<Event, String> {
    read(headers.iter().map(|(name, value)| (*name, Some(value.as_bytes()))), value)
}

const KNOWN: &str = r#"{"schema":1,"number":12,"actor_id":583231}"#;
const MINE: [(&str, &str); 4] =
    [("ce_specversion", "1.0"), ("ce_id", "7"), ("ce_source", "https://ex.org/lamp"), ("ce_type", "org.ex.lit")];

#[test]
fn an_event_survives_both_modes() {
    for mode in [Mode::Binary, Mode::Structured] {
        for data in [KNOWN, r#"{"schema":9,  "later":[1,2 ]}"#] {
            let mut bare = event(data);
            (bare.actor, bare.url) = (None, None);
            for event in [event(data), bare] {
                let read = read_back(&record(&event, mode, &mut Vec::new())).unwrap();
                assert_eq!(read, event, "{mode:?}");
                assert_eq!(read.data.to_json(), data);
            }
        }
    }
}

#[test]
fn a_binary_record_is_as_the_binding_says() {
    let event = event(KNOWN);
    let mut value = b"what was there before".to_vec();
    let record = record(&event, Mode::Binary, &mut value);
    assert_eq!(record.key, "github:acme/lantern#12");
    assert_eq!(record.value, KNOWN.as_bytes());
    let of = |name: &str| record.headers.iter().find(|(it, _)| *it == name).map(|(_, value)| value.to_string());
    assert_eq!(of("ce_specversion").unwrap(), "1.0");
    assert_eq!(of("ce_time").unwrap(), "2025-03-01T10:00:00.123456Z");
    assert_eq!(of("content-type").unwrap(), "application/json");
    assert_eq!(of("ce_actor").unwrap(), "github:zoë");
    assert_eq!(of("ce_datacontenttype"), None, "the binding maps it to content-type");
    // Names of attributes are lower-case letters and digits.
    for (name, _) in record.headers.iter().filter(|(name, _)| name.starts_with("ce_")) {
        assert!(name[3..].bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "{name}");
    }
}

#[test]
fn a_structured_record_is_one_object() {
    let event = event(KNOWN);
    let mut value = b"what was there before".to_vec();
    let record = record(&event, Mode::Structured, &mut value);
    assert_eq!(record.headers.len(), 1);
    let object: serde_json::Value = serde_json::from_slice(record.value).unwrap();
    assert_eq!(object["data"]["number"], 12);
    assert_eq!(object["type"], "issue.closed");
    assert!(record.value.ends_with(format!(",\"data\":{KNOWN}}}").as_bytes()));
}

#[test]
fn events_of_other_programs_are_read() {
    // As the SDKs of Python and Java write them, in binary mode.
    let headers =
        [&MINE[..], &[("content-type", "application/json; charset=utf-8"), ("ce_time", "2025-03-01T10:00:00+01:00")]];
    let read = given(&headers.concat(), Some(b"{ \"watt\": 7 }")).unwrap();
    assert_eq!((read.id.as_str(), read.subject.as_str()), ("https://ex.org/lamp#7", "https://ex.org/lamp"));
    assert_eq!(read.data.to_json(), "{ \"watt\": 7 }", "byte for byte");
    assert_eq!((read.kind(), &*read.collector), ("org.ex.lit", "cloudevents/1.0"));
    assert_eq!(read.time.to_string(), "2025-03-01T09:00:00Z");
    // In structured mode, with members in another order, an extension and another case of the header.
    let object = br#"{"data":{"watt":7},"traceparent":"00-1","id":"7","type":"org.ex.lit","source":"https://ex.org/lamp","specversion":"1.0","actor":5}"#;
    let other = given(&[("Content-Type", "Application/CloudEvents+JSON")], Some(object)).unwrap();
    assert_eq!((other.id, other.actor, other.time), (read.id, None, Timestamp::UNIX_EPOCH));
    assert_eq!(other.data.to_json(), r#"{"watt":7}"#);
}

#[test]
fn two_sources_may_use_one_id() {
    let one = given(&MINE, Some(b"1")).unwrap();
    let mut headers = MINE;
    headers[2].1 = "https://ex.org/other";
    assert_ne!(one.id, given(&headers, Some(b"1")).unwrap().id);
    // But an event of ours has its id, whoever produced it.
    let ours =
        [("ce_specversion", "1.0"), ("ce_id", "github:a/b#1/x"), ("ce_source", "s"), ("ce_type", "issue.closed")];
    assert_eq!(given(&ours, Some(KNOWN.as_bytes())).unwrap().id, "github:a/b#1/x");
    // Also one of a type that only a later muster knows.
    let later = [&MINE[..], &[("ce_collector", "github/9")]].concat();
    assert_eq!(given(&later, Some(b"{}")).unwrap().id, "7");
}

#[test]
fn payloads_that_are_not_json_are_kept() {
    let with = |content_type: &'static str| [&MINE[..], &[("content-type", content_type)]].concat();
    let data = |content_type, value: &[u8]| given(&with(content_type), Some(value)).unwrap().data.to_json();
    assert_eq!(data("text/plain", b"say \"hi\""), r#"{"datacontenttype":"text/plain","data":"say \"hi\""}"#);
    assert_eq!(data("text/plain", b"7"), r#"{"datacontenttype":"text/plain","data":"7"}"#);
    assert_eq!(data("application/avro", &[0xff, 0]), r#"{"datacontenttype":"application/avro","data_base64":"/wA="}"#);
    assert_eq!(given(&MINE, Some(&[0xff, 0])).unwrap().data.to_json(), r#"{"data_base64":"/wA="}"#);
    assert_eq!(given(&MINE, None).unwrap().data.to_json(), "null", "no data at all");
    let structured =
        br#"{"specversion":"1.0","id":"1","source":"s","type":"t","datacontenttype":"text/xml","data":"<a/>"}"#;
    let read = given(&[("content-type", "application/cloudevents+json")], Some(structured)).unwrap();
    assert_eq!(read.data.to_json(), r#"{"datacontenttype":"text/xml","data":"<a/>"}"#);
    let bytes = br#"{"specversion":"1.0","id":"1","source":"s","type":"t","data_base64":"/wA="}"#;
    let read = given(&[("content-type", "application/cloudevents+json")], Some(bytes)).unwrap();
    assert_eq!(read.data.to_json(), r#"{"data_base64":"/wA="}"#);
}

#[test]
fn what_is_no_cloud_event_says_why() {
    let without = |left_out: usize| {
        let headers: Vec<_> = MINE.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, it)| *it).collect();
        given(&headers, Some(b"{}")).unwrap_err()
    };
    assert!(without(0).contains("ce_specversion"));
    assert_eq!(without(1), "a CloudEvent without id");
    assert_eq!(without(2), "a CloudEvent without source");
    assert_eq!(without(3), "a CloudEvent without type");
    let with = |name, value| given(&[&MINE[..], &[(name, value)]].concat(), Some(b"{")).unwrap_err();
    assert!(with("content-type", "application/json").contains("not JSON"));
    assert!(with("content-type", "application/cloudevents+json").contains("no CloudEvent in JSON"));
    assert!(with("content-type", "application/cloudevents-batch+json").contains("batch"));
    assert!(with("content-type", "application/cloudevents+avro").contains("avro"));
    assert!(given(&[&MINE[..], &[("ce_time", "soon")]].concat(), Some(b"{}")).unwrap_err().contains("not a time"));
    let mut old = MINE;
    old[0].1 = "0.3";
    assert!(given(&old, Some(b"{}")).unwrap_err().contains("0.3"));
    assert!(given(&[], Some(b"hello")).unwrap_err().contains("no CloudEvent"));
    let broken = read([("ce_id", Some(&[0xff][..]))].into_iter(), None);
    assert_eq!(broken.unwrap_err(), "the header ce_id is not UTF-8");
}
