//! Mails and archives that are broken in every way, written here: what is said of them, and that nothing beside them is lost.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use flate2::Compression;
use flate2::write::GzEncoder;
use muster_collect::mail::{Config, List, Outcome, open, parse_mail};
use muster_model::payload::MessagePosted;
use muster_model::{Batch, Event, Payload, Severity};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

const FROM: &str = "From ada@example.org Mon Jan  1 10:00:00 2024\n";
const DATE: &str = "Date: Mon, 1 Jan 2024 10:00:00 +0000\n";

fn read(path: &Path) -> Batch {
    let config = Config { name: "m".into(), paths: vec![path.to_owned()], list: "l".into(), archive: None, text: true };
    let mut collector = open(&config, None).unwrap();
    let mut all = Batch::default();
    while let Some(batch) = collector.next_batch().unwrap() {
        let rejected = batch.problems.iter().filter(|problem| problem.severity == Severity::Rejected).count();
        assert_eq!(batch.counts.read, (batch.events.len() + rejected) as u64);
        all.events.extend(batch.events);
        all.problems.extend(batch.problems);
    }
    all
}

fn posted(event: &Event) -> &MessagePosted {
    let Payload::MessagePosted(posted) = &event.data else { panic!("{event:?}") };
    posted
}

fn write(folder: &TempDir, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn good(number: usize) -> Vec<u8> {
    format!("From: Bo <bo@example.org>\n{DATE}Message-ID: <good{number}@x>\nSubject: Good\n\nHello {number}\n\n")
        .into_bytes()
}

/// A mail that is right but for what it is about.
fn mail(header: impl AsRef<[u8]>, body: impl AsRef<[u8]>) -> Vec<u8> {
    [b"From: Ada <ada@example.org>\n", DATE.as_bytes(), header.as_ref(), b"\n", body.as_ref(), b"\n\n"].concat()
}

/// What should come of a broken mail.
enum Expected {
    /// A rejection that says this.
    Rejected(&'static str),
    /// An event, of which this holds, and the notice about it.
    Event(fn(&Event) -> bool, Option<&'static str>),
}
use Expected::{Event as Is, Rejected};

fn malformed() -> Vec<(&'static str, Vec<u8>, Expected)> {
    let nested: String =
        (0..300).map(|level| format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n")).collect();
    vec![
        ("no header", b"\nonly text\n\n".to_vec(), Rejected("no header of a mail")),
        ("no field of a mail", b"X-A: b\n\ntext\n\n".to_vec(), Rejected("no header of a mail")),
        ("no date", b"From: a@b.org\nSubject: x\n\ntext\n\n".to_vec(), Rejected("there is no Date")),
        ("a date that is none", b"From: a@b.org\nDate: last Friday\n\ntext\n\n".to_vec(), Rejected("\"last Friday\" cannot be read")),
        (
            "a date that is none, but received",
            b"Received: by b; Tue, 2 Jan 2024 10:00:00 +0000\nReceived: by a; Mon, 1 Jan 2024 10:00:00 +0100\nReceived: by nobody\n\
              From: a@b.org\nDate: last Friday\n\ntext\n\n"
                .to_vec(),
            Is(|event| event.time.to_string() == "2024-01-01T09:00:00Z", Some("dated by their last Received")),
        ),
        (
            "a date without a zone",
            b"From: a@b.org\nDate: Mon, 1 Jan 24 10:00\n\ntext\n\n".to_vec(),
            Is(|event| event.time.to_string() == "2024-01-01T10:00:00Z", Some("without a zone")),
        ),
        ("no sender", format!("{DATE}Subject: x\n\ntext\n\n").into(), Is(|event| event.actor.is_none(), Some("name no sender"))),
        (
            "a sender without address",
            format!("From: Ada L.\n{DATE}\ntext\n\n").into(),
            Is(|event| event.actor.as_deref() == Some("name:l/Ada L."), None),
        ),
        (
            "several senders",
            format!("From: Ada <ada@a.org>, Bo <bo@b.org>\n{DATE}\ntext\n\n").into(),
            Is(|event| event.actor.as_deref() == Some("email:ada@a.org"), None),
        ),
        (
            "an unknown charset",
            mail("Content-Type: text/plain; charset=klingon\n", b"caf\xe9"),
            Is(|event| posted(event).text.as_deref() == Some("caf\u{e9}"), Some("charset that is not known")),
        ),
        (
            "NUL bytes",
            mail(b"Subject: a\0b\nMessage-ID: <nul\0@x>\n", b"a\0b"),
            Is(|event| event.id == "mail:l/nul%40x" && posted(event).text.as_deref() == Some("ab"), None),
        ),
        (
            "bytes in no charset",
            [b"From: J\xf6rg <j@a.org>\n", DATE.as_bytes(), b"\ntext\n\n"].concat(),
            Is(|event| posted(event).name.as_deref() == Some("J\u{f6}rg"), None),
        ),
        (
            "broken encoded words",
            format!("From: =?utf-8?Q?J=C3?= =?utf-8?Q?=B6rg?= =?utf-8?B?!!? <j@a.org>\n{DATE}\ntext\n\n").into(),
            Is(|event| posted(event).name.as_deref().unwrap().starts_with("J\u{f6}rg"), None),
        ),
        (
            "a boundary that is nowhere",
            mail("Content-Type: multipart/mixed; boundary=nowhere\n", "text"),
            Is(|event| posted(event).text.as_deref() == Some("text"), None),
        ),
        (
            "parts without an end",
            mail("Content-Type: multipart/mixed; boundary=b\n", "--b\n\ntext\n--b\nContent-Type: image/png\n\nAAAA"),
            Is(|event| posted(event).text.as_deref() == Some("text") && posted(event).files == 1, None),
        ),
        ("parts in parts in parts", mail("", nested.clone()), Is(|event| posted(event).length > 0, None)),
        ("a header in parts", mail(nested, "text"), Is(|event| posted(event).files == 1, None)),
        (
            "half of a base64",
            mail("Content-Transfer-Encoding: base64\n", "dGV4dCBhbmQ!\ngYWdhaW4"),
            Is(|event| posted(event).text.as_deref().unwrap().starts_with("text and"), None),
        ),
        ("binary", mail("Subject: x\n", (0..=255).filter(|byte| *byte != b'\n').collect::<Vec<u8>>()), Is(|event| posted(event).length > 0, None)),
        (
            "a line of three megabytes",
            mail(format!("X-Long: {}\nMessage-ID: <long@x>\n", "x".repeat(3_000_000)), "text"),
            Is(|event| event.id == "mail:l/long%40x", None),
        ),
        ("an empty Message-ID", mail("Message-ID: <>\n", "text"), Is(|event| event.id.starts_with("mail:l/unnamed-"), None)),
        (
            "an endless Message-ID",
            mail(format!("Message-ID: <{}@x>\n", "x".repeat(100_000)), "text"),
            Is(|event| event.id.starts_with("mail:l/unnamed-"), None),
        ),
        (
            "an unsafe Message-ID",
            mail("Message-ID: <a/b%c?d#e&f\u{e9}@x>\n", "text"),
            Is(|event| event.id == "mail:l/a%2Fb%25c%3Fd%23e%26f%C3%A9%40x", None),
        ),
        (
            "a mail that answers itself",
            mail("Subject: Loop\nMessage-ID: <loop@x>\nIn-Reply-To: <loop@x>\n", "text"),
            Is(|event| posted(event).reply_to.is_none() && posted(event).topic.is_some(), None),
        ),
        (
            "a header with holes",
            mail("nonsense without a colon\nMessage-ID: <holes@x>\n", "text"),
            Is(|event| event.id == "mail:l/holes%40x" && posted(event).text.as_deref() == Some("text"), None),
        ),
        ("no body", format!("From: a@b.org\n{DATE}Subject: x\n").into(), Is(|event| posted(event).length == 0, None)),
    ]
}

#[test]
fn each_malformed_mail_of_an_mbox_is_told_and_none_beside_it_is_lost() {
    let folder = TempDir::new().unwrap();
    let cases = malformed();
    assert!(cases.len() >= 20);
    let mut bytes = Vec::new();
    let mut lines = Vec::new();
    for (number, (_, mail, _)) in cases.iter().enumerate() {
        for mail in [good(number), mail.clone()] {
            lines.push(u32::try_from(bytes.iter().filter(|byte| **byte == b'\n').count()).unwrap() + 1);
            bytes.extend([FROM.as_bytes(), &mail].concat());
        }
    }
    bytes.extend([FROM.as_bytes(), &good(cases.len())].concat());
    let batch = read(&write(&folder, "a.mbox", bytes));

    let goods = batch.events.iter().filter(|event| event.id.starts_with("mail:l/good")).count();
    assert_eq!(goods, cases.len() + 1);
    let mut others = batch.events.iter().filter(|event| !event.id.starts_with("mail:l/good"));
    for (number, (name, _, expected)) in cases.iter().enumerate() {
        let line = lines[2 * number + 1];
        let told = |severity, says: &str| {
            let mut problems =
                batch.problems.iter().filter(|problem| problem.severity == severity && problem.message.contains(says));
            problems.any(|problem| problem.line == Some(line) && problem.file == "a.mbox" && !problem.hint.is_empty())
        };
        match expected {
            Rejected(says) => assert!(told(Severity::Rejected, says), "{name}: {:#?}", batch.problems),
            Is(holds, notice) => {
                let event = others.next().unwrap();
                assert!(holds(event), "{name}: {event:#?}");
                assert!(notice.is_none_or(|says| told(Severity::Notice, says)), "{name}: {:#?}", batch.problems);
            }
        }
    }
    assert_eq!(others.next(), None);
}

#[test]
fn a_broken_mail_alone_is_read_as_in_an_mbox() {
    let folder = TempDir::new().unwrap();
    for (name, mail, expected) in malformed() {
        let batch = read(&write(&folder, "a.eml", [FROM.as_bytes(), &mail].concat()));
        match expected {
            Rejected(says) => assert!(batch.problems[0].message.contains(says), "{name}"),
            Is(holds, _) => assert!(holds(&batch.events[0]), "{name}"),
        }
    }
}

#[test]
fn a_truncated_gzip_gives_the_mails_before_its_end() {
    let folder = TempDir::new().unwrap();
    let mails: Vec<u8> = (0..2000).flat_map(|number| [FROM.as_bytes(), &good(number)].concat()).collect();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&mails).unwrap();
    let bytes = gzip.finish().unwrap();
    let batch = read(&write(&folder, "a.txt.gz", &bytes[..bytes.len() / 2]));
    assert!(batch.events.len() > 500 && batch.events.len() < 2000, "{}", batch.events.len());
    assert_eq!(batch.problems.len(), 1);
    let problem = &batch.problems[0];
    assert!(problem.message.contains("cannot be read to its end"), "{problem}");
    assert_eq!(problem.line, Some(u32::try_from(batch.events.len()).unwrap() * 8 + 1));
}

#[test]
fn files_that_are_no_mail_are_told() {
    let folder = TempDir::new().unwrap();
    write(&folder, "empty.mbox", "");
    write(&folder, "notes.txt", "These are no mails.\n\nNot one.\n");
    write(&folder, "binary", (0..=255).cycle().take(100_000).collect::<Vec<u8>>());
    write(&folder, "late.mbox", [b"Some words before\n\n", FROM.as_bytes(), &good(1)].concat());
    let batch = read(folder.path());
    let told: Vec<_> = batch.problems.iter().map(|problem| (problem.file.as_str(), problem.severity)).collect();
    let rejected = |file| (file, Severity::Rejected);
    assert_eq!(
        told,
        [rejected("binary"), ("empty.mbox", Severity::Notice), rejected("late.mbox"), rejected("notes.txt")]
    );
    assert!(batch.problems[0].message.starts_with("no mail:"), "{}", batch.problems[0]);
    assert_eq!(batch.events.len(), 1);
}

#[test]
fn one_message_id_with_two_texts_is_one_id_with_two_payloads() {
    let folder = TempDir::new().unwrap();
    let two = [FROM.as_bytes(), &good(1), FROM.as_bytes(), &mail("Message-ID: <good1@x>\n", "Another")].concat();
    let batch = read(&write(&folder, "a.mbox", two));
    assert_eq!(batch.events[0].id, batch.events[1].id);
    assert_ne!(batch.events[0].data, batch.events[1].data, "the log counts the conflict");
}

#[test]
fn no_text_leaves_unless_it_is_asked_for() {
    let folder = TempDir::new().unwrap();
    let path = write(
        &folder,
        "a.eml",
        mail("Subject: A secret\nMessage-ID: <ada@example.org>\n", "Another secret of bo@example.org"),
    );
    let config = Config { name: "m".into(), paths: vec![path], list: "l".into(), archive: None, text: false };
    let batch = open(&config, None).unwrap().next_batch().unwrap().unwrap();
    let event = &batch.events[0];
    assert!(!format!("{event:?}").contains("secret") && !event.data.to_json().contains("secret"), "{event:?}");
    assert!(!event.data.to_json().contains("bo@") && !event.id.contains('@'), "{event:?}");
}

#[test]
fn no_bytes_make_the_parser_panic() {
    let list = List { name: "l".to_owned(), archive: Some("https://x/{id}".to_owned()), text: true };
    let source: Arc<str> = Arc::from("mail:m/x");
    let mut seed = 7_u64;
    let mut next = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    let words: [&[u8]; 16] = [
        b"=?utf-8?Q?",
        b"?=",
        b"\n",
        b"\r\n",
        b"--b",
        b"(",
        b")",
        b"\"",
        b"<",
        b">",
        b"&#x110000;",
        b"<blockquote>",
        b"\xff\xfe",
        b"Content-Type: multipart/mixed; boundary=b\n\n",
        b"> ",
        b"\xe2\x80",
    ];
    let html = mail(
        "Content-Type: text/html; charset=utf-7\nSubject: Re: [x\n",
        "<p>a&amp;b <!-- c --> <a href='https://x'>d</a></p>",
    );
    let seeds: Vec<Vec<u8>> =
        malformed().into_iter().map(|(_, mail, _)| mail).filter(|mail| mail.len() < 20_000).chain([html]).collect();
    let mut events = 0;
    for _ in 0..3000 {
        let mut bytes = seeds[next(seeds.len())].clone();
        for _ in 0..=next(6) {
            let at = next(bytes.len() + 1);
            let word = words[next(words.len())];
            let end = (at + next(4)).min(bytes.len());
            bytes.splice(at..end, word.iter().copied());
        }
        bytes.truncate(next(bytes.len()) + bytes.len() / 2);
        events += usize::from(matches!(parse_mail(&bytes, &list, &source), Outcome::Event(..)));
    }
    assert!(events > 500, "{events}");
}
