//! `[transport]`: what it says, and every mistake in it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use muster_pipeline::{Mode, Pipeline, SetArg};
use std::path::{Path, PathBuf};

const PROJECT: &str = "[project]\nname = 'a'\nlog = 'b'\nout = 'c'\n";
const LEAST: &str = "[transport]\nkind = 'kafka'\nbrokers = ['k:9092']\ntopic = 'events'\n";

fn parse(text: &str, sets: &[&str]) -> Result<Pipeline, String> {
    let sets: Vec<SetArg> = sets.iter().map(|&set| SetArg(set.to_owned())).collect();
    let env = |name: &str| (name == "BROKER").then(|| "k:1".to_owned());
    Pipeline::parse(Path::new("lantern/muster.toml"), &format!("{PROJECT}{text}"), &sets, &env)
        .map_err(|errors| errors.render(false))
}

#[track_caller]
fn assert_mistake(text: &str, parts: &[&str]) {
    let drawn = parse(text, &[]).expect_err("a mistake");
    for part in parts {
        assert!(drawn.contains(part), "{part:?} is not in:\n{drawn}");
    }
}

#[test]
fn without_it_there_is_none() {
    assert_eq!(parse("", &[]).unwrap().transport, None);
}

#[test]
fn what_is_written_is_read() {
    let transport = parse(LEAST, &[]).unwrap().transport.unwrap();
    assert_eq!((transport.brokers, transport.topic), (vec!["k:9092".to_owned()], "events".to_owned()));
    assert_eq!((transport.mode, transport.partitions, transport.batch), (Mode::Structured, None, None));

    let text = "[transport]\nkind = 'kafka'\nbrokers = ['${BROKER}', 'l:2']\ntopic = 'a.b-c_d'\npartitions = 12\nreplication = 3\n\
                retention_days = 30\nmode = 'binary'\ngroup = 'g'\nbatch = 100\n\
                [transport.security]\nprotocol = 'sasl_ssl'\nmechanism = 'PLAIN'\nuser = 'u'\npassword_file = 'secret'\nca = '/ca.pem'\n\
                [transport.properties]\n'socket.timeout.ms' = 5\nlinger.ms = 7\n'socket.keepalive.enable' = true\nrack = 'x'\n";
    let transport = parse(text, &[]).unwrap().transport.unwrap();
    assert_eq!(transport.brokers, ["k:1", "l:2"]);
    assert_eq!((transport.mode, transport.partitions, transport.batch), (Mode::Binary, Some(12), Some(100)));
    assert_eq!(transport.security.password_file, Some(PathBuf::from("lantern/secret")));
    assert_eq!(transport.security.ca, Some(PathBuf::from("/ca.pem")));
    let properties: Vec<_> = transport.properties.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let expected = [("linger.ms", "7"), ("rack", "x"), ("socket.keepalive.enable", "true"), ("socket.timeout.ms", "5")];
    assert_eq!(properties, expected);
}

#[test]
fn a_set_replaces_a_value() {
    let transport = parse(LEAST, &["transport.topic=other", "transport.brokers=x:1,y:2"]).unwrap().transport.unwrap();
    assert_eq!((transport.topic.as_str(), transport.brokers.len()), ("other", 2));
}

#[test]
fn what_is_misspelt_missing_or_wrong_is_drawn_at_its_place() {
    assert_mistake("[transport]\nkind = 'kafka'\ntopic = 'e'\n", &["[transport] has no `brokers`"]);
    assert_mistake(&format!("{LEAST}partitons = 3\n"), &["muster.toml:9:1", "did you mean `partitions`?"]);
    assert_mistake(&LEAST.replace("'kafka'", "'kafak'"), &["no kind is called \"kafak\"", "did you mean \"kafka\"?"]);
    assert_mistake(&LEAST.replace("'events'", "'my events'"), &["no name of a topic: \"my events\""]);
    assert_mistake(&LEAST.replace("['k:9092']", "'k:9092'"), &["brokers must be a list of strings"]);
    assert_mistake(&format!("{LEAST}partitions = 0\n"), &["partitions must be a whole number from 1 on"]);
    assert_mistake(&format!("{LEAST}mode = 'batch'\n"), &["mode is one of: binary, structured"]);
    assert_mistake(&format!("{LEAST}security = 'ssl'\n"), &["security must be a table"]);
    assert_mistake(&format!("{LEAST}[transport.security]\nprotocoll = 'ssl'\n"), &["did you mean `protocol`?"]);
    assert_mistake(&format!("{LEAST}[transport.security]\nprotocol = 'tls'\n"), &["sasl_plaintext"]);
    assert_mistake(&format!("{LEAST}[transport.security]\npassword = 'x'\n"), &["unknown key `password`"]);
    assert_mistake(&format!("{LEAST}[transport.security]\nkey = 'x'\n"), &["has `key` and no `certificate`"]);
    let both = "[transport.security]\nuser = 'u'\npassword_env = 'A'\npassword_file = 'b'\n";
    assert_mistake(&format!("{LEAST}{both}"), &["keep one of them"]);
    assert_mistake(&format!("{LEAST}[transport.properties]\n'a' = [1]\n"), &["a must be a string"]);
    assert_mistake("[transprot]\n", &["did you mean `transport`?"]);
}

#[test]
fn properties_that_would_break_exactly_once_are_refused_with_the_reason() {
    for (property, reason) in [
        ("enable.idempotence", "doubled or lost"),
        ("acks", "doubled or lost"),
        ("isolation.level", "must never be archived"),
        ("transactional.id", "fenced"),
        ("auto.offset.reset", "the log alone"),
        ("enable.auto.commit", "the log alone"),
        ("partition.assignment.strategy", "cooperatively"),
        ("sasl.password", "environment"),
        ("bootstrap.servers", "brokers ="),
        ("test.mock.num.brokers", "imitations"),
    ] {
        let expected = [&format!("`{property}` cannot be given") as &str, reason];
        assert_mistake(&format!("{LEAST}[transport.properties]\n'{property}' = 'x'\n"), &expected);
        // Without quotes TOML makes tables in tables of it.
        assert_mistake(&format!("{LEAST}[transport.properties]\n{property} = 'x'\n"), &expected);
    }
}
