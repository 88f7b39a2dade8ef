//! Tables of messages of any program, and every way they can be broken. Fixtures are written here.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod exports;

use exports::{Read, folder, read, write};
use muster_collect::messages::{Columns, Config, open};
use std::path::Path;

fn config(path: &Path) -> Config {
    Config {
        name: "ops".into(),
        paths: vec![path.to_owned()],
        platform: "irc".into(),
        columns: Columns {
            time: "time".into(),
            author: "nick".into(),
            text: Some("text".into()),
            channel: None,
            thread: None,
            id: None,
        },
        time_format: None,
        offset: None,
        text: true,
    }
}

fn collect(name: &str, bytes: &[u8], change: impl Fn(&mut Config)) -> Read {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), name, bytes);
    let mut config = config(folder.path());
    change(&mut config);
    read(open(&config, None))
}

fn texts(all: &Read) -> Vec<String> {
    all.of("message.posted").iter().map(|event| all.posted(&event.id).text.clone().unwrap()).collect()
}

#[test]
fn a_row_is_a_message() {
    let table = "id;time;nick;room;re;text\n5;2025-06-17T09:30:00+08:00;Ada  L.;dev;;Hello @bo?\n6;1750123800;Bo@Example.org;dev;5;\"one; two\nthree\"\n";
    let all = collect("a.csv", table.as_bytes(), |config| {
        let columns = &mut config.columns;
        (columns.id, columns.channel, columns.thread) = (Some("id".into()), Some("room".into()), Some("re".into()));
    });
    assert!(all.problems.is_empty(), "{:?}", all.problems);
    let event = all.event("irc:ops/dev/5");
    assert_eq!(event.time.to_string(), "2025-06-17T01:30:00Z");
    assert_eq!((event.subject.as_str(), event.actor.as_deref()), ("irc:ops/dev", Some("name:ops/Ada L.")));
    assert_eq!(&*event.source, "messages:ops/a.csv");
    let posted = all.posted("irc:ops/dev/5");
    assert_eq!((posted.mentions, posted.question, posted.name.as_deref()), (1, true, Some("Ada  L.")));
    assert_eq!(all.event("irc:ops/dev/6").actor.as_deref(), Some("email:bo@example.org"));
    assert_eq!(all.posted("irc:ops/dev/6").thread.as_deref(), Some("irc:ops/dev/5"));
    assert_eq!(texts(&all), ["Hello @bo?", "one; two\nthree"]);
    assert_eq!(all.posted("irc:ops/dev/6").name, None, "an address is no name");
}

#[test]
fn without_ids_equal_rows_of_a_file_are_two_messages_and_those_of_two_files_one() {
    let table =
        "time,nick,text\n2025-06-17T09:30:00Z,ada,+1\n2025-06-17T09:30:00Z,ada,+1\n2025-06-17T09:30:00Z,bo,+1\n";
    let folder = folder(&[("a.csv", table), ("b.csv", table)]);
    let all = read(open(&config(folder.path()), None));
    let ids: std::collections::BTreeSet<&str> = all.ids("message.posted").into_iter().collect();
    assert_eq!((all.messages(), ids.len()), (6, 3));
    assert!(ids.iter().all(|id| id.starts_with("irc:ops/ops/")), "without a channel, the source is one: {ids:?}");
}

#[test]
fn threads_by_name_are_topics() {
    let table = "time,nick,text,thread\n1750123800,ada,a,x\n1750123801,bo,b,x\n1750123802,bo,c,\n";
    let all = collect("a.csv", table.as_bytes(), |config| config.columns.thread = Some("thread".into()));
    let topics: Vec<_> = all.of("message.posted").iter().map(|event| all.posted(&event.id).topic.clone()).collect();
    assert!(topics[0].is_some() && topics[0] == topics[1] && topics[2].is_none(), "{topics:?}");
}

#[test]
fn every_layout_gives_the_same_messages() {
    let rows = [("2025-06-17T09:30:00Z", "ada", "a, b"), ("2025-06-17T09:31:00Z", "bo", "c")];
    let line = |delimiter: &str| {
        let rows = rows.map(|(time, nick, text)| format!("{time}{delimiter}{nick}{delimiter}\"{text}\"\r\n"));
        format!("time{delimiter}nick{delimiter}text\r\n{}", rows.concat())
    };
    let objects =
        rows.map(|(time, nick, text)| format!(r#"{{"at": {{"time": "{time}"}}, "nick": "{nick}", "text": "{text}"}}"#));
    let expected = collect("a.csv", line(",").as_bytes(), |_| {});
    assert_eq!(expected.messages(), 2);
    for (name, text) in
        [("a.tsv", line("\t")), ("a.txt", line("|")), ("a.csv", line(";")), ("a.csv", format!("\u{feff}{}", line(",")))]
    {
        assert_eq!(collect(name, text.as_bytes(), |_| {}).facts(), expected.facts(), "{name}");
    }
    for (name, text) in [("a.jsonl", objects.join("\n")), ("a.json", format!("[{}]", objects.join(",\n")))] {
        let all = collect(name, text.as_bytes(), |config| config.columns.time = "at.time".into());
        assert_eq!(all.facts(), expected.facts(), "{name}");
    }
}

#[test]
fn chinese_programs_write_their_own_encodings() {
    let text =
        "发送时间,发送人,内容\n2025年06月17日 09:30,王芳,大家好，请问怎么部署？\n2025年06月17日 09:31,李雷,看文档\n";
    let chinese = |config: &mut Config| {
        config.columns.time = "发送时间".into();
        config.columns.author = "发送人".into();
        config.columns.text = Some("内容".into());
        config.time_format = Some("%Y年%m月%d日 %H:%M".into());
        config.offset = Some("+08:00".into());
    };
    let plain = collect("a.csv", text.as_bytes(), chinese);
    assert!(plain.problems.is_empty(), "{:?}", plain.problems);
    assert_eq!(plain.of("message.posted")[0].time.to_string(), "2025-06-17T01:30:00Z");
    assert!(plain.posted(plain.all_ids()[0]).question);
    let gb = encode_gb18030(text);
    let utf16: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, notices) in [(gb, 1), (utf16, 0)] {
        let all = collect("a.csv", &bytes, chinese);
        assert_eq!(all.facts(), plain.facts());
        assert_eq!(all.notices().len(), notices, "{:?}", all.notices());
    }
}

fn encode_gb18030(text: &str) -> Vec<u8> {
    encoding_rs::GB18030.encode(text).0.into_owned()
}

#[test]
fn stray_bytes_in_a_file_cost_their_characters_and_nothing_more() {
    let bytes =
        [b"time,nick,text\n1750123800,ada,caf".as_slice(), &[0xe9, b'\n'], "1750123801,bo,é è\n".as_bytes()].concat();
    let all = collect("a.csv", &bytes, |_| {});
    assert_eq!(texts(&all), ["caf\u{fffd}", "é è"]);
    assert_eq!(all.notices().len(), 1);
}

#[test]
fn a_column_that_is_not_there_is_said_with_those_that_are() {
    let folder = folder(&[("a.csv", "Time,nickname,text\n1750123800,ada,x\n"), ("b.jsonl", r#"{"time": 1}"#)]);
    let error = |path: &str, change: &dyn Fn(&mut Config)| {
        let mut config = config(&folder.path().join(path));
        change(&mut config);
        let error = open(&config, None).err().unwrap();
        format!("{error} | {}", error.hint)
    };
    let told = error("a.csv", &|_| {});
    assert!(told.contains("no column \"nick\"; there are: Time, nickname, text"), "{told}");
    assert!(told.contains("did you mean \"nickname\"?") && told.contains("a.csv"), "{told}");
    let told = error("b.jsonl", &|config| config.columns.time = "tme".into());
    assert!(told.contains("no column \"tme\"; there are: time"), "{told}");
    assert!(error("a.csv", &|config| config.offset = Some("Berlin".into())).contains("offset"));
    assert!(error("a.csv", &|config| config.time_format = Some("%!".into())).contains("time_format"));
    assert!(error("none.csv", &|_| {}).contains("is not there"));
}

#[test]
fn a_later_file_without_a_column_costs_that_file_only() {
    let folder = folder(&[
        ("a.csv", "time,nick,text\n1750123800,ada,x\n"),
        ("b.csv", "time,text\n1,2\n"),
        ("c.csv", "time,nick,text\n1750123801,ada,x\n"),
    ]);
    let all = read(open(&config(folder.path()), None));
    assert_eq!((all.messages(), all.rejected().len()), (2, 1));
    assert!(all.rejected()[0].starts_with("b.csv: no column \"nick\""), "{:?}", all.rejected());
}

#[test]
fn a_row_that_cannot_be_read_costs_nothing_beside_it() {
    let table = "time,nick,text\n\
        1750123800,ada,good\n\
        2025-06-17 09:30,ada,no offset\n\
        20250617,ada,a date or a number\n\
        soon,ada,no time\n\
        ,ada,no time at all\n\
        1750123801,,nobody\n\
        1750123801,ada,too,many\n\
        1750123801\n\
        1750123802,ada,\"never closed\n\
        1750123803,ada,good too\n";
    let all = collect("a.csv", table.as_bytes(), |_| {});
    assert_eq!(texts(&all), ["good", "\"never closed", "good too"]);
    let lines: Vec<String> = all.rejected().iter().map(|told| told.split(':').nth(1).unwrap().to_owned()).collect();
    assert_eq!(lines, ["3", "4", "5", "6", "7", "8", "9"], "{:#?}", all.rejected());
    assert!(all.rejected()[0].contains("offset = \"+08:00\""), "{:?}", all.rejected());
    let all = collect("a.csv", table.as_bytes(), |config| config.offset = Some("+08:00".into()));
    assert_eq!(all.messages(), 4);
    assert_eq!(all.of("message.posted")[1].time.to_string(), "2025-06-17T01:30:00Z");
}

#[test]
fn a_line_of_many_megabytes_is_passed_over() {
    let long = "x".repeat(9 << 20);
    let table = format!("time,nick,text\n1750123800,ada,good\n1750123801,ada,{long}\n1750123802,ada,good too\n");
    let all = collect("a.csv", table.as_bytes(), |_| {});
    assert_eq!(texts(&all), ["good", "good too"]);
    assert!(all.rejected()[0].starts_with("a.csv:3: a line of more than"), "{:?}", all.rejected());
}

#[test]
fn broken_objects_cost_nothing_beside_them() {
    let lines = [
        r#"{"time": 1750123800, "nick": "ada", "text": "good"}"#,
        r#"{"time": 1750123801, "nick": "ada""#,
        r#"{"time": 1750123801, "nick": ["ada"], "text": "x"}"#,
        r#"{"time": null, "nick": "ada", "text": "x"}"#,
        r#"{"when": 1750123801, "nick": "ada"}"#,
        "[1]",
        "",
        r#"{"time": 1750123802, "nick": 7, "text": null}"#,
    ];
    let all = collect("a.jsonl", lines.join("\n").as_bytes(), |_| {});
    assert_eq!((all.messages(), all.rejected().len()), (2, 5), "{:#?}", all.rejected());
    assert!(all.rejected()[3].contains("it has nick, when"), "{:?}", all.rejected());
    assert_eq!(all.of("message.posted")[1].actor.as_deref(), Some("name:ops/7"));
}

#[test]
fn files_without_rows_are_said_to_have_none() {
    for text in ["", "\n\n", "time,nick,text\n", "[]"] {
        let folder = folder(&[("a.csv", text), ("b.csv", "time,nick,text\n1750123800,ada,x\n")]);
        let all = read(open(&config(folder.path()), None));
        assert_eq!((all.messages(), all.notices().len()), (1, 1), "{text:?}: {:?}", all.problems);
    }
}

#[test]
fn no_address_stands_in_an_id() {
    let table = "time,nick,text,id\n1750123800,ada,x,<17@example.org>\n";
    let all = collect("a.csv", table.as_bytes(), |config| config.columns.id = Some("id".into()));
    assert_eq!(all.messages(), 1);
}

#[test]
fn a_large_table_comes_in_batches_and_is_not_read_again() {
    let rows: String = (0..120_000).map(|row| format!("{},ada,{row}\n", 1_750_000_000 + row)).collect();
    let folder = folder(&[("a.csv", &format!("time,nick,text\n{rows}"))]);
    let all = read(open(&config(folder.path()), None));
    assert_eq!((all.messages(), all.batches), (120_000, 3));
    assert_eq!(read(open(&config(folder.path()), all.cursor.as_ref())).batches, 0);
}

#[test]
fn however_a_file_is_damaged_nothing_disappears_and_the_next_is_read() {
    let table = "time,nick,text\n1750123800,ada,\"a, b\nc\"\n1750123801,bo,d\n2025-06-17T09:30:00Z,cy,\"e\"\"f\"\n";
    let objects = "{\"time\": 1750123800, \"nick\": \"ada\", \"text\": \"x\"}\n{\"time\": 1750123801, \"nick\": \"bo\", \"text\": \"y\"}\n";
    let folder = folder(&[("a.csv", "time,nick,text\n1750123805,zoe,last\n")]);
    for text in [table, objects] {
        for bytes in exports::damaged(text.as_bytes()) {
            write(folder.path(), "b.csv", &bytes);
            assert!(texts(&read(open(&config(folder.path()), None))).contains(&"last".to_owned()));
        }
    }
}
