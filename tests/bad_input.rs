//! What is wrong with the input is said with file and line, and with what to do; what is good is kept.

use crate::archive::{PIPELINE, gzip, opened};
use crate::support::{FEW, Ran, World};
use std::io::Write as _;

/// A folder with one good file, and the bad one.
fn beside_a_good_file(name: &str, bytes: impl AsRef<[u8]>) -> World {
    let world = World::new();
    world.write("p.toml", format!("{PIPELINE}{FEW}"));
    world.write("archive/good.json", opened(1));
    world.write(&format!("archive/{name}"), bytes);
    world
}

/// Collects: all well, `new` events are new, and `said` is among what is said.
fn collect(world: &World, new: u64, rejected: u64, said: &str) {
    let ran = world.muster(&["collect", "p.toml", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains(said), "{said:?} is not in\n{}", ran.err);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let source = &report["sources"][0];
    assert_eq!((source["appended"].as_u64(), source["rejected"].as_u64()), (Some(new), Some(rejected)), "{}", ran.err);
    let show =
        world.muster(&["log", "p.toml", "show", "--type", "issue.opened", "--id", "github:acme/lantern#1/opened"]);
    assert!(show.out.contains("github:acme/lantern#1/opened"), "the good file's event is kept: {}", show.out);
    assert!(world.report(0, &["log", "p.toml", "verify"])["findings"].as_array().unwrap().is_empty());
    let again = world.report(0, &["collect", "p.toml"]);
    assert_eq!(again["sources"][0]["appended"], 0, "and the next run brings nothing twice");
}

#[test]
fn a_gzip_file_that_is_cut_short_gives_the_lines_before_the_cut() {
    let lines: String = (1..=400).map(|number| opened(number) + "\n").collect();
    let whole = gzip(&lines);
    let world = beside_a_good_file("cut.json.gz", &whole[..whole.len() / 2]);
    let ran = world.muster(&["collect", "p.toml", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let kept = report["sources"][0]["appended"].as_u64().unwrap();
    assert!(kept > 50 && kept < 400, "{kept}");
    assert_eq!(report["sources"][0]["rejected"], 1);
    let said = format!("cut.json.gz:{}: the file cannot be read to its end", kept + 1);
    assert!(ran.err.contains(&said) && ran.err.contains("download it again and run again"), "{said}\n{}", ran.err);
    world.write("archive/cut.json.gz", &whole);
    let mended = world.report(0, &["collect", "p.toml"]);
    assert_eq!(mended["sources"][0]["appended"], 400 - kept, "downloaded again, the rest comes");
}

#[test]
fn half_a_line_is_named_and_the_line_before_it_is_kept() {
    let (two, three) = (opened(2), opened(3));
    let world = beside_a_good_file("half.json", format!("{two}\n{}", &three[..three.len() / 2]));
    collect(&world, 2, 1, "half.json:2: the record ends in the middle: half a JSON line; the other records");
}

#[test]
fn bytes_that_are_no_utf8_cost_their_line_only() {
    let mut bytes = opened(2).replace("\"type\":\"IssuesEvent\"", "\"type\":\"Issues\u{1}Event\"").into_bytes();
    let at = bytes.iter().position(|byte| *byte == 1).unwrap();
    bytes[at] = 0xff;
    bytes.extend(format!("\n{}\n", opened(3)).bytes());
    let world = beside_a_good_file("latin.json", bytes);
    collect(&world, 2, 1, "latin.json:1: not JSON: invalid unicode code point");
}

#[test]
fn nul_bytes_cost_no_record_beside_them() {
    let mut bytes = vec![0; 4096];
    bytes.extend(format!("\n{}\0\0{}\n", opened(3), opened(4)).bytes());
    let world = beside_a_good_file("nul.json", bytes);
    collect(&world, 3, 0, "nul.json: lines of nothing but zero bytes: 1; download it again, or remove it");
}

#[test]
fn a_line_of_a_hundred_megabytes_is_passed_over() {
    let world = beside_a_good_file("long.json", opened(2) + "\n");
    let file = std::fs::OpenOptions::new().append(true).open(world.path("archive/long.json")).unwrap();
    let mut file = std::io::BufWriter::new(file);
    let block = vec![b'a'; 1 << 20];
    (0..100).for_each(|_| file.write_all(&block).unwrap());
    file.write_all(format!("\n{}\n", opened(3)).as_bytes()).unwrap();
    file.into_inner().unwrap();
    collect(&world, 3, 1, "long.json:2: a line of 104857600 bytes; a record has at most 33554432");
}

#[test]
fn an_empty_file_is_noted() {
    let world = beside_a_good_file("empty.json", "");
    collect(&world, 1, 0, "empty.json: the file is empty; download it again, or remove it");
}

/// Not a race: a link whose target is gone is what a listed file is that vanishes before it is opened.
#[test]
fn a_file_that_is_gone_when_it_is_opened_is_named_and_read_when_it_is_back() {
    let world = beside_a_good_file("other.json", opened(2));
    std::os::unix::fs::symlink(world.path("target.json"), world.path("archive/gone.json")).unwrap();
    collect(&world, 2, 1, "gone.json: the file cannot be opened: No such file or directory (os error 2); it was there");
    world.write("target.json", opened(3));
    let back = world.report(0, &["collect", "p.toml"]);
    assert_eq!(back["sources"][0]["appended"], 1);
}

#[test]
fn a_file_that_is_there_twice_gives_no_event_twice() {
    let world = beside_a_good_file("copy.json", opened(1));
    let report = world.report(0, &["collect", "p.toml"]);
    let source = &report["sources"][0];
    assert_eq!((source["read"].as_u64(), source["appended"].as_u64()), (Some(2), Some(1)));
    assert_eq!((source["duplicates"].as_u64(), source["conflicts"].as_u64()), (Some(1), Some(0)));
    assert_eq!(report["log"]["events"], 1);
}

#[test]
fn two_folders_with_files_of_one_name_are_both_read() {
    let world = World::new();
    world.write("p.toml", PIPELINE.replace("path = \"archive\"", "path = [\"a\", \"b\"]"));
    world.write("a/2025-02-01-0.json", opened(1));
    world.write("b/2025-02-01-0.json", opened(2));
    let report = world.report(0, &["collect", "p.toml"]);
    assert_eq!(report["sources"][0]["appended"], 2);
    assert_eq!(world.report(0, &["collect", "p.toml"])["sources"][0]["read"], 0);
}

#[test]
fn a_source_that_is_not_there_fails_and_the_others_are_completed() {
    let world = beside_a_good_file("more.json", opened(2));
    let more = |kind: &str, path: &str| {
        format!(
            "[[source]]\nkind = \"{kind}\"\nname = \"the-{kind}\"\nrepository = \"acme/lantern\"\npath = \"{path}\"\n"
        )
    };
    let missing = "[[source]]\nkind = \"gharchive\"\nname = \"missing\"\npath = \"nowhere\"\n";
    let archive = PIPELINE.split("[[source]]").nth(1).unwrap();
    let head = PIPELINE.split("[[source]]").next().unwrap();
    let sources = [missing.to_owned(), more("git", "no.bundle"), more("roster", "no-roster")].concat();
    world.write("p.toml", format!("{head}{sources}[[source]]{archive}{FEW}"));
    world.write("no.bundle", "hello\n");
    let ran = world.muster(&["run", "p.toml"]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    for said in [
        "source missing: ",
        "nowhere is not there\n  = mend `path` of this source in the pipeline file",
        "source the-git: ",
        "no.bundle is a file but no git bundle",
        "\n  = name a work tree or bare repository, or make a bundle with git bundle create FILE --all",
        "source the-roster: ",
        "no-roster cannot be read: No such file or directory",
    ] {
        assert!(ran.err.contains(said), "{said:?} is not in\n{}", ran.err);
    }
    assert_eq!(world.sql("p.toml", "SELECT count(*) AS n FROM issues"), "n\n2\n", "and the figures are made");
}

fn refused(ran: &Ran, said: &[&str]) {
    assert_eq!(ran.code, 2, "{}", ran.err);
    said.iter().for_each(|said| assert!(ran.err.contains(said), "{said:?} is not in\n{}", ran.err));
}

#[test]
fn mistakes_in_the_pipeline_file_are_drawn_at_their_places() {
    let world = World::new();
    let text = PIPELINE.replace("name = \"lantern\"", "nam = \"lantern\"").replace("log = \"log\"", "log = 3");
    world.write("p.toml", text.replace("\"gharchive\"", "\"gharchve\""));
    let ran = world.muster(&["run", "p.toml"]);
    refused(
        &ran,
        &[
            "error: unknown key `nam`\n  ┌─ p.toml:3:1\n3 │ nam = \"lantern\"\n  │ ^^^ did you mean `name`?\n",
            "error: log must be a string; found integer 3\n  ┌─ p.toml:4:7\n",
            "p.toml:8:8\n8 │ kind = \"gharchve\"\n  │        ^^^^^^^^^^ did you mean \"gharchive\"?\n",
        ],
    );
    assert!(!world.path("log").exists() && !world.path("out").exists(), "nothing is begun");
    refused(&world.muster(&["run", "none.toml"]), &["none.toml"]);
}

#[test]
fn a_log_that_cannot_be_written_is_named_with_what_to_do() {
    let world = beside_a_good_file("more.json", opened(2));
    world.write("file", "not a folder");
    let ran = world.muster(&["run", "p.toml", "--set", "project.log=file/log"]);
    refused(&ran, &["cannot create the log", "file/log", "  = make", "or name another place for the log"]);
    let ran = world.muster(&["run", "p.toml", "--set", "project.out=file/out"]);
    refused(&ran, &["file/out"]);
}

#[test]
fn a_log_of_a_later_muster_is_read_and_never_written() {
    let world = beside_a_good_file("more.json", opened(2));
    assert_eq!(world.muster(&["collect", "p.toml"]).code, 0);
    let first = "log/_delta_log/00000000000000000000.json";
    let text = world.read(first);
    assert!(text.contains("\"muster.format\":\"1\""), "{text}");
    world.write(first, text.replace("\"muster.format\":\"1\"", "\"muster.format\":\"2\""));
    world.write("archive/third.json", opened(3));
    let before = world.tree("log");
    refused(&world.muster(&["run", "p.toml"]), &["log", "later", "  = "]);
    assert!(before == world.tree("log"), "no byte of it changed");
    assert_eq!(world.sql("p.toml", "SELECT count(*) AS n FROM events"), "n\n2\n");
    let info = world.report(0, &["log", "p.toml", "info"]);
    assert_eq!((info["format"].as_u64(), info["events"].as_u64()), (Some(2), Some(2)));
}
