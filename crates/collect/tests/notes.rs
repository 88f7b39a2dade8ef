//! The notes collector over notes of every layout; all of them invented.

use muster_collect::notes::{Config, open};
use muster_model::payload::{ActionRecorded, ItemReviewed};
use muster_model::{Batch, Collector, Cursor, Event, Payload, Problem, Severity};
use std::fs;
use std::path::Path;

fn collect(folder: &Path, cursor: Option<&Cursor>) -> Vec<Batch> {
    let config = Config { name: "lantern".to_owned(), path: folder.to_owned() };
    let mut collector = open(&config, cursor).expect("a source");
    let mut batches = Vec::new();
    while let Some(batch) = collector.next_batch().expect("a batch") {
        let rejected = batch.problems.iter().filter(|p| p.severity == Severity::Rejected).count();
        assert_eq!(batch.counts.read, (batch.events.len() + rejected) as u64);
        batches.push(batch);
    }
    batches
}

struct Read {
    events: Vec<Event>,
    problems: Vec<Problem>,
}

fn read_all(files: &[(&str, &[u8])]) -> Read {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, content).expect("a file");
    }
    let mut read = Read { events: Vec::new(), problems: Vec::new() };
    for batch in collect(folder.path(), None) {
        read.events.extend(batch.events);
        read.problems.extend(batch.problems);
    }
    read
}

fn read(name: &str, content: &str) -> Read {
    read_all(&[(name, content.as_bytes())])
}

impl Read {
    /// Name, account and organisation or role of who was there.
    fn attendees(&self) -> Vec<String> {
        let line = |event: &Event| match &event.data {
            Payload::MeetingAttended(a) => {
                let said = a.organisation.iter().chain(&a.role).map(|text| format!(" ({text})")).collect::<String>();
                let actor = event.actor.as_deref().expect("an actor");
                Some(format!("{}{said}", actor.strip_prefix("name:lantern/").unwrap_or(actor)))
            }
            _ => None,
        };
        self.events.iter().filter_map(line).collect()
    }

    fn meetings(&self) -> Vec<&str> {
        let held = |event: &&Event| matches!(event.data, Payload::MeetingHeld(_));
        self.events.iter().filter(held).map(|event| event.subject.as_str()).collect()
    }

    fn topics(&self) -> Vec<&str> {
        self.events
            .iter()
            .filter_map(|e| if let Payload::TopicRaised(t) = &e.data { Some(t.text.as_str()) } else { None })
            .collect()
    }

    fn decisions(&self) -> Vec<&str> {
        self.events
            .iter()
            .filter_map(|e| if let Payload::DecisionRecorded(d) = &e.data { Some(d.text.as_str()) } else { None })
            .collect()
    }

    fn actions(&self) -> Vec<String> {
        let line = |e: &Event| match &e.data {
            Payload::ActionRecorded(ActionRecorded { text, owners, state }) => {
                let owners: Vec<&str> = owners.iter().map(|o| o.strip_prefix("name:lantern/").unwrap_or(o)).collect();
                Some(format!("{state}: {text} <{}>", owners.join(",")))
            }
            _ => None,
        };
        self.events.iter().filter_map(line).collect()
    }

    fn items(&self) -> Vec<String> {
        let line = |e: &Event| match &e.data {
            Payload::ItemReviewed(ItemReviewed { item, kind, status }) => {
                Some(format!("{item} {kind} {}", status.as_deref().unwrap_or("-")))
            }
            _ => None,
        };
        self.events.iter().filter_map(line).collect()
    }

    fn rejected(&self) -> Vec<(Option<u32>, &str)> {
        let rejected = self.problems.iter().filter(|p| p.severity == Severity::Rejected);
        rejected.map(|p| (p.line, p.message.as_str())).collect()
    }

    fn notices(&self) -> Vec<(Option<u32>, &str)> {
        let noted = self.problems.iter().filter(|p| p.severity == Severity::Notice);
        noted.map(|p| (p.line, p.message.as_str())).collect()
    }
}

const LINKED: &str = "\
# Maintainer Meeting

## Attendees

- [Ada Lee](https://github.com/AdaLee) (Acme/Lantern/Wick)
- [bo](https://github.com/bo) (Beta Foundation
/Lantern)
- Cy Day (Acme)
- [Di Eng](https://github.com/di-eng) (Wick)
- Ed (Lantern)

## Topics

- Ways of working. @AdaLee
  - detail

## Reviews

### TODO

- https://github.com/acme/lantern/issues/1 @bo
- <https://github.com/acme/lantern/pull/2> @bo [pending]

### WIP

#### Lantern

- [acme/wick#3](https://github.com/acme/wick/issues/3)
- https://chat.slack.com/archives/C01AB/p1741188384363019?thread_ts=1741188000.000100&cid=C01AB @bo

### Done

- acme/lantern#4

## Actions

- [ ] Write the docs. @AdaLee @bo
- [x] Call the venue. @all
  - [x] Book it. @bo
  - a remark
- Sign the paper. @bo

## Next Meeting

Date: 2025-07-01
";

#[test]
fn a_list_of_linked_names_with_companies() {
    let read = read("maintainer/2025-06-17/README.md", LINKED);
    assert_eq!(read.problems, []);
    assert_eq!(read.meetings(), ["meeting:maintainer/2025-06-17"]);
    assert_eq!(
        read.attendees(),
        ["github:adalee (Acme)", "github:bo (Beta Foundation)", "Cy Day (Acme)", "github:di-eng", "Ed"]
    );
    assert_eq!(read.topics(), ["Ways of working. @AdaLee"]);
    assert_eq!(
        read.actions(),
        [
            "open: Write the docs. <github:adalee,github:bo>",
            "done: Call the venue. @all <>",
            "done: Book it. <github:bo>",
            "open: Sign the paper. <github:bo>",
        ]
    );
    assert_eq!(
        read.items(),
        [
            "github:acme/lantern#1 issue todo",
            "github:acme/lantern#2 pull_request pending",
            "github:acme/wick#3 issue wip",
            "slack:C01AB/1741188384.363019 message wip",
            "github:acme/lantern#4 item done",
        ]
    );
    let ids: Vec<&str> = read.events.iter().map(|event| event.id.as_str()).collect();
    for id in [
        "notes:lantern/maintainer/2025-06-17/held",
        "notes:lantern/maintainer/2025-06-17/attended/github:adalee",
        "notes:lantern/maintainer/2025-06-17/attended/name:lantern/Cy Day",
        "notes:lantern/maintainer/2025-06-17/linked/name:lantern/Ada Lee",
        "notes:lantern/maintainer/2025-06-17/affiliation/github:adalee",
        "notes:lantern/maintainer/2025-06-17/item/github:acme/lantern#1",
    ] {
        assert!(ids.contains(&id), "{id} is not in {ids:#?}");
    }
    let declared = read.events.iter().find_map(|event| match &event.data {
        Payload::AffiliationDeclared(declared) => Some(declared),
        _ => None,
    });
    assert_eq!(declared.map(|d| d.projects.join(",")).as_deref(), Some("Lantern,Wick"));
    let first = &read.events[0];
    assert_eq!(first.time.to_string(), "2025-06-17T00:00:00Z");
    assert_eq!(&*first.source, "notes:lantern/maintainer/2025-06-17/README.md");
}

#[test]
fn front_matter_with_participants_and_speakers_by_initials() {
    let note = "---\ntitle: \"Lamp WG, June 17, 2025\"\ndatetime: 2025-06-17T10:00:00+02:00\nlocation: Online\n\
                participants:\n- AdaL\n- Bö\n---\n\n## :dart: Agenda\n\n- Status\n- Wick\n\n\
                 ## :closed_book: Discussions\n\n\
                AL: We have a plan:\n- one\n- two\n\n### Wick\n\nBB: Later.\n\n## :wrench: TODOs and Decisions\n\n\
                AL: Write docs.\nAsk around.\n\nAL/BB: Test\n\nWe meet on Mondays.\n\nTODO: Find a room\n";
    let read = read("wg/lamp-2025-06-17.md", note);
    assert_eq!(read.problems, []);
    assert_eq!(read.meetings(), ["meeting:wg/lamp/2025-06-17"]);
    assert_eq!(read.attendees(), ["AdaL", "Bö"]);
    assert_eq!(read.topics(), ["Status", "Wick", "Wick"]);
    assert_eq!(read.actions(), ["open: Write docs. Ask around. <AL>", "open: Test <AL,BB>", "open: Find a room <>"]);
    assert_eq!(read.decisions(), ["We meet on Mondays."]);
    assert_eq!(read.events[0].time.to_string(), "2025-06-17T08:00:00Z");
    let Payload::MeetingHeld(held) = &read.events[0].data else { panic!("the meeting comes first") };
    assert_eq!((held.title.as_deref(), held.location.as_deref()), (Some("Lamp WG, June 17, 2025"), Some("Online")));
}

#[test]
fn a_committee_with_logins_and_roles() {
    let note = "# Lantern TSC Meeting 2025-06-17\n\n## Links\n\n* **Issue**: <https://github.com/acme/tsc/issues/9>\n\n\
                ## Present\n\n* Ada Lee @ada (TSC)\n* Bo Berg @bo1 (observer/Acme)\n\
                 * Cy Day @<cy@example.org> (Guest - rep)\n\n\
                ### Announcements\n\n* Nothing to say about it here.\n\n## Agenda\n\n### acme/lantern\n\n\
                * Lamps [#1](https://github.com/acme/lantern/issues/1)\n  * agreed\n\n## Upcoming Meetings\n\n* none\n";
    let read = read("2025-06-17.md", note);
    assert_eq!(read.problems, []);
    assert_eq!(read.meetings(), ["meeting:lantern/2025-06-17"]);
    assert_eq!(read.attendees(), ["github:ada (TSC)", "github:bo1 (observer/Acme)", "Cy Day (Guest - rep)"]);
    assert_eq!(read.topics(), ["Nothing to say about it here.", "Lamps #1"]);
    assert!(read.actions().is_empty());
}

#[test]
fn many_meetings_in_one_file() {
    let note = "# Weekly call\n\nHow to join.\n\n# 2025\n\n## June 17 (APAC)\n\nAttendees:\n\n* Ada Lee\n* Bo Berg\n\n\
                Cancelled is nothing.\n\nAgenda:\n\n* [ada] Lamps\n  * detail\n\n## June 17 (EMEA)\n\n\
                * Host: Ada Lee\n* Attendees:\n    * Cy Day\n    * Di Eng (Acme)\n* Lamps\n\n\
                ## June 10\n\nCanceled due to no agenda.\n\n## 2025-06-031\n\nAttendees: Zed\n\n# 2024\n\n\
                ## Dec 3rd, 2024 | [Weekly](https://example.org)\n\n**Attendees:** Ada, Bo & Cy; Di\n\n\
                 **Action items**\n\n\
                - [ ] [Ada] Buy oil\n";
    let read = read("archive/weekly-notes.md", note);
    assert_eq!(
        read.meetings(),
        [
            "meeting:archive/weekly-notes/2025-06-17",
            "meeting:archive/weekly-notes/emea/2025-06-17",
            "meeting:archive/weekly-notes/2024-12-03"
        ]
    );
    assert_eq!(
        read.attendees(),
        ["Ada Lee", "Bo Berg", "Cy Day", "Di Eng (Acme)", "Ada Lee (Host)", "Ada", "Bo", "Cy", "Di"]
    );
    assert_eq!(read.topics(), ["[ada] Lamps"]);
    assert_eq!(read.actions(), ["open: Buy oil <Ada>"]);
    assert_eq!(read.rejected().len(), 1);
    assert_eq!(read.rejected()[0].0, Some(33));
    assert!(read.notices()[0].1.contains("cancelled"), "{:?}", read.notices());
}

#[test]
fn an_export_with_bold_dates() {
    let note = "**June 17, 2025**\n\nPresent: Ada (Acme), Bo\n\n**June 10, 2025**\n\nPresent: Cy\n";
    let read = read("notes.md", note);
    assert_eq!(read.meetings(), ["meeting:lantern/2025-06-17", "meeting:lantern/2025-06-10"]);
    assert_eq!(read.attendees(), ["Ada (Acme)", "Bo", "Cy"]);
}

#[test]
fn attendees_in_every_layout() {
    for (layout, expected) in [
        ("**Attendees:** Ada Lee, Bo Berg (Acme, Inc.) and Cy Day\n", &["Ada Lee", "Bo Berg (Acme)", "Cy Day"][..]),
        ("Present: Ada; Bo; Cy. Regrets: Di, Ed\n", &["Ada", "Bo", "Cy"]),
        ("Present: Ada, Bo; Regrets: Cy\n", &["Ada", "Bo"]),
        ("Attendees:\nAda Lee\nBo Berg\n", &["Ada Lee", "Bo Berg"]),
        ("### Attendees\n\nAda Lee, Bo Berg\nCy Day\n", &["Ada Lee", "Bo Berg", "Cy Day"]),
        ("### Attendees\n\n* [x] Ada Lee\n* [ ] Bo Berg\n* [X] Cy Day\n", &["Ada Lee", "Cy Day"]),
        (
            "### Attendees\n\n#### Voting members\n\n* Ada | Acme | Oslo\n\n#### Guests\n\n* Bo - Beta Ltd\n",
            &["Ada (Acme)", "Bo (Beta Ltd)"],
        ),
        ("### Attendees\n\n* TSC\n  * Ada\n* Guests:\n  * Bo\n", &["Ada", "Bo"]),
        ("### Attendees\n\n* TSC: Ada, Bo\n* Regrets: Cy\n", &["Ada", "Bo"]),
        ("### Attendees\n\n* Ada, Acme\n* Bo, Beta\n* Cy, Acme\n", &["Ada (Acme)", "Bo (Beta)", "Cy (Acme)"]),
        (
            "### Attendees\n\n* Ada ([@ada1](https://github.com/ada1)) (Acme)\n* @bo1\n",
            &["github:ada1 (Acme)", "github:bo1"],
        ),
        (
            "### Attendees\n\n| Name | Company | GitHub | Attended |\n|---|---|---|---|\n\
             | Ada | Acme | @ada1 | yes |\n| Bo | Beta | | no |\n",
            &["github:ada1 (Acme)"],
        ),
        ("### Participants\n\n1. Ada\n2. Bo\n\n### Apologies\n\n1. Cy\n", &["Ada", "Bo"]),
        ("### 参会人员\n\n张三、李四\n", &["张三", "李四"]),
        (
            "- Ada ([@ada1](https://github.com/ada1)) (lead)\n- [Bo](https://github.com/bo1)\n\n### Agenda\n\
             \n- x @bo1\n",
            &["github:ada1 (lead)", "github:bo1"],
        ),
        (
            "### Attendees\n\n- Chair: Ada\n- Scribe: Bo\n- Participants: Cy, Di\n",
            &["Ada (Chair)", "Bo (Scribe)", "Cy", "Di"],
        ),
        ("**Attendees**:\nAda Lee (Chairman)\nBo Berg (Note taker)\n", &["Ada Lee (Chairman)", "Bo Berg (Note taker)"]),
        ("### Attendees\n\nAda Lee - (Acme), Bo Berg - (Beta S.p.A.)\n", &["Ada Lee (Acme)", "Bo Berg (Beta S.p.A.)"]),
        ("- **Present**: Ada, Bo\n- **Regrets**: Cy\n", &["Ada", "Bo"]),
        ("### Attendees\n\n<!-- add your name -->\n- Ada\n<!-- - Bo -->\n", &["Ada"]),
        ("#### Not present\n\n- Ada\n\n#### Present\n\n- Bo\n", &["Bo"]),
    ] {
        let read = read("2025-06-17.md", &format!("# Call\n\n{layout}"));
        assert_eq!(read.attendees(), expected, "{layout}");
        assert_eq!(read.rejected(), [], "{layout}");
    }
}

/// Who is read from a note of one day, and the lines that are rejected.
fn people(note: &str) -> (Vec<String>, Vec<u32>) {
    let read = read("2025-06-17.md", &format!("# Call\n\n{note}"));
    let lines = read.rejected().iter().map(|(line, _)| line.unwrap_or(0)).collect();
    (read.attendees(), lines)
}

fn expect_people(cases: &[(&str, &[&str])]) {
    for (note, expected) in cases {
        let (attendees, rejected) = people(note);
        assert_eq!((attendees, rejected.len()), (expected.iter().map(|&e| e.to_owned()).collect(), 0), "{note}");
    }
}

#[test]
fn a_line_of_attendees_ends_before_the_next_list() {
    expect_people(&[
        ("Attendees: Ada Lee, Bo Berg\n\n- Opening by chair\n- Budget\n", &["Ada Lee", "Bo Berg"]),
        ("**Present:** Ada Lee, Bo Berg\n\n* Lamps (Wick)\n", &["Ada Lee", "Bo Berg"]),
        ("**Attendees**\n\nAda Lee, Bo Berg\n\n1. Opening\n2. Budget\n", &["Ada Lee", "Bo Berg"]),
        ("Attendees:\n\n- Ada Lee\n- Bo Berg\n", &["Ada Lee", "Bo Berg"]),
    ]);
    assert_eq!(people("Attendees: (add your name)\n\n- Ada Lee\n").0, ["Ada Lee"]);
}

#[test]
fn a_head_of_keys_and_values() {
    expect_people(&[
        ("**Date:** 2025-06-17\n**Attendees:** Ada Lee (Acme), Bo Berg\n", &["Ada Lee (Acme)", "Bo Berg"]),
        (
            "Date: June 17\nPlace: Oslo\nPresent: Ada Lee, Bo Berg\nRegrets: Cy Day\nWeather: fine\n",
            &["Ada Lee", "Bo Berg"],
        ),
        (
            "**Host:** Ada Lee\n**Notes:** Bo Berg\n**Attendees:**\n- Bo Berg\n- Cy Day\n",
            &["Bo Berg", "Cy Day", "Ada Lee (Host)"],
        ),
        ("Chair: Ada L.\nPresent: Ada Lee (Acme), Bo Berg\n", &["Ada Lee (Acme)", "Bo Berg"]),
        ("Name of meeting: Council\nPeople present: Ada Lee [host], Bo Berg\n", &["Ada Lee (host)", "Bo Berg"]),
        ("Attendees:\n- Ada Lee\n- Bo Berg\nRegrets:\n- Cy Day\nAgenda:\n- Lamps\n", &["Ada Lee", "Bo Berg"]),
        // Who leads is no list of who was there.
        ("Chair: Ada Lee\n\n## Agenda\n\n- Lamps\n", &[]),
    ]);
}

#[test]
fn labels_beside_that_of_the_attendees() {
    expect_people(&[
        (
            "* **Present**: Ada Lee\n* **Absent**: Bo Berg\n* **Guests**: Cy Day, Di Eng\n* **Chair**: Ed Fox\n* **Scribe**: Gil Hay\n",
            &["Ada Lee", "Cy Day", "Di Eng", "Ed Fox (Chair)", "Gil Hay (Scribe)"],
        ),
        ("## Procedure\n\n### Round\n\n- Attendees: Ada, Bo\n- Apologies: Cy\n- Facilitator: Ada\n", &["Ada", "Bo"]),
        ("### Call A\n\nPresent: Ada, Bo\n\n### Call B\n\nPresent: Cy\n", &["Ada", "Bo", "Cy"]),
        (
            "## Attendees\n\n- Ada Lee\n\n## Guests\n\n- Bo Berg\n\n## Community\n\n- Road Map\n",
            &["Ada Lee", "Bo Berg"],
        ),
        ("Attendees: Ada\n\n## Fair\n\n- Participants: Bo\n", &["Ada"]),
        ("Attendees: Ada\n\nQuorum is present.\n\n- Approve the minutes\n", &["Ada"]),
        ("Quorum is present.\n\n- Approve the minutes\n", &[]),
    ]);
}

#[test]
fn who_was_absent_is_no_attendee() {
    expect_people(&[
        (
            "## Attendees\n\n- Ada Lee (Acme) - not present\n- Bo Berg (Acme) - present\n- Cy Day - absent\n- Di Eng (regrets)\n\
             - ~~Ed Fox~~\n- ~~Gil Hay (Acme)~~ can't attend this time.\n- Hal Ito (absent)\n- Ida Jay, absent\n- Kim Lou, present\n",
            &["Bo Berg (Acme)", "Kim Lou"],
        ),
        ("## Attendees\n\n- Ada Lee | Acme | regrets\n- Bo Berg | Acme | Oslo\n", &["Bo Berg (Acme)"]),
        ("## Attendees\n\n- Ada\n\n## Previous Attendees\n\n- Bo\n", &["Ada"]),
        ("## Attendees\n\n- Ada\n\n### Missing\n\n- Bo Berg\n- Cy Day\n", &["Ada"]),
        (
            "## Attendees\n\n| Name | Company | Present |\n|--|--|--|\n| Ada | Acme | yes |\n| Bo | Acme | no (vacation) |\n\
             | Cy | Beta | apologies |\n",
            &["Ada (Acme)"],
        ),
        ("## Attendees\n\n- Ada Lee (left early)\n", &["Ada Lee (left early)"]),
    ]);
}

#[test]
fn what_stands_before_a_colon_among_attendees() {
    expect_people(&[
        ("## Attendees\n\n* Build team: @acme/build\n* Ada Lee @ada1\n", &["github:ada1"]),
        (
            "## Attendees\n\n- Acme: Ada Lee, Bo Berg\n- Beta: Cy Day\n",
            &["Ada Lee (Acme)", "Bo Berg (Acme)", "Cy Day (Beta)"],
        ),
        ("## Attendees\n\nAL: Ada Lee\nBB: Bo Berg-Berg (Acme)\n", &["Ada Lee", "Bo Berg-Berg (Acme)"]),
        ("## Attendees\n\n* AL - Ada Lee\n* BB: Bo Berg\n", &["Ada Lee", "Bo Berg"]),
        ("## Attendees\n\n- Acme\n  - Ada Lee\n  - Bo Berg\n", &["Ada Lee", "Bo Berg"]),
        ("## Attendees\n\n- Ada Lee: Acme\n", &["Ada Lee (Acme)"]),
    ]);
    assert_eq!(people("## Attendees\n\n- Ada Lee: had to leave\n"), (vec!["Ada Lee".to_owned()], vec![5]));
    assert_eq!(people("## Attendees\n\n- Beta: Cy Day\n"), (vec![], vec![5]));
    assert_eq!(people("## Attendees\n\n- Beta\n  - Cy Day\n"), (vec!["Cy Day".to_owned()], vec![5]));
}

#[test]
fn a_comma_before_a_company() {
    expect_people(&[
        (
            "## Attendees\n\n- Ada Lee - Acme, Inc.\n- Bo Berg - Beta Labs, LLC\n\n### Others\n\n- Cy Day, Acme\n- Di Eng, Beta\n- Ed Fox\n",
            &["Ada Lee (Acme)", "Bo Berg (Beta Labs)", "Cy Day (Acme)", "Di Eng (Beta)", "Ed Fox"],
        ),
        (
            "## Attendees\n\n- Ada Lee, Acme\n- Bo Berg, Beta Labs\n- Cy Day\n- Di Eng\n- Ed Fox, PhD\n",
            &["Ada Lee (Acme)", "Bo Berg (Beta Labs)", "Cy Day", "Di Eng", "Ed Fox"],
        ),
        (
            "## Attendees\n\n- Ada Lee\n- Bo Berg, ACME (late because of a train).\n- Cy Day\n",
            &["Ada Lee", "Bo Berg (ACME)", "Cy Day"],
        ),
        ("## Attendees\n\n- Ada Lee, Bo Berg, Cy Day\n", &["Ada Lee", "Bo Berg", "Cy Day"]),
        ("Attendees: Ada Lee, MD, Bo Berg, PhD\n", &["Ada Lee", "Bo Berg"]),
    ]);
    let (attendees, rejected) = people("## Attendees\n\n- Ada Lee\n- Bo Berg, Cy Day\n- Di Eng\n");
    assert_eq!((attendees, rejected), (vec!["Ada Lee".to_owned(), "Di Eng".to_owned()], vec![6]));
}

#[test]
fn a_remark_in_brackets_is_no_company() {
    expect_people(&[(
        "## Attendees\n\n- Ada Lee (wrote the parser)\n- Bo Berg (from 15:30)\n- Cy Day (UTC+2)\n- Di Eng (first time!)\n\
         - Ed Fox (eBay Inc)\n- Gil Hay (acme)\n- Hal Ito (independent)\n- Ida Jay (Invited expert)\n- Kim Lou (voting member)\n\
         - Lea Mau (independent contributor)\n- Max Nys (Independent)\n",
        &[
            "Ada Lee",
            "Bo Berg",
            "Cy Day",
            "Di Eng",
            "Ed Fox (eBay Inc)",
            "Gil Hay (acme)",
            "Hal Ito (independent)",
            "Ida Jay (Invited expert)",
            "Kim Lou (voting member)",
            "Lea Mau (independent contributor)",
            "Max Nys (Independent)",
        ],
    )]);
}

#[test]
fn a_company_beside_a_remark_or_in_small_letters_is_kept() {
    let read = |bracket: &str| people(&format!("## Attendees\n\n- Ada Novak {bracket}\n- Bo Lind\n")).0[0].clone();
    for (bracket, expected) in [
        ("(ant group)", "ant group"),
        ("(huawei cloud)", "huawei cloud"),
        ("(red hat)", "red hat"),
        ("(acme labs)", "acme labs"),
        ("- ant group", "ant group"),
        ("(ant group/lantern)", "ant group"),
        ("(Acme, 15:30 onwards)", "Acme"),
        ("(Acme, first time!)", "Acme"),
        ("(Acme, first time here, yay)", "Acme"),
        ("(Acme, UTC+1)", "Acme"),
        ("(Acme; UTC+1)", "Acme"),
        ("(Yahoo!)", "Yahoo!"),
        ("(UTCloud)", "UTCloud"),
        ("(GMTech)", "GMTech"),
        ("(Acme, joined 15:10)", "Acme) (joined 15:10"),
    ] {
        assert_eq!(read(bracket), format!("Ada Novak ({expected})"), "{bracket}");
    }
    for bracket in ["(working on the CI/CD of lamps)", "(UTC)", "(first time here, yay)", "(15:10)"] {
        assert_eq!(read(bracket), "Ada Novak", "{bracket}");
    }
}

#[test]
fn a_person_above_a_list_is_kept() {
    expect_people(&[
        (
            "## Attendees\n\n- Ada Novak\n  - Bo Lind\n  - Cy Moss\n- Di Eng\n",
            &["Ada Novak", "Bo Lind", "Cy Moss", "Di Eng"],
        ),
        ("## Attendees\n\n- Acme\n  - Bo Lind\n  - Cy Moss\n", &["Bo Lind", "Cy Moss"]),
        ("## Attendees\n\n- Acme Labs\n  - Bo Lind\n  - Cy Moss\n", &["Bo Lind", "Cy Moss"]),
        ("## Attendees\n\n- Members\n  - Bo\n  - Cy Moss\n", &["Bo", "Cy Moss"]),
        ("## Attendees\n\n- Ada Novak\n  - @bo1\n  - @cy1\n", &["Ada Novak", "github:bo1", "github:cy1"]),
    ]);
    let storage = people("## Attendees\n\n- Ada Novak\n  - Storage Engine\n  - Release Notes\n- Bo Lind\n");
    assert_eq!(storage, (vec!["Ada Novak".to_owned(), "Bo Lind".to_owned()], vec![6, 7]));
    let note = "## Attendees\n\n- Ada Novak\n  - storage engine\n  - @bo1\n- Cy\n";
    assert_eq!(people(note), (vec!["Ada Novak".to_owned(), "github:bo1".to_owned(), "Cy".to_owned()], vec![6]));
}

#[test]
fn officers_and_groups_invent_nobody() {
    expect_people(&[
        (
            "**Chair**: Ada Novak (Acme)\n**Scribe**: Zoe Kim\n**Time**: 15:00\n\n## Attendees\n\n- Bo Lind\n",
            &["Bo Lind", "Ada Novak (Acme) (Chair)", "Zoe Kim (Scribe)"],
        ),
        ("**Chair**: Ada Novak\nWe met at noon\n\n## Attendees\n\n- Bo Lind\n", &["Bo Lind", "Ada Novak (Chair)"]),
        (
            "- Host: next week Bo\n- Scribe: rotating\n- Chair: @ada1\n\n## Attendees\n\n- Bo Lind\n",
            &["Bo Lind", "github:ada1 (Chair)"],
        ),
        ("Attendees: Bo Lind\n\nOthers: new website, new logo\n\n**Team:** Storage, Network\n", &["Bo Lind"]),
        ("Attendees: Bo Lind\n\n**Members:** 12\n\n**Community:** meeting moved\n\nGuests: many\n", &["Bo Lind"]),
        ("Attendees: Bo Lind\n\nGuests: Cy Moss, @di1\n", &["Bo Lind", "Cy Moss", "github:di1"]),
        ("## Attendees\n\n- Bo Lind\n\n## Members\n\n- Membership Committee\n", &["Bo Lind"]),
        ("## Attendees\n\n- Bo Lind\n\n## Maintainers\n\n- Promote Cy Moss\n", &["Bo Lind"]),
        ("## Attendees\n\n- Bo Lind\n\n## Contributors\n\n| Name | PRs |\n|--|--|\n| Cy Moss | 3 |\n", &["Bo Lind"]),
        ("## Attendees\n\n- Bo Lind\n\n## Members\n\n- Cy Moss @cy1\n", &["Bo Lind", "github:cy1"]),
    ]);
}

#[test]
fn two_people_or_what_somebody_says() {
    expect_people(&[
        (
            "## Attendees\n\n- Ada Novak (Acme), Bo Lind (Beta)\n- Cy Moss\n- Di Eng\n",
            &["Ada Novak (Acme)", "Bo Lind (Beta)", "Cy Moss", "Di Eng"],
        ),
        (
            "## Attendees\n\n- Ada Novak, Bo Lind @bo1\n- Cy Moss\n- Di Eng\n",
            &["Ada Novak", "github:bo1", "Cy Moss", "Di Eng"],
        ),
        (
            "## Attendees\n\n- Ada Novak, [Bo Lind](https://github.com/bo1)\n- Cy Moss\n- Di Eng\n",
            &["Ada Novak", "github:bo1", "Cy Moss", "Di Eng"],
        ),
        ("## Attendees\n\n- Ada Novak (Acme): chairs\n- Bo Lind: Beta\n", &["Ada Novak (Acme)", "Bo Lind (Beta)"]),
    ]);
    let fay = people("## Attendees\n\n- Fay Hill: https://github.com/fayh\n- Bo Lind\n");
    assert!(fay.1.is_empty() && fay.0.iter().all(|name| !name.contains('(')) && fay.0.len() == 2, "{fay:?}");
    assert_eq!(people("## Attendees\n\n- Fay Hill: demo\n").0, ["Fay Hill"]);
    assert_eq!(
        people("## Attendees\n\n- Cy Moss: storage, docs\n- Bo Lind\n- Di Eng\n").0,
        ["Cy Moss", "Bo Lind", "Di Eng"]
    );
}

#[test]
fn a_decision_can_be_about_the_next_meeting() {
    let note =
        "# Call\n\n## Decisions\n\n- Next meeting is moved to Tuesday\n- Next meeting: Monday\n- We meet next in May\n";
    assert_eq!(read("2025-06-17.md", note).decisions(), ["Next meeting is moved to Tuesday"]);
}

#[test]
fn a_company_can_begin_like_a_role() {
    let read = |bracket: &str| {
        let read = read("2025-06-17.md", &format!("# Call\n\n## Attendees\n\n- Ada Novak ({bracket})\n"));
        let attended = read.events.iter().find_map(|event| match &event.data {
            Payload::MeetingAttended(a) => Some((a.organisation.is_some(), a.role.is_some())),
            _ => None,
        });
        attended.expect("an attendee")
    };
    for company in
        ["New Relic", "TAG Heuer", "Lead Bank", "Student Union", "Virtual Labs", "Remote Systems", "SIG Sauer"]
    {
        assert_eq!(read(company), (true, false), "{company}");
    }
    for role in [
        "voting member",
        "TSC",
        "new member",
        "SIG lead",
        "SIG Docs",
        "TAG Security",
        "Left early",
        "remote",
        "lead maintainer",
        "Student at Acme",
        "new attendee",
        "tag chair",
    ] {
        assert_eq!(read(role), (false, true), "{role}");
    }
}

#[test]
fn people_without_a_comma_between_and_links_to_addresses() {
    expect_people(&[
        (
            "## Attendees\n\n- @ada1 @bo1\n- Cy Day (Acme) + Di Eng (Acme)\n",
            &["github:ada1", "github:bo1", "Cy Day (Acme)", "Di Eng (Acme)"],
        ),
        (
            "## Attendees\n\n- [Ada Lee](mailto:ada@example.org) (Acme)\n- Bo Berg <bo@example.org>\n- [cy@example.org](mailto:cy@example.org) Cy\n",
            &["Ada Lee (Acme)", "Bo Berg", "Cy"],
        ),
        ("Attendees: [Ada Lee](mailto:ada@example.org) [Bo Berg](mailto:bo@example.org)\n", &["Ada Lee", "Bo Berg"]),
        ("Attendees: Ada N., Bo L.\n", &["Ada N.", "Bo L."]),
        ("Attendees: Bo L., Ada Lee.\n", &["Bo L.", "Ada Lee"]),
    ]);
}

#[test]
fn attendees_in_a_table_without_heading_or_in_what_is_not_read() {
    expect_people(&[(
        "| Attendee | Company |\n|--|--|\n| Ada Lee | Acme |\n| Bo Berg | Beta |\n\n- Lamps\n",
        &["Ada Lee (Acme)", "Bo Berg (Beta)"],
    )]);
    for closed in
        ["```\n- Ada Lee\n- Bo Berg\n```\n", "<table><tr><td>Ada Lee</td></tr>\n<tr><td>Bo Berg</td></tr></table>\n"]
    {
        assert_eq!(people(&format!("## Attendees\n\n{closed}\n## Agenda\n\n- Lamps\n")), (vec![], vec![5]), "{closed}");
    }
    assert_eq!(people("**Attendees:**\n```\n- Ada\n```\n\n- Lamps\n"), (vec![], vec![4]));
}

#[test]
fn one_dated_heading_down_the_page() {
    let note =
        "# Call 7\n\n### Meeting date/time: Tuesday 2025/6/17\n\n# Agenda\n\n* Lamps\n\n# Attendees\n\n* Ada Lee\n";
    let whole = read("calls/call_7.md", note);
    assert_eq!(
        (whole.meetings(), whole.attendees()),
        (vec!["meeting:calls/call_7/2025-06-17"], vec!["Ada Lee".to_owned()])
    );
    assert_eq!(whole.problems, []);
    let part = read("calls.md", "# Calls\n\nHow to join.\n\n## 2025-06-17\n\n### Attendees\n\n* Ada Lee\n");
    assert_eq!((part.meetings(), part.rejected()), (vec!["meeting:calls/2025-06-17"], vec![]));
    let note = "# Calls\n\n## Attendees\n\n* Cy\n\n## 2025-06-17\n\nAttendees: Ada\n\n## 2025-06-10\n\nAttendees: Bo\n";
    let outside = read("calls.md", note);
    assert_eq!(outside.attendees(), ["Ada", "Bo"]);
    assert_eq!(outside.rejected(), [(Some(5), "attendees outside of every heading with a date: 1 lines")]);
}

#[test]
fn participants_of_something_else_are_no_attendees() {
    let note =
        "# Call\n\n## Attendees\n\n- Ada\n\n## Events\n\n### Meetup\n\n- Date: 2025-07-05\n- Participants: @bo1\n";
    assert_eq!(read("2025-06-17.md", note).attendees(), ["Ada"]);
}

#[test]
fn what_cannot_be_read_among_attendees_is_rejected_with_its_line() {
    let note = "# Call\n\n## Attendees\n\n- Ada\n- TBD\n- name (company)\n- \n- and 5 others\n- Bo (Acme\n\
     - Cy (Acme)\n/Wick)\n";
    let read = read("2025-06-17.md", note);
    assert_eq!(read.attendees(), ["Ada", "Bo", "Cy (Acme)"]);
    let lines: Vec<_> = read.rejected().iter().map(|(line, _)| line.unwrap_or(0)).collect();
    assert_eq!(lines, [6, 7, 8, 9, 10, 12]);
    assert!(read.problems.iter().all(|problem| problem.file == "2025-06-17.md" && !problem.hint.is_empty()));
}

#[test]
fn actions_in_every_layout() {
    for (layout, expected) in [
        (
            "## Action Items\n\n- Ada:\n  - Buy oil\n  - Sell oil\n- None\n",
            &["open: Buy oil <Ada>", "open: Sell oil <Ada>"][..],
        ),
        (
            "## Action items\n\n| Action | Owner | Status |\n|--|--|--|\n| Buy oil | @ada1, Bo | done |\n",
            &["done: Buy oil <github:ada1,Bo>"],
        ),
        (
            "## Actions\n\n### Done\n\n- Buy oil @ada1\n\n### Open\n\n- ~~Sell oil~~\n",
            &["done: Buy oil <github:ada1>", "done: Sell oil <>"],
        ),
        (
            "## Notes\n\n### Oil\n\n- [ ] @ada1 to buy oil\n- text\n- Action item: Bo: sell oil\n",
            &["open: to buy oil <github:ada1>", "open: sell oil <Bo>"],
        ),
        ("## Next steps\n\n1. AL to buy oil\n2. Everyone: rest\n", &["open: to buy oil <AL>", "open: rest <>"]),
        ("## TODO\n\n- Buy oil\n- https://github.com/acme/wick/issues/3 @ada1\n", &["open: Buy oil <>"]),
        ("## Agenda\n\n- [ ] Talk about oil\n", &[]),
        (
            "Present: Ada, Bo\n\n## Agenda\n\n- Oil\n  - AI: Ada to buy oil\n- [AI: Bo] sell oil\n- Action Item (Bo): ask\n- TODO(ada): do it\n",
            &["open: to buy oil <Ada>", "open: sell oil <Bo>", "open: ask <Bo>", "open: do it <ada>"],
        ),
        (
            "Present: Bo\n\n## Minutes\n\n### Oil\n\n- AI - Ada: buy oil\n- ACTION: Cy Day to sell oil\n- TODO list of oils\n- action item: rest\n\
             - Action item:\n  - Bo to ask\n",
            &["open: buy oil <Ada>", "open: to sell oil <Cy Day>", "open: rest <>", "open: to ask <Bo>"],
        ),
        (
            "## TODOs and Decisions\n\nAL (this week): Buy oil.\n\nBB (in May):\n\n- Sell oil\n- Ask\n\nOil is good.\n\nAP: Rest.\n\n\
             Next meeting: Monday, June 23\n\nWe meet next on Monday.\n",
            &["open: (this week): Buy oil. <AL>", "open: Sell oil <BB>", "open: Ask <BB>", "open: Rest. <AP>"],
        ),
        (
            "## TODOs and Decisions\n\nAL: Look at:\n- lamps\n- BB: wicks\n\nEveryone:\n- Read the docs\n",
            &["open: Look at: <AL>", "open: wicks <BB>", "open: Read the docs <>"],
        ),
        (
            "###TODOs and Decisions\n\nAL: Buy oil.\n\n- [] Sell oil @ada1\n",
            &["open: Buy oil. <AL>", "open: Sell oil <github:ada1>"],
        ),
    ] {
        let read = read("2025-06-17.md", &format!("# Call\n\n{layout}"));
        assert_eq!(read.actions(), expected, "{layout}");
        assert!(read.decisions().iter().all(|text| *text == "Oil is good."), "{layout}");
    }
}

#[test]
fn a_mention_by_name_is_the_attendee_of_that_name() {
    let note = "# Call\n\n## Attendees\n\n- [Ada](https://github.com/ada-lee)\n- [Bo](https://github.com/bo1)\n- Cy @bo\n\n\
                ## Actions\n\n- [ ] Buy oil @Ada\n- [ ] Sell oil @Bo @di1\n";
    let actions = read("2025-06-17.md", note).actions();
    assert_eq!(actions, ["open: Buy oil <github:ada-lee>", "open: Sell oil <github:bo,github:di1>"]);
}

#[test]
fn a_topic_can_begin_like_an_action() {
    let note = "# Call\n\n## Agenda\n\n- AI: our policy\n- AI: Ada to write it\n- Action: what it means for us\n\
                - TODO: discuss the logo\n- TODO: Bo to draw it\n\n## Notes\n\n### Lamps\n\nAction items:\n\n- Buy oil\n\n\
                Then we talked.\n";
    let read = read("2025-06-17.md", note);
    assert_eq!(read.topics(), ["AI: our policy", "Action: what it means for us", "TODO: discuss the logo", "Lamps"]);
    assert_eq!(read.actions(), ["open: Ada to write it <>", "open: Bo to draw it <>", "open: Buy oil <>"]);
}

#[test]
fn an_empty_agenda_goes_on_below() {
    let note = "# Call\n\n## Agenda\n\n## Announcements\n\n*Extracted.*\n\n### acme/lantern\n\n* Lamps\n  * detail\n\n\
                ### acme/wick\n\n* Wicks\n\n## Questions\n\n* None of them\n";
    assert_eq!(read("2025-06-17.md", note).topics(), ["Lamps", "Wicks"]);
    let note = "# Call\n\n## Agenda\n\n* Lamps\n\n## Announcements\n\n* Party\n";
    assert_eq!(read("2025-06-17.md", note).topics(), ["Lamps"]);
}

#[test]
fn dates_come_from_path_title_front_matter_or_a_line() {
    let with = |head: &str| format!("{head}\n\n## Attendees\n\n- Ada\n");
    for (name, head) in [
        ("a/2025/2025-06-17.md", "# Call"),
        ("a/2025/06/17.md", "# Call"),
        ("a/20250617-call.md", "# Call"),
        ("a/call.md", "# Call of June 17, 2025"),
        ("a/call.md", "# Call, Tuesday 17 June 2025"),
        ("a/call.md", "# 2025年6月17日 会议"),
        ("a/call.md", "---\ndate: 2025-06-17\n---\n# Call"),
        ("a/call.md", "---\ntitle: Call, Jun 17 2025\n---\n"),
        ("a/call.md", "# Call\n\n**Date:** 2025/06/17\n"),
        ("a/call.md", "# Call\n\n**Meeting Date/Time:** Tuesday, June 17, 2025, 14:00 UTC\n"),
        ("a/call.md", "# Call\n\nTuesday, June 17, 2025\n"),
        ("a/call.md", "# Call, 17-18 June 2025"),
        ("a/2025-06/2025-06-17.md", "# Call"),
        ("a/2025/call-06-17.md", "# Call"),
    ] {
        let read = read(name, &with(head));
        assert_eq!(read.meetings().len(), 1, "{name} {head}: {:?}", read.problems);
        assert!(read.meetings()[0].ends_with("/2025-06-17"), "{name} {head}");
        assert_eq!(read.problems, [], "{name} {head}");
    }
}

#[test]
fn dates_that_disagree_are_noted_and_the_path_wins() {
    let note = "---\ntitle: Call of June 18, 2025\ndatetime: 2025-06-10T10:00:00Z\nparticipants: [Ada]\n---\n";
    let read = read("2025-06-17.md", note);
    assert_eq!(read.events[0].time.to_string(), "2025-06-17T00:00:00Z");
    assert_eq!(
        read.notices(),
        [
            (Some(2), "the title says 2025-06-18, the path 2025-06-17"),
            (Some(3), "the front matter says 2025-06-10, the path 2025-06-17"),
        ]
    );
}

#[test]
fn a_range_in_the_title_that_holds_the_day_of_the_path_agrees() {
    for title in ["January 14-15, 2025", "Call, 14-15 January 2025", "Jan 13th – 16th 2025"] {
        assert_eq!(read("2025-01-15.md", &format!("# {title}\n\n## Attendees\n\n- Ada\n")).notices(), [], "{title}");
    }
    assert_eq!(read("2025-01-16.md", "# January 14-15, 2025\n\n## Attendees\n\n- Ada\n").notices().len(), 1);
}

#[test]
fn a_date_that_no_calendar_has_is_never_read_as_another() {
    let note = "---\ndatetime: 2023-08-235T10:00:00Z\nparticipants:\n- Ada\n---\n\n## Agenda\n";
    let undated = read("wg/call.md", note);
    assert!(undated.events.is_empty());
    assert_eq!(undated.rejected().iter().map(|r| r.0).collect::<Vec<_>>(), [Some(2), Some(7)]);
    assert!(undated.rejected()[0].1.contains("2023-08-235"));
    let dated = read("wg/2023-08-23.md", note);
    assert_eq!((dated.meetings(), dated.rejected().len()), (vec!["meeting:wg/2023-08-23"], 1));
    let path = read("wg/2023-08-235.md", "# Call\n\n## Attendees\n\n- Ada\n");
    assert!(path.events.is_empty());
    assert_eq!(path.rejected().len(), 2);
    let ambiguous = read("wg/call.md", "# Call 06/07/2025\n\n## Attendees\n\n- Ada\n");
    assert!(ambiguous.events.is_empty() && ambiguous.rejected().iter().any(|r| r.1.contains("cannot be told apart")));
}

#[test]
fn a_meeting_without_a_date_is_rejected_and_says_what_to_do() {
    let read = read("wg/call.md", "# Call\n\n## Attendees\n\n- Ada\n- Bo\n");
    assert!(read.events.is_empty());
    assert_eq!(read.rejected(), [(Some(1), "no date in path, title or front matter")]);
    assert_eq!(read.problems[0].hint, "add `datetime:` or rename the file");
}

#[test]
fn pages_that_are_no_meeting_are_known_as_none() {
    for (name, content) in [
        ("feedback.md", "# Review feedback\n\nQ: Is it?\nA: It is, see the meeting https://example.org\n"),
        ("topics.md", "## Topics\n\nTo talk about:\n\n* lamps (Ada)\n"),
        (
            "README.md",
            "# Meetings\n\nEach file is `yyyy-mm-dd.md`:\n\n```md\n---\n\
             datetime: 2021-01-01T14:00:00+01:00\nparticipants:\n  - P\n---\n```\n",
        ),
        ("meeting-template.md", "# Call YYYY-MM-DD\n\n## Attendees\n\n- Ada\n"),
        ("blank.md", "# Call\n\n## Attendees\n\n- name (company)\n- TBD\n"),
        ("post.md", "---\ndate: 2025-06-17\ntitle: Lantern 2 is out\n---\n\nIt is.\n"),
        ("empty.md", ""),
    ] {
        let read = read(name, content);
        assert!(read.events.is_empty(), "{name}");
        assert_eq!((read.rejected().len(), read.notices().len()), (0, 1), "{name}: {:?}", read.problems);
    }
}

#[test]
fn broken_front_matter_is_one_problem_and_the_note_is_read() {
    let note = "---\ntitle: [a\nparticipants:\n- Ada\n---\n\n# Call\n\n## Attendees\n\n- Bo\n- \n";
    let read = read("2025-06-17.md", note);
    assert_eq!(read.attendees(), ["Bo"]);
    assert_eq!(read.rejected().len(), 2);
    assert!(read.rejected()[0].0.is_some_and(|line| (2..=5).contains(&line)), "{:?}", read.rejected());
    assert_eq!(read.rejected()[1].0, Some(12));
}

#[test]
fn bytes_that_are_no_text() {
    let note = b"# Call\n\n## Attendees\n\n- Ad\xffa\n- Bo\n";
    let lossy = read_all(&[("2025-06-17.md", note)]);
    assert_eq!(lossy.attendees(), ["Bo"]);
    assert_eq!(lossy.notices().len(), 1);
    assert_eq!((lossy.notices()[0].0, lossy.rejected()[0].0), (Some(5), Some(5)));
    let binary = read_all(&[("2025-06-17.md", b"\xff\xfe#\0 \0C\0"), ("2025-06-18.md", b"\0\0\0\x01\0\0")]);
    assert!(binary.events.is_empty());
    assert_eq!(binary.rejected().len(), 2);
    let windows = read_all(&[(
        "2025-06-17.md",
        b"\xef\xbb\xbf---\r\ndate: 2025-06-17\r\nattendees:\r\n- Ada\r\n---\r\n\r\n## Attendees\r\n\r\n- \r\n",
    )]);
    assert_eq!((windows.attendees(), windows.rejected()[0].0), (vec!["Ada".to_owned()], Some(9)));
}

#[test]
fn the_same_meeting_under_two_names_gives_the_same_events() {
    let note =
        b"# Call\n\n## Attendees\n\n- Ada (Acme)\n- Ada\n\n## Actions\n\n- Buy oil @ada1\n- Buy oil @ada1\n" as &[u8];
    let read = read_all(&[("2025-06-17.md", note), ("2025-06-17/README.md", note), ("b/2025-06-17.md", note)]);
    assert_eq!(read.meetings().len(), 3);
    let half: Vec<_> = read.events.iter().filter(|event| event.subject == "meeting:lantern/2025-06-17").collect();
    let (first, second) = half.split_at(half.len() / 2);
    assert!(first.iter().zip(second).all(|(a, b)| a.id == b.id && a.data == b.data));
    // A second line of one account is the first one again: a duplicate, no conflict.
    let mut payloads = std::collections::HashMap::new();
    for event in &read.events {
        assert_eq!(payloads.entry(&event.id).or_insert(&event.data), &&event.data, "{}", event.id);
    }
}

#[test]
fn only_what_changed_is_read_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file");
    write("2025-06-17.md", "# Call\n\n## Attendees\n\n- Ada (Acme/Wick)\n");
    write("2025-06-10.md", "# Call\n\n## Attendees\n\n- Ada\n");
    fs::create_dir(folder.path().join(".git")).expect("a folder");
    fs::write(folder.path().join(".git/2025-06-03.md"), "# Call\n").expect("a file");
    write("2025-06-03.csv", "no note");
    let first = collect(folder.path(), None);
    assert_eq!(first.len(), 1);
    let cursor = first[0].cursor.clone().expect("a cursor");
    assert!(collect(folder.path(), Some(&cursor)).is_empty());
    write("2025-06-10.md", "# Call\n\n## Attendees\n\n- Ada\n- Bo (Wick)\n");
    let second = collect(folder.path(), Some(&cursor));
    assert_eq!(second[0].events.len(), 3);
    // What the other file taught about brackets is still known.
    let bo = second[0].events.iter().find(|event| event.actor.as_deref() == Some("name:lantern/Bo"));
    assert!(matches!(bo.map(|event| &event.data), Some(Payload::MeetingAttended(a)) if a.organisation.is_none()));
    fs::remove_file(folder.path().join("2025-06-17.md")).expect("removed");
    let third = collect(folder.path(), second[0].cursor.as_ref());
    assert!(third.len() == 1 && third[0].events.is_empty() && third[0].cursor.is_some());
}

#[test]
fn a_source_that_is_not_there_says_so() {
    let config = Config { name: "lantern".to_owned(), path: "/no/such/notes".into() };
    let error = open(&config, None).err().expect("an error");
    assert!(error.message.contains("/no/such/notes") && !error.hint.is_empty());
}

#[test]
fn a_source_can_be_one_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("2025-06-17.md");
    fs::write(&path, "# Call\n\nPresent: Ada\n").expect("a file");
    let batches = collect(&path, None);
    assert_eq!(batches[0].events.len(), 2);
    assert_eq!(&*batches[0].events[0].source, "notes:lantern/2025-06-17.md");
}

#[test]
fn many_files_come_in_several_batches_and_the_last_has_the_cursor() {
    let folder = tempfile::tempdir().expect("a folder");
    for day in 0..450 {
        let name = format!("wg{}/2025-06-{:02}.md", day / 30, day % 30 + 1);
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, "# Call\n\nPresent: Ada\n").expect("a file");
    }
    let batches = collect(folder.path(), None);
    let cursors: Vec<bool> = batches.iter().map(|batch| batch.cursor.is_some()).collect();
    assert_eq!(cursors, [false, false, true]);
    assert_eq!(batches.iter().map(|batch| batch.events.len()).sum::<usize>(), 900);
}

/// Arbitrary bytes: cut, flipped and doubled notes must neither panic nor lose count.
#[test]
fn damaged_notes_never_panic() {
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % below.max(1) as u64).unwrap_or(0)
    };
    let fixtures = [
        LINKED,
        "---\ndatetime: 2025-06-17T10:00:00+02:00\nparticipants:\n- Ada\n- name: Bö\n  github: bo\n---\n\n\
         ## :dart: Agenda\n\n- x\n\n## TODOs and Decisions\n\nAL/BB: Test @x\n\n| Name | Company |\n\
         |---|---|\n| a | b |\n",
        "# 会议 2025年6月17日\n\n参会人：张三、李四（公司）；王五\n\n**Present**: a, b; Regrets: c\n\n## June 17 (x)\n\n\
         * [ ] [Ada][Bo]: t (owner: AL, lead: CK) @a/b @@ @- [pending]\n",
    ];
    let folder = tempfile::tempdir().expect("a folder");
    for round in 0..600 {
        let mut bytes = fixtures[round % fixtures.len()].as_bytes().to_vec();
        for _ in 0..next(12) {
            let at = next(bytes.len());
            match next(4) {
                0 => bytes[at] = u8::try_from(next(256)).unwrap_or(0),
                1 => bytes.truncate(at.max(1)),
                2 => bytes.insert(at, b"()[]:@*-|#\n`<>/&"[next(16)]),
                _ => bytes.extend_from_within(at..),
            }
            bytes.truncate(20_000);
        }
        fs::write(folder.path().join("2025-06-17.md"), &bytes).expect("a file");
        fs::write(folder.path().join("call.txt"), &bytes).expect("a file");
        collect(folder.path(), None);
    }
}
