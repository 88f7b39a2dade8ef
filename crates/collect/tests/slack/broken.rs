//! Input that is cut, wrong or meant badly: what is good beside it is read.

use super::*;

#[test]
fn what_is_wrong_with_one_element_leaves_the_others() {
    let folder = general(
        "[\n{\"user\":\"U1\",\"text\":\"a\",\"ts\":\"1704067200.000100\"},\n{\"user\":\"U1\",\"text\":\"b\"},\n17,\n{\"user\":\"U1\",\"ts\":\"yesterday\"},\n{\"user\":[],\"ts\":\"1704067203.000100\"},\n{\"user\":\"U1\",\"text\":\"c\",\"ts\":\"1704067204.000100\"}]",
    );
    let batch = collect(&folder);
    assert_eq!(told(&batch).len(), 2);
    let lines: Vec<_> = batch.problems.iter().map(|problem| (problem.file.as_str(), problem.line)).collect();
    assert_eq!(lines, [3, 4, 5, 6].map(|line| ("general/2024-01-01.json", Some(line))));
    for (at, word) in [
        "element 2: a message without ts",
        "element 3: not a message",
        "element 4: a ts that is none",
        "element 5: not a message",
    ]
    .iter()
    .enumerate()
    {
        assert!(batch.problems[at].message.starts_with(word), "{}", batch.problems[at]);
    }
}

#[test]
fn a_list_that_is_cut_short_is_read_up_to_the_cut() {
    let whole = "[\n{\"user\":\"U1\",\"text\":\"a\",\"ts\":\"1704067200.000100\"},\n{\"user\":\"U1\",\"text\":\"b\",\"ts\":\"1704067201.000100\"}\n]";
    for (cut, messages, word) in [
        (whole.len() - 5, 1, "cut short in element 2"),
        (whole.len() - 1, 2, "cut short after 2"),
        (whole.find("},").unwrap() + 2, 1, "cut short after 1"),
        (1, 0, "cut short after 0"),
    ] {
        let batch = collect(&general(&whole[..cut]));
        assert_eq!(told(&batch).len(), messages, "{}", &whole[..cut]);
        assert!(messages_of(&batch)[0].contains(word), "{word}: {:?}", batch.problems);
    }
}

#[test]
fn a_day_file_that_is_an_object_or_nothing_is_said() {
    let with = |text: &str| collect(&general(text));
    let batch = with(r#"{"user":"U1","text":"a","ts":"1704067200.000100"}"#);
    assert_eq!((told(&batch).len(), batch.problems.len()), (1, 0), "a message alone is a message");
    let batch = with(r#"{"ok":false,"error":"ratelimited"}"#);
    assert!(messages_of(&batch)[0].contains("ratelimited"));
    for (text, word) in [
        ("nonsense", "neither a list nor an object"),
        ("{\"a\":", "cut short"),
        ("{\"a\" 1}", "no value for the key"),
        ("[{\"ts\":\"1\"} {\"ts\":\"2\"}]", "no comma after element 1"),
    ] {
        let batch = with(text);
        assert!(messages_of(&batch).iter().any(|message| message.contains(word)), "{word}: {:?}", batch.problems);
    }
    let batch = with(r#"{"general":[1,2]}"#);
    assert_eq!((batch.counts.not_ours, told(&batch).len()), (1, 0), "an object of somebody else's");
}

#[test]
fn an_export_without_lists_is_read_all_the_same() {
    let folder = export(&[
        ("general/2024-01-01.json", r#"[{"user":"U1","text":"a","ts":"1704067200.000100"}]"#),
        ("D0000001/2024-01-01.json", r#"[{"user":"U1","text":"b","ts":"1704067200.000100"}]"#),
    ]);
    let batch = collect(&folder);
    assert_eq!(told(&batch).len(), 1, "a folder that is called like a direct message is one");
    assert!(messages_of(&batch)[0].contains("a direct message"));
    let broken = export(&[
        ("users.json", "[{\"id\":\"U1\""),
        ("channels.json", CHANNELS),
        ("general/2024-01-01.json", r#"[{"user":"U1","text":"a","ts":"1704067200.000100"}]"#),
    ]);
    let batch = collect(&broken);
    assert_eq!((told(&batch).len(), batch.problems[0].file.as_str()), (1, "users.json"));
    let error = collect_from(&config(export(&[("notes.txt", "hi")]).path()), None).unwrap_err();
    assert!(error.message.starts_with("no Slack export at"), "{error}");
}

#[test]
fn an_unsafe_archive_is_read_but_for_what_is_unsafe_in_it() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("export.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    let mut add = |name: &str, text: &str| {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    };
    add("users.json", USERS);
    add("channels.json", CHANNELS);
    add("../general/2024-01-02.json", r#"[{"user":"U1","text":"evil","ts":"1704067300.000100"}]"#);
    add("general/2024-01-01.json", r#"[{"user":"U1","text":"a","ts":"1704067200.000100"}]"#);
    add("general/2024-01-03.json", &" ".repeat(70 << 20));
    zip.finish().unwrap();
    let batch = collect_from(&config(&path), None).unwrap();
    assert_eq!(told(&batch).len(), 1);
    let said = messages_of(&batch).join("\n");
    assert!(said.contains("leads out of the archive") && said.contains("more than 200 times as much"), "{said}");
    std::fs::write(&path, b"PK\x03\x04 and then nothing").unwrap();
    assert!(collect_from(&config(&path), None).unwrap_err().hint.contains("download it again"));
}

#[test]
fn no_bytes_make_the_reader_panic() {
    let text = r#"[{"user":"U1","text":"<@U2> <a|b","ts":"1704067200.000100","edited":{"ts":"1704067201.0"},"reactions":[{"name":"x","users":["U1"],"count":2}],"slackdump_thread_replies":[{"ts":"1"}]},{"subtype":"message_changed","message":{"ts":"1"}}]"#;
    for at in 0..text.len() {
        for byte in [b'"', b'{', b'}', b'[', b']', b',', b'\\', 0, 0xff] {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] = byte;
            checked(read_file(&with_team(), "general/2024-01-01.json", &bytes));
            checked(read_file(&with_team(), "C1.json", &bytes));
        }
        checked(read_file(&with_team(), "users.json", &text.as_bytes()[..at]));
    }
    let deep = "[".repeat(1_000_000);
    checked(read_file(&with_team(), "general/2024-01-01.json", deep.as_bytes()));
    let nested = "{\"ts\":\"1\",\"slackdump_thread_replies\":[".repeat(10_000);
    checked(read_file(&with_team(), "general/2024-01-01.json", format!("[{nested}").as_bytes()));
}

#[test]
fn an_odd_reaction_costs_no_message() {
    let batch = message(
        r#"{"user":"U1","text":"a","ts":"1704067200.000100","reactions":[{"name":"wave","users":null,"count":2},{"name":"eyes","users":["U2",null],"count":null}]}"#,
    );
    assert!(batch.problems.is_empty(), "{:?}", batch.problems);
    let ids: Vec<&str> = batch.events.iter().map(|event| event.id.rsplit_once('/').unwrap().1).collect();
    assert_eq!(ids, ["1704067200.000100", "+2", "U2"]);
    for reactions in [r#""wave""#, r#"[{"name":"wave","users":"U1"}]"#, "[7]"] {
        let batch = message(&format!(r#"{{"user":"U1","text":"a","ts":"1704067200.000100","reactions":{reactions}}}"#));
        assert_eq!((batch.events.len(), batch.problems.len()), (1, 1), "{reactions}");
    }
}

#[test]
fn files_of_any_encoding_and_spelling_are_read() {
    let day = "\u{feff}[{\"user\":\"U1\",\"text\":\"é\",\"ts\":\"1704067200.000100\"}]";
    let folder = export(&[("users.json", USERS), ("channels.json", CHANNELS)]);
    let utf16: Vec<u8> = day.encode_utf16().flat_map(u16::to_be_bytes).collect();
    std::fs::create_dir(folder.path().join("general")).unwrap();
    std::fs::write(folder.path().join("general/2024-01-01.JSON"), utf16).unwrap();
    let batch = collect(&folder);
    assert_eq!((told(&batch).len(), batch.problems.len()), (1, 0), "{:?}", batch.problems);
}
