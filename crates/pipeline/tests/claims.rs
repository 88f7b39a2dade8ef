//! What a pipeline file says about evidence, milestones and claims, and what can be wrong with it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use muster_model::{Comparison, Privacy, WindowKind};
use muster_pipeline::{Pipeline, SetArg, read_claims};
use std::path::Path;

const PROJECT: &str = "[project]\nname = 'a'\nlog = 'b'\nout = 'c'\n";

fn parse(text: &str, sets: &[&str]) -> Result<Pipeline, Vec<String>> {
    let sets: Vec<SetArg> = sets.iter().map(|&set| SetArg(set.to_owned())).collect();
    Pipeline::parse(Path::new("lantern/muster.toml"), &format!("{PROJECT}{text}"), &sets, &|_| None)
        .map_err(|errors| errors.0.iter().map(ToString::to_string).collect())
}

/// The mistakes, without the file's name; the first line after the project's is line 5.
#[track_caller]
fn mistakes(text: &str) -> Vec<String> {
    let errors = parse(text, &[]).unwrap_err();
    errors.iter().map(|error| error.trim_start_matches("lantern/muster.toml:").to_owned()).collect()
}

#[test]
fn everything_arrives() {
    let pipeline = parse(
        r#"
[evidence]
privacy = "hashed"
claims = "claims.toml"
criteria = ["cncf-graduation", "mine/own.toml"]
links = { governance = "not an address" }

[[milestone]]
name = "incubation"
date = 2020-04-09

[[milestone]]
name = "2.0"
date = "2021-04-26"

[[claim]]
id = "new"
text = "15 to 20 new contributors per quarter"
required = false
place = "application.md:3:1"

[[claim.expect]]
metric = "growth.new_contributors"
window = "quarter"
over = "2021-01-01..2025-01-01"
op = "between"
values = [15, 20.5]

[[claim]]
id = "people"
text = "over 200 contributors"
expect = [{ metric = "growth.active_contributors", op = ">", value = 200, group = "repository=acme/lantern" },
          { metric = "growth.active_contributors", window = "2025Q2", op = "<=", value = -0.5 }]
"#,
        &[],
    )
    .unwrap();
    assert_eq!(pipeline.evidence.privacy, Privacy::Hashed);
    assert_eq!(pipeline.evidence.claims.as_deref(), Some(Path::new("lantern/claims.toml")));
    assert_eq!(pipeline.evidence.criteria, ["cncf-graduation", "lantern/mine/own.toml"]);
    assert_eq!(pipeline.evidence.links["governance"], "not an address");
    let milestones: Vec<_> = pipeline.milestones.iter().map(|at| (at.name.as_str(), at.date.to_string())).collect();
    assert_eq!(milestones, [("incubation", "2020-04-09".to_owned()), ("2.0", "2021-04-26".to_owned())]);
    let [new, people] = pipeline.claims.as_slice() else { panic!("two claims") };
    assert_eq!((new.required, new.place.as_deref()), (false, Some("application.md:3:1")));
    assert_eq!(new.expect[0].must, Comparison::Between(15.0, 20.5));
    assert_eq!(new.expect[0].over, Some("2021-01-01..2025-01-01".parse::<WindowKind>().unwrap()));
    assert!(people.required && people.place.is_none());
    assert_eq!(people.expect[0].group.as_deref(), Some("repository=acme/lantern"));
    assert_eq!(people.expect[0].window.to_string(), "365d");
    assert_eq!(people.expect[1].must, Comparison::AtMost(-0.5));
    assert_eq!(people.expect[1].window.label.as_deref(), Some("2025Q2"));
}

#[test]
fn a_set_changes_evidence_and_no_single_claim() {
    let pipeline = parse("", &["evidence.privacy=initials", "evidence.criteria=asf,openssf"]).unwrap();
    assert_eq!(pipeline.evidence.privacy, Privacy::Initials);
    assert_eq!(pipeline.evidence.criteria, ["asf", "openssf"]);
    assert_eq!(
        parse("", &["claim.id=a"]).unwrap_err(),
        [
            "--set:1:1: a --set cannot name one [[claim]]; a --set starts with project., source.<name>., transport., metrics., evidence. or schedule."
        ]
    );
}

#[test]
fn mistakes_in_evidence_and_milestones() {
    assert_eq!(
        mistakes("[evidence]\nprivacy = \"intials\"\nlinks = \"x\"\nlink = 1\n"),
        [
            "6:11: not a way to name people: \"intials\"; did you mean \"initials\"?; privacy is \"public\", \"initials\" or \"hashed\"",
            "7:9: links must be a table of addresses; found string \"x\"; write { name = \"https://…\" }",
            "8:1: unknown key `link`; did you mean `links`?; [evidence] takes: privacy, claims, criteria, links",
        ]
    );
    assert_eq!(
        mistakes("[[milestone]]\nname = \"a\"\ndate = \"soon\"\n[[milestone]]\nname = \"a\"\nday = 2020-01-01\n"),
        [
            "7:8: date must be a date; found \"soon\"; write it as 2025-12-05",
            "8:1: [[milestone]] has no `date`; [[milestone]] takes: name, date",
            "9:8: two of [[milestone]] have the name \"a\"; write another; the first is in line 6",
            "10:1: unknown key `day`; [[milestone]] takes: name, date",
        ]
    );
    assert_eq!(
        mistakes("[milestone]\nname = \"a\"\n"),
        [
            "5:2: milestone must be a list of tables; found a table; write [[milestone]]; [[milestone]] takes: name, date"
        ]
    );
}

#[test]
fn mistakes_in_claims() {
    const TAKES: &str = "an expectation takes: metric, window, op, value or values, over, group";
    let claim = |expect: &str| mistakes(&format!("[[claim]]\nid = 'a'\ntext = 'b'\nexpect = {expect}\n"));
    assert_eq!(claim("[]"), [format!("8:10: expect is an empty list; {TAKES}")]);
    assert_eq!(
        claim("3"),
        [format!("8:1: expect must be a list of tables; found integer 3; write [{{ … }}]; {TAKES}")]
    );
    assert_eq!(claim("['x']"), [format!("8:11: expect must be a list of tables; found string \"x\" in it; {TAKES}")]);
    assert_eq!(
        claim("[{ metrc = 'm', op = '=', value = 1 }]"),
        [format!("8:13: unknown key `metrc`; did you mean `metric`?; {TAKES}")]
    );
    assert_eq!(
        claim("[{ metric = 'm', op = '=' }]"),
        [format!("8:11: an expectation has no `value` or `values`; {TAKES}")]
    );
    assert_eq!(
        claim("[{ metric = 'm', op = '>=', value = 1, values = [1, 2] }]"),
        ["8:49: an expectation has both `value` and `values`; keep one of them"]
    );
    assert_eq!(
        claim("[{ metric = 'm', op = '=>', value = 1 }]"),
        ["8:32: not a comparison: \"=>\"; op is >=, >, <=, < or = with value, or between with values"]
    );
    assert_eq!(claim("[{ metric = 'm', op = 'between', value = 1 }]"), ["8:32: between takes `values`"]);
    assert_eq!(claim("[{ metric = 'm', op = '=', values = [1, 2] }]"), ["8:32: = takes `value`"]);
    assert_eq!(
        claim("[{ metric = 'm', op = 'between', values = [20, 15] }]"),
        ["8:52: values must be a list of two numbers, the lesser first; write [15, 20]"]
    );
    assert_eq!(
        claim("[{ metric = 'm', op = '=', value = '1' }]"),
        ["8:45: value must be a number; found string \"1\""]
    );
    assert_eq!(claim("[{ metric = 'm', op = '=', value = inf }]"), ["8:45: value must be a number; found number inf"]);
    assert!(
        claim("[{ metric = 'm', window = 'milestones', op = '=', value = 1 }]")[0].starts_with("8:36: not one window")
    );
    assert_eq!(
        claim("[{ metric = 'm', window = 'quarter', over = 'year', op = '=', value = 1 }]"),
        [
            "8:54: over must be a span of time; found a year; over is two days such as 2021-01-01..2025-01-01, a number of days such as 730d, or all"
        ]
    );
    assert_eq!(
        claim("[{ metric = 'm', group = 'lantern', op = '=', value = 1 }]"),
        ["8:35: not a group: \"lantern\"; a group is a column and a value, repository=acme/lantern"]
    );
}

#[test]
fn a_file_of_claims_has_claims_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("claims.toml");
    let claim =
        |id: &str| format!("[[claim]]\nid = '{id}'\ntext = 't'\nexpect = [{{ metric = 'm', op = '=', value = 1 }}]\n");
    std::fs::write(&file, claim("a") + &claim("b")).unwrap();
    let read = read_claims(&file, Vec::new(), &|_| None).unwrap();
    assert_eq!(read.iter().map(|claim| claim.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    let again = read_claims(&file, read, &|_| None).unwrap_err().to_string();
    assert!(
        again.contains(
            "claims.toml:2:6: two of [[claim]] have the id \"a\"; write another; the first is in the pipeline file"
        ),
        "{again}"
    );
    std::fs::write(&file, "[project]\nname = 'a'\n").unwrap();
    let wrong = read_claims(&file, Vec::new(), &|_| None).unwrap_err().to_string();
    assert!(
        wrong.ends_with("claims.toml:1:2: unknown table or key `project`; a file of claims has: [[claim]]"),
        "{wrong}"
    );
    // The pipeline reads the file it names, and says where in it the mistake is.
    let pipeline = folder.path().join("muster.toml");
    std::fs::write(&pipeline, format!("{PROJECT}[evidence]\nclaims = 'claims.toml'\n{}", claim("own"))).unwrap();
    let wrong = Pipeline::read(&pipeline, &[], &|_| None).unwrap_err().to_string();
    assert!(wrong.contains("claims.toml:1:2"), "{wrong}");
    std::fs::write(&file, claim("more")).unwrap();
    let read = Pipeline::read(&pipeline, &[], &|_| None).unwrap();
    assert_eq!(read.claims.iter().map(|claim| claim.id.as_str()).collect::<Vec<_>>(), ["own", "more"]);
    std::fs::remove_file(&file).unwrap();
    let gone = Pipeline::read(&pipeline, &[], &|_| None).unwrap_err().to_string();
    assert!(gone.contains("there is no such file of claims"), "{gone}");
}
