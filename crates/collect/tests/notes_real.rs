//! The notes collector over the developers' data. They are not part of the repository.

use muster_collect::notes::{Config, open};
use muster_model::{Collector, Event, Payload, Problem, Severity};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn data(folder: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(folder)
}

struct Source {
    name: &'static str,
    path: PathBuf,
    events: Vec<Event>,
    problems: Vec<Problem>,
}

fn collect(name: &'static str, path: PathBuf) -> Source {
    let mut collector = open(&Config { name: name.to_owned(), path: path.clone() }, None).expect("a source");
    let mut source = Source { name, path, events: Vec::new(), problems: Vec::new() };
    while let Some(batch) = collector.next_batch().expect("a batch") {
        let rejected = batch.problems.iter().filter(|p| p.severity == Severity::Rejected).count();
        assert_eq!(batch.counts.read, (batch.events.len() + rejected) as u64);
        source.events.extend(batch.events);
        source.problems.extend(batch.problems);
    }
    source
}

fn meetings(name: &'static str) -> Source {
    collect(name, data("meetings").join(name))
}

impl Source {
    fn count(&self, file: &str, kind: &str) -> usize {
        let source = format!("notes:{}/{file}", self.name);
        self.events.iter().filter(|event| *event.source == source && event.kind() == kind).count()
    }

    fn meetings(&self) -> usize {
        self.events.iter().filter(|event| event.kind() == "meeting.held").count()
    }

    fn noted(&self, part: &str) -> usize {
        let said = |p: &&Problem| p.severity == Severity::Notice && p.message.contains(part);
        self.problems.iter().filter(said).count()
    }

    fn rejected(&self) -> Vec<&Problem> {
        self.problems.iter().filter(|problem| problem.severity == Severity::Rejected).collect()
    }

    /// Attendances and entries that were rejected as a whole, per file.
    fn people(&self) -> BTreeMap<String, usize> {
        let prefix = format!("notes:{}/", self.name);
        let mut people = BTreeMap::new();
        for event in self.events.iter().filter(|event| event.kind() == "meeting.attended") {
            *people.entry(event.source.strip_prefix(&prefix).expect("a source").to_owned()).or_insert(0) += 1;
        }
        for problem in self.rejected() {
            if !problem.message.contains("the attendance is read") {
                *people.entry(problem.file.clone()).or_insert(0) += 1;
            }
        }
        people
    }

    /// The same by a scanner that knows no Markdown: lines that begin an item below a heading or a front-matter key
    /// for attendees, and the commas in them.
    fn scanned(&self) -> BTreeMap<String, usize> {
        let mut people = BTreeMap::new();
        for file in files(&self.path) {
            let text = fs::read_to_string(&file).expect("a note");
            let count = scan(&text);
            if count > 0 {
                let name = file.strip_prefix(&self.path).expect("below").to_string_lossy().into_owned();
                people.insert(name, count);
            }
        }
        people
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn scan(text: &str) -> usize {
    let (mut inside, mut fenced, mut count) = (false, false, 0);
    for line in text.lines() {
        fenced ^= line.starts_with("```");
        let heading = line.trim_start_matches('#').trim().trim_end_matches(':').to_lowercase();
        let key = !line.starts_with(['-', '*', ' ']) && line.contains(':');
        if line.starts_with('#') || key || line == "---" {
            inside = matches!(heading.as_str(), "attendees" | "present" | "participants");
        } else if inside && !fenced && (line.trim_start().starts_with(['-', '*'])) {
            let bracketless = line.split('(').next().unwrap_or_default();
            count += 1 + bracketless.matches(',').count();
        }
    }
    count
}

const DATA: &str = "reads ../shared/data, which is not part of the repository; .ci/run runs it";

#[test]
#[ignore = "reads ../shared/data, which is not part of the repository; .ci/run runs it"]
fn every_page_of_dragonfly() {
    let source = meetings("dragonfly");
    assert_eq!((source.meetings(), source.noted("no meeting")), (15, 1), "{DATA}");
    assert_eq!(source.people(), source.scanned());
    for (file, kind, count) in [
        ("maintainer/2021-12-29/README.md", "meeting.attended", 9),
        ("maintainer/2021-12-29/README.md", "topic.raised", 2),
        ("maintainer/2024-06-27/README.md", "action.recorded", 3),
        ("maintainer/2025-06-17/README.md", "meeting.attended", 11),
        ("maintainer/2025-06-17/README.md", "affiliation.declared", 10),
        ("maintainer/2025-06-17/README.md", "item.reviewed", 32),
        ("maintainer/2025-06-17/README.md", "action.recorded", 8),
        ("maintainer/2025-06-17/README.md", "topic.raised", 3),
        ("maintainer/2025-10-14/README.md", "action.recorded", 9),
        ("maintainer/2025-12-16/README.md", "meeting.attended", 10),
        ("maintainer/2025-12-16/README.md", "topic.raised", 4),
        ("maintainer/2025-12-16/README.md", "action.recorded", 3),
    ] {
        assert_eq!(source.count(file, kind), count, "{file} {kind}");
    }
    let organisations: BTreeSet<_> = source
        .events
        .iter()
        .filter_map(|event| match &event.data {
            Payload::AffiliationDeclared(declared) => Some(declared.organisation.as_str()),
            _ => None,
        })
        .collect();
    assert!(!organisations.contains("Dragonfly") && !organisations.contains("Nydus"), "{organisations:?}");
    let message = source.events.iter().find(|event| event.id.contains("item/slack:C038X8KH1QT/1747035632.085719"));
    assert!(message.is_some_and(|event| event.url.is_some()));
}

#[test]
#[ignore = "reads ../shared/data, which is not part of the repository; .ci/run runs it"]
fn every_page_of_unikraft() {
    let source = meetings("unikraft");
    assert_eq!((source.meetings(), source.noted("no meeting")), (165, 2));
    assert_eq!(source.noted("the front matter says"), 15);
    let mut scanned = source.scanned();
    // Its README holds the template in a code block; the scanner counts no fenced line either.
    scanned.remove("README.md");
    assert_eq!(source.people(), scanned);
    for (file, kind, count) in [
        ("discussions/community/2022/2022-03-17.md", "meeting.attended", 15),
        ("discussions/kraft/2022-07-27.md", "action.recorded", 3),
        ("discussions/app-compat/procfs-2022-11-29.md", "meeting.attended", 3),
        ("discussions/app-compat/procfs-2022-11-29.md", "action.recorded", 1),
        ("discussions/gsoc/ss-2022-09-12.md", "action.recorded", 4),
        ("discussions/gsoc/ss-2022-09-12.md", "topic.raised", 2),
        ("hackathons/2022/2022-04-16.md", "meeting.attended", 0),
    ] {
        assert_eq!(source.count(file, kind), count, "{file} {kind}");
    }
    let held: BTreeSet<_> = source.events.iter().filter(|e| e.kind() == "meeting.held").map(|e| &e.id).collect();
    assert_eq!(held.len(), 165, "two meetings of one day in one series");
    assert!(source.rejected().iter().all(|problem| problem.line.is_some()));
}

#[test]
#[ignore = "reads ../shared/data, which is not part of the repository; .ci/run runs it"]
fn every_note_of_the_node_committee() {
    let source = meetings("nodejs-tsc");
    assert_eq!((source.meetings(), source.rejected().len()), (30, 0));
    assert_eq!(source.people(), source.scanned());
    for (file, count) in [
        ("2015-05-27.md", 14),
        ("2016-09-22.md", 10),
        ("2019-09-25.md", 11),
        ("2024-05-08.md", 14),
        ("2025-06-25.md", 16),
        ("io.js/2015-03-18.md", 6),
        ("node.js/2015-02-05.md", 7),
    ] {
        assert_eq!(source.count(file, "meeting.attended"), count, "{file}");
    }
    let affiliations = source.events.iter().filter(|event| event.kind() == "affiliation.declared").count();
    assert_eq!(affiliations, 0, "brackets there are roles");
}

#[test]
#[ignore = "reads ../shared/data, which is not part of the repository; .ci/run runs it"]
fn the_seeds() {
    let source = collect("seeds", data("seeds"));
    // Two of them have a list of attendees, none of those a date.
    let undated = source.rejected().iter().filter(|problem| problem.message.contains("no date")).count();
    assert_eq!(
        source.meetings() + undated + source.noted("no meeting"),
        files_txt(&data("seeds")),
        "{:?}",
        source.problems
    );
    // Under a dated path the same texts are meetings, and their broken lines are reported.
    let folder = tempfile::tempdir().expect("a folder");
    for file in fs::read_dir(data("seeds")).expect("a folder") {
        let file = file.expect("an entry");
        let to = folder.path().join(file.path().file_stem().expect("a name")).join("2025-07-29");
        fs::create_dir_all(&to).expect("a folder");
        fs::copy(file.path(), to.join("README.md")).expect("a copy");
    }
    let dated = collect("seeds", folder.path().to_owned());
    let broken: Vec<(&str, u32)> = dated
        .rejected()
        .iter()
        .filter(|problem| problem.message.contains("bracket"))
        .map(|problem| (&problem.file[..3], problem.line.unwrap_or(0)))
        .collect();
    assert_eq!(broken, [("000", 10), ("000", 14)]);
    let attended = |seed: &str| {
        let all = dated.events.iter().filter(|event| event.kind() == "meeting.attended");
        all.filter(|event| event.source.starts_with(&format!("notes:seeds/{seed}"))).count()
    };
    assert_eq!(["000", "001", "002", "004"].map(attended), [9, 11, 13, 11]);
}

fn files_txt(folder: &Path) -> usize {
    fs::read_dir(folder).expect("a folder").count()
}
