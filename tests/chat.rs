//! Chat and mail, from an export to a figure.

use crate::support::{FEW, World};
use serde_json::json;

const PROJECT: &str = "[project]\nname = \"lantern\"\nlog = \"log\"\nout = \"out\"\nas_of = \"2026-01-01\"\n";
const TEXT: &str = "How do I dim the lantern?";

fn file(name: &str, source: &str) -> String {
    format!("{PROJECT}[[source]]\nkind = \"slack\"\nname = \"chat\"\npath = \"{name}\"\n{source}{FEW}")
}

/// A question, its answer in the next day's file, and a message in a private channel.
fn export() -> Vec<(&'static str, String)> {
    let user = |id: &str, name: &str, email: &str| {
        json!({"id": id, "team_id": "T1", "name": name, "is_bot": false, "updated": 1735689600,
               "profile": {"real_name": name, "email": email}})
    };
    let channel = |id: &str, name: &str| json!({"id": id, "name": name, "created": 1733011200, "is_archived": false});
    let message = |user: &str, ts: &str, text: &str| json!({"type": "message", "user": user, "ts": ts, "text": text, "team": "T1", "thread_ts": "1740823200.000100"});
    vec![
        (
            "users.json",
            json!([user("U1", "Ada", "ada@mail.example"), user("U2", "Bob", "bob@mail.example")]).to_string(),
        ),
        ("channels.json", json!([channel("C1", "help")]).to_string()),
        ("groups.json", json!([channel("G1", "secret")]).to_string()),
        ("help/2025-03-01.json", json!([message("U1", "1740823200.000100", TEXT)]).to_string()),
        ("help/2025-03-02.json", json!([message("U2", "1740909600.000100", "Turn the ring.")]).to_string()),
        (
            "secret/2025-03-01.json",
            json!([{"type": "message", "user": "U1", "ts": "1740823300.000100", "text": "A safe word.", "team": "T1"}])
                .to_string(),
        ),
    ]
}

fn folder(world: &World) {
    for (name, text) in export() {
        world.write(&format!("export/{name}"), text);
    }
}

fn archive(world: &World) {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut zip = zip::ZipWriter::new(&mut bytes);
    for (name, text) in export() {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    world.write("export.zip", bytes.into_inner());
}

#[test]
fn the_same_export_as_folder_and_as_archive_gives_no_event_twice() {
    let world = World::new();
    folder(&world);
    archive(&world);
    world.write("p.toml", file("export", "[[source]]\nkind = \"slack\"\nname = \"again\"\npath = \"export.zip\"\n"));
    let report = world.report(0, &["collect", "p.toml"]);
    let (first, second) = (&report["sources"][0], &report["sources"][1]);
    assert!(first["appended"].as_u64().unwrap() >= 2, "{report}");
    assert_eq!(second["duplicates"], first["appended"], "{report}");
    for key in ["appended", "conflicts", "rejected"] {
        assert_eq!(second[key], 0, "{report}");
    }
}

#[test]
fn a_text_is_kept_only_where_the_pipeline_says_so() {
    for (line, kept) in [("", "0"), ("text = true\n", "1")] {
        let world = World::new();
        folder(&world);
        world.write("p.toml", file("export", line));
        assert_eq!(world.muster(&["run", "p.toml"]).code, 0);
        let question = format!("SELECT count(*) AS kept FROM events WHERE data LIKE '%{TEXT}%'");
        assert_eq!(world.sql("p.toml", &question), format!("kept\n{kept}\n"));
        assert_eq!(
            world.sql("p.toml", "SELECT length, question FROM messages ORDER BY time LIMIT 1"),
            format!("length,question\n{},true\n", TEXT.len())
        );
        for (name, bytes) in world.tree("out") {
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains(TEXT) && !text.contains("mail.example"), "{name}");
        }
    }
}

#[test]
fn a_private_channel_is_refused_unless_it_is_named() {
    // What the channel is called is filtered as what is said in it.
    for (line, filtered, messages) in [("", 2, "2"), ("private = [\"secret\"]\n", 0, "3")] {
        let world = World::new();
        folder(&world);
        world.write("p.toml", file("export", line));
        let report = world.report(0, &["run", "p.toml"]);
        assert_eq!(report["sources"][0]["filtered"], filtered, "{report}");
        assert_eq!(world.sql("p.toml", "SELECT count(*) AS n FROM messages"), format!("n\n{messages}\n"));
    }
}

#[test]
fn a_figure_over_threads_opens_into_its_messages() {
    let world = World::new();
    folder(&world);
    world.write("p.toml", file("export", "").replace("[metrics]\n", "[metrics]\nwindows = [\"quarter\"]\n"));
    assert_eq!(world.muster(&["run", "p.toml"]).code, 0);
    let cell = world
        .sql("p.toml", "SELECT value, n, censored FROM metrics WHERE metric = 'chat.first_answer' AND \"group\" = '' AND \"window\" = '2025Q1'");
    assert_eq!(cell, "value,n,censored\n24,1,0\n");
    let traced = world.muster(&["trace", "p.toml", "chat.first_answer", "--window", "2025Q1", "--format", "csv"]);
    assert_eq!(traced.code, 0, "{}", traced.err);
    assert!(
        traced.out.contains("slack:T1/C1/1740823200.000100") && traced.out.contains("slack:T1/C1/1740909600.000100"),
        "{}",
        traced.out
    );
}

#[test]
fn a_permalink_in_the_notes_finds_the_thread() {
    let world = World::new();
    folder(&world);
    world.write(
        "notes/2025-03-05.md",
        "# Meeting\n\n## Attendees\n\n- Ada (Acme)\n\n## Agenda\n\n- https://lantern.slack.com/archives/C1/p1740909600000100\n",
    );
    world.write("p.toml", file("export", "[[source]]\nkind = \"notes\"\nname = \"crew\"\npath = \"notes\"\n"));
    assert_eq!(world.muster(&["run", "p.toml"]).code, 0);
    assert_eq!(
        world.sql("p.toml", "SELECT thread, linked_by FROM threads"),
        "thread,linked_by\nslack:T1/C1/1740823200.000100,1\n"
    );
}

#[test]
fn a_profile_joins_who_chats_to_who_commits() {
    let world = World::new();
    folder(&world);
    world.write("clone/README.md", "x");
    world.git("clone", &["init", "--quiet"]);
    world.git("clone", &["commit", "--quiet", "--allow-empty", "-m", "Begin", "--author", "Ada <ada@mail.example>"]);
    world.write(
        "p.toml",
        file("export", "[[source]]\nkind = \"git\"\nrepository = \"acme/lantern\"\npath = \"clone\"\n"),
    );
    assert_eq!(world.muster(&["run", "p.toml"]).code, 0);
    let both = "SELECT count(DISTINCT kind) AS kinds FROM contributions WHERE name LIKE 'Ada%' GROUP BY person";
    assert_eq!(world.sql("p.toml", both), "kinds\n2\n");
}

#[test]
fn attendance_goes_out_and_comes_in_as_finos_keeps_it() {
    let world = World::new();
    world.write(
        "notes/2025-03-05.md",
        "# Meeting\n\n## Attendees\n\n- [Ada](https://github.com/ada) (Acme)\n- Bob Brown (Borealis)\n",
    );
    world.write("p.toml", format!("{PROJECT}[[source]]\nkind = \"notes\"\nname = \"crew\"\npath = \"notes\"\n"));
    assert_eq!(world.muster(&["run", "p.toml"]).code, 0);
    let table = world.read("out/evidence/attendance.csv");
    assert!(
        table.starts_with("email,name,org,githubid,cm_program,cm_title,cm_type,date\n,Ada,Acme,ada,crew,"),
        "{table}"
    );
    let again = PROJECT.replace("\"log\"", "\"log2\"").replace("\"out\"", "\"out2\"");
    let source = "[[source]]\nkind = \"attendance\"\nname = \"crew\"\npath = \"out/evidence/attendance.csv\"\n";
    world.write("q.toml", format!("{again}{source}"));
    let report = world.report(0, &["run", "q.toml"]);
    assert_eq!(report["sources"][0]["rejected"], 0, "{report}");
    let present = "SELECT name, organisation FROM attendance ORDER BY name";
    assert_eq!(world.sql("q.toml", present), world.sql("p.toml", present));
}
