//! The mail collector over archives of every layout, all written here.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use flate2::Compression;
use flate2::write::GzEncoder;
use muster_collect::mail::{Config, open};
use muster_model::payload::MessagePosted;
use muster_model::{Batch, Cursor, Event, Payload, Severity};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

fn config(paths: &[&Path]) -> Config {
    Config {
        name: "lists".to_owned(),
        paths: paths.iter().map(|path| path.to_path_buf()).collect(),
        list: "lantern-dev".to_owned(),
        archive: Some("https://lists.example.org/r/{id}".to_owned()),
        text: false,
    }
}

fn read_with(config: &Config, cursor: Option<&Cursor>) -> Batch {
    let mut collector = open(config, cursor).unwrap();
    let mut all = Batch::default();
    while let Some(batch) = collector.next_batch().unwrap() {
        assert!(batch.cursor.is_some(), "every batch has a cursor");
        let rejected = batch.problems.iter().filter(|problem| problem.severity == Severity::Rejected).count();
        assert_eq!(batch.counts.read, (batch.events.len() + rejected) as u64 + batch.counts.not_ours);
        all.events.extend(batch.events);
        all.problems.extend(batch.problems);
        all.counts += batch.counts;
        all.cursor = batch.cursor;
    }
    all
}

fn read(path: &Path) -> Batch {
    read_with(&config(&[path]), None)
}

fn posted(event: &Event) -> &MessagePosted {
    let Payload::MessagePosted(posted) = &event.data else { panic!("{event:?}") };
    posted
}

fn facts(batch: &Batch) -> Vec<String> {
    let fact = |event: &Event| format!("{} {} {:?} {}", event.id, event.time, event.actor, event.data.to_json());
    batch.events.iter().map(fact).collect()
}

fn write(folder: &TempDir, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, bytes).unwrap();
    path
}

fn mail(number: u32, more: &str, body: &str) -> String {
    format!(
        "From: Ada L. <ada@example.org>\nDate: Mon, {number} Jan 2024 10:00:00 +0100\nSubject: [lantern-dev] Thing {number}\n\
         Message-ID: <{number}@example.org>\n{more}\n{body}\n"
    )
}

fn mbox(mails: &[String]) -> String {
    mails.iter().map(|mail| format!("From ada@example.org Mon Jan  1 10:00:00 2024\n{mail}\n")).collect()
}

#[test]
fn a_mail_is_a_message_with_all_that_its_header_says() {
    let folder = TempDir::new().unwrap();
    let answer = mail(
        2,
        "In-Reply-To: <1@example.org>\nReferences: <0@a.org> <1@example.org>\n",
        "On Monday, Bo wrote:\n> Does it work?\n\nYes, see https://github.com/acme/lantern/issues/12. And yours?\n-- \nAda",
    );
    let path = write(&folder, "a.mbox", mbox(&[mail(1, "", "Does it work?"), answer]));
    let batch = read(&path);
    let (first, second) = (&batch.events[0], &batch.events[1]);
    assert_eq!(first.id, "mail:lantern-dev/1%40example.org");
    assert_eq!((first.subject.as_str(), first.kind()), ("mail:lantern-dev", "message.posted"));
    assert_eq!((&*first.source, &*first.collector), ("mail:lists/a.mbox", "mail/1"));
    assert_eq!(first.time.to_string(), "2024-01-01T09:00:00Z");
    assert_eq!(first.actor.as_deref(), Some("email:ada@example.org"));
    assert_eq!(first.url.as_deref(), Some("https://lists.example.org/r/1%40example.org"));
    assert_eq!(posted(first).name.as_deref(), Some("Ada L."));
    assert!(posted(first).topic.is_some() && posted(first).thread.is_none() && posted(first).question);
    let reply = posted(second);
    assert_eq!(reply.thread.as_deref(), Some("mail:lantern-dev/0%40a.org"));
    assert_eq!(reply.reply_to.as_deref(), Some("mail:lantern-dev/1%40example.org"));
    assert_eq!((reply.topic.as_deref(), reply.text.as_deref()), (None, None));
    assert_eq!((reply.links, &reply.references[..]), (1, &["github:acme/lantern#12".to_owned()][..]));
    assert_eq!(reply.length as usize, "Yes, see https://github.com/acme/lantern/issues/12. And yours?".len());
    let kept = read_with(&Config { text: true, ..config(&[&path]) }, None);
    assert_eq!(posted(&kept.events[0]).text.as_deref(), Some("Does it work?"));
}

#[test]
fn one_mail_is_the_same_in_every_layout() {
    let folder = TempDir::new().unwrap();
    let mails: Vec<String> =
        (1..=3).map(|number| mail(number, "", "Hello\n\nFrom here on it is easy, ask bo@example.org.")).collect();
    let text = mbox(&mails);
    let plain = write(&folder, "plain/a.mbox", &text);
    let expected = facts(&read(&plain));
    assert_eq!(expected.len(), 3);

    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    let pipermail = text
        .replace("Ada L. <ada@example.org>", "ada at example.org (Ada L.)")
        .replace("From ada@", "From ada at ")
        .replace("bo@example.org", "bo at example.org");
    for (name, bytes) in [
        ("crlf.mbox", text.replace('\n', "\r\n").into_bytes()),
        ("mboxo", text.replace("\nFrom here", "\n>From here").into_bytes()),
        ("2024-January.txt.gz", gzip.finish().unwrap()),
        ("2024-January.txt", pipermail.into_bytes()),
        ("bom.mbox", [b"\xef\xbb\xbf\n\n", text.as_bytes()].concat()),
        ("length.mbox", text.replace("Subject:", "Content-Length: 3\nSubject:").into_bytes()),
        (
            "topics.mbox",
            text.replace("From ada@example.org Mon Jan  1 10:00:00 2024", "From 17@xxx Mon Jan  1 10:00:00 +0000 2024")
                .into_bytes(),
        ),
    ] {
        assert_eq!(facts(&read(&write(&folder, name, bytes))), expected, "{name}");
    }
    for (number, mail) in mails.iter().enumerate() {
        let name = ["cur/1.host_2,S", ".sub/new/2.host;2,", "nested/3.host:2,S"][number];
        write(&folder, &format!("maildir/{name}"), mail);
        write(&folder, &format!("eml/{number}.eml"), mail.replace('\n', "\r\n"));
    }
    write(&folder, "maildir/new/.hidden", "nothing");
    write(&folder, "maildir/tmp/4.host", &mails[0][..40]);
    for name in ["maildir", "eml"] {
        let mut found = facts(&read(&folder.path().join(name)));
        found.sort();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn google_groups_tables_are_not_ours() {
    let folder = TempDir::new().unwrap();
    write(&folder, "Takeout/Groups/lantern@googlegroups.com/topics.mbox", mbox(&[mail(1, "X-GM-THRID: 1\n", "Hello")]));
    write(
        &folder,
        "Takeout/Groups/lantern@googlegroups.com/miembros.csv",
        "Email address,Nickname\nada@example.org,Ada\n",
    );
    let batch = read(folder.path());
    assert_eq!((batch.events.len(), batch.counts.not_ours, batch.problems.len()), (1, 1, 0), "{:?}", batch.problems);
}

#[test]
fn a_mail_without_message_id_is_known_by_what_it_says() {
    let folder = TempDir::new().unwrap();
    let without = |body: &str| mail(1, "", body).replace("Message-ID: <1@example.org>\n", "");
    let path = write(&folder, "a.mbox", mbox(&[without("Hello"), without("Good bye")]));
    let copy = write(&folder, "b.eml", without("Hello").replace("Message", "X"));
    let (batch, copy) = (read(&path), read(&copy));
    assert!(batch.events[0].id.starts_with("mail:lantern-dev/unnamed-"), "{}", batch.events[0].id);
    assert_ne!(batch.events[0].id, batch.events[1].id);
    assert_eq!(batch.events[0].url, None);
    assert_eq!(facts(&batch)[0], facts(&copy)[0]);
}

#[test]
fn mails_that_lost_their_headers_meet_by_their_subject() {
    let folder = TempDir::new().unwrap();
    let re = mail(2, "", "Yes").replace("[lantern-dev] Thing 2", "Re: [lantern-dev] AW: thing 1");
    let other = mail(3, "", "Hm").replace("Thing 3", "[VOTE] Thing 1");
    let batch = read(&write(&folder, "a.mbox", mbox(&[mail(1, "", "Hello"), re, other])));
    let topics: Vec<_> = batch.events.iter().map(|event| posted(event).topic.clone().unwrap()).collect();
    assert_eq!(topics[0], topics[1]);
    assert_ne!(topics[0], topics[2]);
}

#[test]
fn programs_are_bots_and_lists_do_not_make_them() {
    let folder = TempDir::new().unwrap();
    for (more, bot) in [
        ("Auto-Submitted: auto-replied\n", true),
        ("Auto-Submitted: no\n", false),
        ("X-Autoreply: yes\n", true),
        ("Precedence: auto_reply\n", true),
        ("Precedence: bulk\n", false),
        ("Precedence: list\n", false),
    ] {
        let batch = read(&write(&folder, "a.eml", mail(1, more, "Hello")));
        assert_eq!(posted(&batch.events[0]).bot, bot, "{more}");
    }
}

#[test]
fn what_was_read_is_not_read_again() {
    let folder = TempDir::new().unwrap();
    let mails: Vec<String> = (1..=9).map(|number| mail(number, "", "Hello")).collect();
    let path = write(&folder, "a.mbox", mbox(&mails[..4]));
    let first = read(folder.path());
    assert_eq!(first.events.len(), 4);
    let again = open(&config(&[folder.path()]), first.cursor.as_ref()).unwrap().next_batch().unwrap();
    assert_eq!(again, None);
    std::fs::write(&path, mbox(&mails)).unwrap();
    let grown = read_with(&config(&[folder.path()]), first.cursor.as_ref());
    assert_eq!(grown.events.len(), 9, "an mbox that grew is read again");
    assert_eq!(facts(&grown)[..4], facts(&first)[..]);
    let wrong = open(&config(&[folder.path()]), Some(&Cursor("nonsense".to_owned())));
    assert!(wrong.err().unwrap().message.contains("cursor"));
}

/// A bare repository made with plumbing, as public-inbox makes it.
struct Inbox {
    path: PathBuf,
    commits: u32,
}

impl Inbox {
    fn new(folder: &TempDir, name: &str) -> Self {
        let path = folder.path().join(name);
        std::fs::create_dir_all(&path).unwrap();
        let inbox = Self { path, commits: 0 };
        inbox.git(&["init", "--quiet", "--bare", "--initial-branch=master", "."], b"");
        inbox
    }

    fn git(&self, args: &[&str], input: &[u8]) -> String {
        let date = format!("{} +0000", 1_704_103_200 + self.commits * 60);
        let mut child = Command::new("git")
            .current_dir(&self.path)
            .args(args)
            .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")])
            .envs([("GIT_AUTHOR_NAME", "Ada"), ("GIT_AUTHOR_EMAIL", "ada@example.org"), ("GIT_AUTHOR_DATE", &date)])
            .envs([("GIT_COMMITTER_NAME", "inbox"), ("GIT_COMMITTER_EMAIL", "x@y"), ("GIT_COMMITTER_DATE", &date)])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{args:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// A commit whose tree is exactly these files.
    fn commit(&mut self, files: &[(&str, &str)]) {
        self.commits += 1;
        self.git(&["read-tree", "--empty"], b"");
        for (path, text) in files {
            let blob = self.git(&["hash-object", "-w", "--stdin"], text.as_bytes());
            self.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},{path}")], b"");
        }
        let tree = self.git(&["write-tree"], b"");
        let parent = self.git(&["for-each-ref", "--format=%(objectname)", "refs/heads/master"], b"");
        let mut args = vec!["commit-tree", "-F", "-", &tree];
        if !parent.is_empty() {
            args.extend(["-p", &parent]);
        }
        // The message is the subject, without a line end.
        let commit = self.git(&args, b"Thing");
        self.git(&["update-ref", "refs/heads/master", &commit], b"");
    }
}

#[test]
fn a_public_inbox_of_the_second_layout_is_read_commit_by_commit() {
    let folder = TempDir::new().unwrap();
    let (one, two, three) = (mail(1, "", "Hello"), mail(2, "", "Spam"), mail(3, "", "Later"));
    let mut first = Inbox::new(&folder, "inbox/git/0.git");
    first.commit(&[("m", &one)]);
    first.commit(&[("m", &two)]);
    first.commit(&[("d", &two)]);
    Inbox::new(&folder, "inbox/all.git");
    write(&folder, "inbox/msgmap.sqlite3", "no mail");
    let batch = read(&folder.path().join("inbox"));
    let seen: Vec<_> = batch.events.iter().map(|event| (event.kind(), event.id.as_str())).collect();
    assert_eq!(
        seen,
        [
            ("message.posted", "mail:lantern-dev/1%40example.org"),
            ("message.posted", "mail:lantern-dev/2%40example.org"),
            ("message.deleted", "mail:lantern-dev/2%40example.org/deleted"),
        ]
    );
    assert!(batch.problems.is_empty(), "{:?}", batch.problems);
    assert_eq!(&*batch.events[0].source, "mail:lists/git/0.git");
    assert_eq!(batch.events[2].time.to_string(), "2024-01-01T10:03:00Z");
    assert_eq!(batch.events[2].subject, batch.events[1].id);
    let same = read(&write(&folder, "a.mbox", mbox(&[one.clone(), two])));
    assert_eq!(facts(&same), facts(&batch)[..2]);

    let mut second = Inbox::new(&folder, "inbox/git/1.git");
    second.commit(&[("m", &three)]);
    first.commit(&[("m", &one)]);
    let inbox = config(&[&folder.path().join("inbox")]);
    let more = read_with(&inbox, batch.cursor.as_ref());
    let ids: Vec<_> = more.events.iter().map(|event| event.id.rsplit('/').next().unwrap()).collect();
    assert_eq!(ids, ["1%40example.org", "3%40example.org"]);
    assert_eq!(open(&inbox, more.cursor.as_ref()).unwrap().next_batch().unwrap(), None);
}

#[test]
fn a_public_inbox_of_the_first_layout_names_files_by_hashes() {
    let folder = TempDir::new().unwrap();
    let (a, b) = ("0a/1b2c3d4e5f60718293a4b5c6d7e8f901234567", "ff/1b2c3d4e5f60718293a4b5c6d7e8f901234567");
    let (one, two) = (mail(1, "", "Hello"), mail(2, "", "Spam"));
    let mut inbox = Inbox::new(&folder, "lantern.git");
    inbox.commit(&[(a, &one)]);
    inbox.commit(&[(a, &one), (b, &two)]);
    inbox.commit(&[(a, &one)]);
    let batch = read(&inbox.path);
    let kinds: Vec<_> = batch.events.iter().map(Event::kind).collect();
    assert_eq!(kinds, ["message.posted", "message.posted", "message.deleted"]);
    assert_eq!(batch.events[2].subject, "mail:lantern-dev/2%40example.org");
}

#[test]
fn a_repository_that_holds_no_mails_is_said_to() {
    let folder = TempDir::new().unwrap();
    let mut code = Inbox::new(&folder, "code.git");
    code.commit(&[("README.md", "# Lantern")]);
    write(&folder, "a.eml", mail(1, "", "Hello"));
    let batch = read(folder.path());
    assert_eq!(batch.events.len(), 1);
    assert_eq!(batch.problems.len(), 1);
    assert!(batch.problems[0].message.contains("no public-inbox"), "{}", batch.problems[0]);
}
