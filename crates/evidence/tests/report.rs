//! The report as files: what hostile text does to it (nothing), and that it says what it was given.
//!
//! The folders stay under the target folder (`tmp/report-*`), where `tests/report/*.mjs` look at them in a browser.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use muster_evidence::report::{
    Behind, Cells, Claim, Criteria, Criterion, Curve, CurveStep, Definition, FigureName, Maintainer, Meeting, Member,
    Organisation, Populations, Reading, Report, Rosters, Rows, Standing, shown, write,
};
use muster_evidence::{ExcludedBot, Figure, Provenance, Rejected, SourceCounts};
use muster_model::Severity;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Texts that have hurt pages, Markdown and spreadsheets before.
const HOSTILE: [&str; 10] = [
    "</script><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "=HYPERLINK(\"http://evil.example\",\"x\")",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "| a | b |\n# heading\n[x](javascript:alert(1)) <b>`code`",
    "\u{202e}live\u{2066}x\u{2069}\u{200b}",
    "{{ 7 * 7 }}{% raw %}",
    "<!--<script>\u{2028}]]>",
    "ada@example.org",
];

struct Sample {
    hostile: bool,
    at: usize,
}

impl Sample {
    /// The text, or with hostile ones the next of them in its place; each tenth is ten thousand letters long.
    fn text(&mut self, plain: &str) -> String {
        if !self.hostile {
            return plain.to_owned();
        }
        self.at += 1;
        match self.at % 11 {
            10 => "Ⅻ".repeat(10_000),
            place => HOSTILE[place].to_owned(),
        }
    }

    fn figure(&mut self, metric: &str, title: &str, window: &str, group: &str, value: f64) -> Figure {
        let quarter = window.strip_suffix(['1', '2', '3', '4']).is_some_and(|rest| rest.ends_with('Q'));
        let (start, end) = match quarter {
            true => quarter_of(window),
            false => ("2025-01-01".to_owned(), "2026-01-01".to_owned()),
        };
        let at = |day: &str| muster_model::parse_time(day).unwrap();
        Figure {
            metric: metric.to_owned(),
            version: 1,
            title: self.text(title),
            definition: self.text("What this counts, in one sentence."),
            source: self.text("muster"),
            unit: if title.contains("part") { "share".to_owned() } else { "people".to_owned() },
            scope: self.text("lantern"),
            group: if group.is_empty() { String::new() } else { format!("organisation={}", self.text(group)) },
            window: window.to_owned(),
            window_kind: if window.ends_with("d") { window.to_owned() } else { "quarter".to_owned() },
            window_start: at(&start),
            window_end: at(&end),
            unfinished: false,
            value: Some(value),
            low: None,
            high: None,
            naive: None,
            n: value as i64,
            unknown_share: Some(0.25),
            censored: None,
            completeness: Some(0.99),
            log_version: 41,
            note: Some(self.text("two bots were left out")),
        }
    }

    fn reading(&mut self, standing: Standing) -> Reading {
        Reading {
            label: self.text("contributors, any contribution"),
            value: self.text("12"),
            expected: self.text("at least 10"),
            standing,
            figure: Some(FigureName {
                metric: "growth.active_contributors".to_owned(),
                window: "365d".to_owned(),
                group: String::new(),
            }),
        }
    }

    fn report(&mut self, folder: &Path, rows: usize) -> Report {
        let mut figures = vec![self.figure("growth.active_contributors", "Active contributors", "365d", "", 12.0)];
        for quarter in 0..8 {
            let window = format!("{}Q{}", 2024 + quarter / 4, quarter % 4 + 1);
            let value = quarter as f64;
            figures.extend([
                self.figure("growth.active_contributors", "Active contributors", &window, "", 5.0 + value),
                self.figure("growth.new_contributors", "New contributors", &window, "", 1.0 + value % 3.0),
                self.figure("growth.returning_contributors", "Returning contributors", &window, "", 4.0 + value / 2.0),
                self.figure("growth.lapsed_contributors", "Lapsed contributors", &window, "", 2.0),
                self.figure("governance.listed_maintainers", "Listed maintainers", &window, "", 5.0),
                self.figure("meetings.attendance", "Meeting attendance", &window, "", 3.9),
            ]);
            for organisation in ["Acme", "Beta Works", "Cedar", "unknown"] {
                let metric = "diversity.contributions_by_organization";
                figures.push(self.figure(metric, "Contributions by organisation", &window, organisation, 7.0));
            }
        }
        let mut ids: Vec<&str> = figures.iter().map(|figure| figure.metric.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut columns = ["event_id", "time", "name", "organisation", "url"].map(str::to_owned).to_vec();
        columns.push(self.text("a column"));
        let row = |sample: &mut Self, number: usize| {
            let time = format!("2025-{:02}-{:02}T10:00:00Z", number % 12 + 1, number % 28 + 1);
            let link = sample.text(&format!("https://forge.example/acme/lantern/issues/{number}"));
            [format!("event:{number}"), time, sample.text("Ada"), sample.text("Acme"), link, sample.text("x")]
        };
        let rows: Vec<[String; 6]> = (0..rows).map(|number| row(self, number)).collect();
        let numbers: Vec<Option<u32>> = (0..rows.len() as u32).map(Some).collect();
        let cells: Vec<Cells> = (0..6)
            .map(|column| rows.iter().map(|row| row[column].clone()).collect::<Vec<_>>())
            .map(|texts| Cells::new(&texts, &numbers, |text| Some(text.to_owned())))
            .collect();
        let mut populations = Populations::new(folder);
        let population = populations.add("growth.active_contributors", columns, &cells, rows.len()).unwrap();
        populations.finish().unwrap();
        let behind = |place: usize| Behind {
            rows: Rows::of(&(0..rows.len() as u32).filter(|row| *row > 7 || place == 0).collect::<Vec<_>>()),
            members: vec![Member {
                name: Some("x".to_owned()),
                weight: 3.0,
                share: Some(0.5),
                cumulative: None,
                counted: true,
            }],
        };
        let definitions = ids.iter().map(|id| Definition {
            id: (*id).to_owned(),
            version: 1,
            title: self.text("A title"),
            definition: self.text("What this counts, in one sentence."),
            source: self.text("muster"),
            statistic: "count_distinct".to_owned(),
            parameters: vec![("threshold".to_owned(), 0.5)],
            direction: Some(self.text("higher is better")),
            caveats: vec![self.text("a caveat")],
            compares: None,
            sql: self.text("SELECT event_id, time FROM contributions"),
            population: Some(0),
            ..Definition::default()
        });
        let definitions: Vec<Definition> = definitions.collect();
        let steps = [(1.0, 0.8), (3.0, 0.5), (20.0, 0.2), (60.0, 0.1)];
        let step = |(time, survival): (f64, f64)| CurveStep {
            time,
            survival,
            band: Some((survival / 2.0, (survival * 1.3).min(1.0))),
        };
        let curve = |metric: &str| Curve {
            metric: metric.to_owned(),
            window: "365d".to_owned(),
            unit: "days".to_owned(),
            steps: steps.map(step).to_vec(),
        };
        let at = |day: &str| muster_model::parse_time(day).unwrap();
        Report {
            provenance: Provenance {
                project: self.text("lantern"),
                pipeline_file: self.text("lantern.toml"),
                muster_version: "0.1.0".to_owned(),
                log_version: 41,
                as_of: at("2026-01-01"),
                log_events: 2_966,
                late_events: 1,
                sources: vec![SourceCounts {
                    name: self.text("git"),
                    kind: self.text("git"),
                    events: vec![(self.text("commit.authored"), 12)],
                }],
                excluded_bots: vec![ExcludedBot { account: self.text("github:bot"), reason: self.text("a pattern") }],
            },
            metrics: definitions,
            behind: shown(&figures).into_iter().map(|place| (place, behind(place))).collect::<BTreeMap<_, _>>(),
            figures,
            populations: vec![population],
            curves: vec![curve("latency.issue_first_response"), curve("latency.issue_close")],
            claims: [Standing::Yes, Standing::No, Standing::Undecided]
                .map(|standing| Claim {
                    id: self.text("contributors"),
                    text: self.text("12 contributors in the past year"),
                    required: true,
                    standing,
                    readings: vec![self.reading(standing), self.reading(Standing::Yes)],
                    remarks: vec![self.text("nearest statement that holds: 12 contributors")],
                })
                .to_vec(),
            criteria: vec![Criteria {
                id: "cncf".to_owned(),
                title: self.text("CNCF graduation"),
                criteria: [Standing::Yes, Standing::No, Standing::Undecided, Standing::NeedsLink]
                    .map(|standing| Criterion {
                        id: self.text("c"),
                        wording: self.text("Maintainers of several organisations"),
                        reference: self.text("https://forge.example/criteria"),
                        required: standing != Standing::Undecided,
                        standing,
                        readings: vec![self.reading(standing)],
                        link: Some(self.text("https://forge.example/code-of-conduct")),
                        remarks: vec![self.text("a remark")],
                    })
                    .to_vec(),
            }],
            rejected: vec![Rejected {
                source: self.text("meetings"),
                file: self.text("meetings/2024-03-05.md"),
                line: Some(14),
                severity: Severity::Rejected,
                message: self.text("attendee line has no name"),
                hint: self.text("write the name first"),
                text_hash: "00ff".to_owned(),
            }],
            rosters: Rosters {
                maintainers: vec![Maintainer {
                    name: self.text("Ada Lovelace"),
                    account: self.text("ada"),
                    organisation: self.text("Acme"),
                    role: self.text("maintainer"),
                    repository: self.text("acme/lantern"),
                    since: self.text("2024-01-01"),
                    contributions: 3,
                    last: self.text("2025-12-01"),
                    url: self.text("https://forge.example/acme/lantern/blob/x/MAINTAINERS.md"),
                }],
                organisations: vec![Organisation { name: self.text("Acme"), people: 3, ..Organisation::default() }],
                meetings: vec![Meeting {
                    date: self.text("2025-06-17"),
                    series: self.text("maintainers"),
                    title: self.text("Maintainers' meeting"),
                    attendees: Some(4),
                    organisations: None,
                    source: self.text("meetings/2025-06-17.md"),
                }],
            },
            pipeline: self.text("[project]\nname = \"lantern\"\n"),
            privacy: "People are shown by name and public login. No e-mail address leaves the project.".to_owned(),
        }
    }
}

/// First day of a quarter, and of the next.
fn quarter_of(label: &str) -> (String, String) {
    let (year, quarter) = label.split_once('Q').unwrap();
    let (year, quarter): (u32, u32) = (year.parse().unwrap(), quarter.parse().unwrap());
    let (next_year, next) = if quarter == 4 { (year + 1, 1) } else { (year, quarter + 1) };
    (format!("{year}-{:02}-01", quarter * 3 - 2), format!("{next_year}-{:02}-01", next * 3 - 2))
}

/// Writes a report into a fresh folder that stays, and gives the folder.
fn written(name: &str, hostile: bool, rows: usize) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    let report = Sample { hostile, at: 0 }.report(&folder, rows);
    write(&report, &folder).unwrap();
    folder
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            files.extend(
                self::files(&entry.path()).into_iter().map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)),
            );
        } else {
            files.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    files
}

#[test]
fn hostile_text_is_text_in_every_file() {
    let folder = written("report-hostile", true, 3_000);
    let files = files(&folder);
    assert!(files.keys().any(|name| name.starts_with("report-data/")), "large enough for scripts beside the page");
    for (name, bytes) in &files {
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(!text.contains("ada@example.org"), "{name} has an address");
        if name.ends_with(".html") {
            // The page's own: its data and its script. None of the texts made another, or an attribute, or an image.
            assert_eq!(text.matches("<script").count(), 2, "{name}");
            assert_eq!(text.matches("</script").count(), 2, "{name}");
            // In the data quotes are letters of a JSON text; there only what ends the script counts.
            let (before, data) = text.split_once("id=\"data\">").unwrap();
            let (data, after) = data.split_once("</script>").unwrap();
            assert!(!data.contains(['<', '>', '&']), "{name}");
            let text = format!("{before}{after}");
            for sign in
                ["<img", "onerror=alert(1)>", "<b>", "<!--", "' onmouseover='", "\u{202e}", "\u{2066}", "\u{2028}"]
            {
                assert!(!text.contains(sign), "{name} has {sign}");
            }
            for sign in ["href=\"javascript:", "src=\"http", "href=\"http://"] {
                assert!(!text.contains(sign), "{name} has {sign}");
            }
            assert!(text.contains("{{ 7 * 7 }}{% raw %}"), "{name}: a text was taken for a template");
            assert!(!text.contains(&"Ⅻ".repeat(301)), "{name} has an endless name");
        }
        if name.ends_with(".js") {
            assert!(!text.contains(['<', '>', '\u{2028}', '\u{202e}']), "{name}");
        }
        if name.ends_with(".md") {
            for line in text.lines() {
                // What stands between backticks is shown as it is.
                let line: String = line.split('`').step_by(2).collect();
                assert!(!line.contains("<script") && !line.contains("<img") && !line.contains("<b>"), "{name}: {line}");
                assert!(!line.contains("[x](javascript"), "{name}: {line}");
                assert!(!line.starts_with("# heading"), "{name}: {line}");
            }
            assert!(!text.contains('\u{202e}') && !text.contains(&"Ⅻ".repeat(301)), "{name}");
        }
        if name.ends_with(".csv") {
            let mut reader = csv::Reader::from_reader(bytes.as_slice());
            for record in reader.records() {
                let record = record.unwrap();
                let runs = |cell: &str| cell.starts_with(['=', '@', '+', '\t', '\r']);
                assert!(!record.iter().any(runs), "{name}: {record:?}");
            }
        }
        if name == "evidence.json" {
            serde_json::from_str::<serde_json::Value>(&text).unwrap();
        }
    }
}

#[test]
fn every_table_of_the_markdown_has_as_many_cells_in_each_row_as_in_its_head() {
    for (name, bytes) in files(&written("report-tables", true, 10)) {
        if !name.ends_with(".md") {
            continue;
        }
        let text = String::from_utf8(bytes).unwrap();
        let mut width = None;
        for line in text.lines() {
            if !line.starts_with('|') {
                width = None;
                continue;
            }
            let cells = line.replace("\\\\", "").replace("\\|", "").matches('|').count();
            assert_eq!(*width.get_or_insert(cells), cells, "{name}: {line}");
        }
    }
}

#[test]
fn the_evidence_is_as_its_schema_says() {
    let schema: serde_json::Value = serde_json::from_str(muster_evidence::report::SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for hostile in [false, true] {
        let folder = written(&format!("report-schema-{hostile}"), hostile, 10);
        let evidence = serde_json::from_slice(&fs::read(folder.join("evidence.json")).unwrap()).unwrap();
        let mistakes: Vec<String> = validator.iter_errors(&evidence).map(|error| error.to_string()).collect();
        assert!(mistakes.is_empty(), "{mistakes:?}");
        let mut wrong = evidence.clone();
        wrong["claims"][0]["standing"] = "perhaps".into();
        assert!(!validator.is_valid(&wrong), "the schema lets anything pass");
    }
}

#[test]
fn the_same_report_is_the_same_bytes_and_an_equal_file_stays() {
    let (one, other) = (written("report-one", false, 2_000), written("report-other", false, 2_000));
    assert_eq!(files(&one), files(&other));
    let report = Sample { hostile: false, at: 0 }.report(&one, 2_000);
    assert!(write(&report, &one).unwrap().iter().all(|file| !file.changed));
}

#[test]
fn a_report_of_nothing_says_so() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report-empty");
    let mut report = Sample { hostile: false, at: 0 }.report(&folder, 0);
    (report.figures, report.behind) = (Vec::new(), BTreeMap::new());
    (report.metrics, report.populations, report.curves) = (Vec::new(), Vec::new(), Vec::new());
    (report.claims, report.criteria, report.rosters) = (Vec::new(), Vec::new(), Rosters::default());
    write(&report, &folder).unwrap();
    let page = fs::read_to_string(folder.join("report.html")).unwrap();
    for sentence in ["There are no figures", "Nobody contributed in the last year.", "completeness cannot be stated"] {
        assert!(page.contains(sentence), "{sentence}");
    }
    assert!(!page.contains("NaN") && !page.contains("<svg"));
}

#[test]
fn a_page_over_a_hundred_thousand_events_is_small_and_its_rows_lie_beside_it() {
    let folder = written("report-large", false, 100_000);
    let size = fs::metadata(folder.join("report.html")).unwrap().len();
    assert!(size < 1_000_000, "{size}");
    assert_eq!(fs::read_dir(folder.join("report-data")).unwrap().count(), 20);
}
