//! Claims and criteria over the bundled demo and the real data, as a user asks for them.

use crate::support::{Ran, World, shared};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The demo's pipeline, in its own folder, with a world to write to.
fn demo() -> World {
    let world = World::new();
    let ran = ask(&world, &["run"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    world
}

/// The demo's pipeline file without what it claims itself.
fn without_claims(world: &World) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines");
    let text = std::fs::read_to_string(folder.join("demo.toml")).unwrap();
    let (sources, _) = text.split_once("[evidence]").unwrap();
    world.write("demo.toml", sources.replace("\"demo/", &format!("\"{}/demo/", folder.display())))
}

/// A command over the demo: `check --claims claims.toml`.
fn ask(world: &World, words: &[&str]) -> Ran {
    let pipeline = without_claims(world);
    let (command, more) = words.split_first().unwrap();
    let mut arguments = vec![*command, pipeline.to_str().unwrap()];
    arguments.extend(["--set", "project.log=log", "--set", "project.out=out"]);
    arguments.extend(more);
    world.muster(&arguments)
}

fn verdicts(ran: &Ran) -> Vec<Value> {
    let checked: Value =
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {} {}", ran.out, ran.err));
    checked["verdicts"].as_array().unwrap().clone()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

const CLAIMS: &str = r#"
[[claim]]
id = "holds"
text = "5 maintainers from 4 companies"
expect = [
    { metric = "governance.listed_maintainers", op = "=", value = 5 },
    { metric = "governance.maintainer_organizations", op = "=", value = 4 },
]

[[claim]]
id = "by-definition"
text = "maintainers of 3 companies"
required = false
expect = [{ metric = "governance.maintainer_organizations", op = "=", value = 3 }]

[[claim]]
id = "undecided"
text = "contributors from 6 organizations in the past year"
expect = [{ metric = "diversity.active_organizations", window = "365d", op = ">=", value = 6 }]

[[claim]]
id = "rate"
text = "1 to 3 new contributors per quarter"
required = false
expect = [{ metric = "growth.new_contributors", window = "quarter", over = "2025-01-01..2026-01-01", op = "between", values = [1, 3] }]

[[claim]]
id = "nothing"
text = "a hundred stars"
required = false
expect = [{ metric = "growth.star", op = ">=", value = 100 }]
"#;

#[test]
fn the_demo_claims_what_holds_and_what_does_not() {
    let world = World::new();
    let pipeline = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines/demo.toml");
    let sets = ["--set", "project.log=log", "--set", "project.out=out"];
    let arguments = |command| [&[command, pipeline.to_str().unwrap()], &sets[..]].concat();
    assert_eq!(world.muster(&arguments("run")).code, 0);
    let checked = world.report(0, &arguments("check"));
    let answer = |number: usize| (&checked["verdicts"][number]["id"], &checked["verdicts"][number]["answer"]);
    // 5 maintainers of 4 organisations; 11 contributors, not 12; 0 to 2 new ones a quarter (FIGURES.md, figures/growth.md).
    assert_eq!(answer(0), (&"maintainers".into(), &"holds".into()));
    assert_eq!(answer(1), (&"contributors".into(), &"fails".into()));
    assert_eq!(answer(2), (&"newcomers".into(), &"fails".into()));
    assert!(world.read("out/evidence/report.md").contains("12 people from 6 organizations"));
}

#[test]
fn claims_hold_fail_and_cannot_be_told() {
    let world = demo();
    world.write("claims.toml", CLAIMS);
    let ran = ask(&world, &["check", "--claims", "claims.toml", "--json"]);
    assert_eq!(ran.code, 0, "what fails is not required: {}", ran.err);
    let all = verdicts(&ran);
    let answers: Vec<_> = all.iter().map(|verdict| verdict["answer"].as_str().unwrap()).collect();
    assert_eq!(answers, ["holds", "fails", "undecided", "fails", "undecided"], "{}", ran.out);
    // 5 people of 4 organisations are listed as of 2026-01-01 (FIGURES.md).
    let part = |number: usize| &all[0]["parts"][number]["reading"];
    assert_eq!((&part(0)["value"], &part(1)["value"]), (&5.into(), &4.into()));
    assert!(all[0]["holds_during"][0]["until"].is_null(), "{}", all[0]["holds_during"]);
    // Related companies are one, so 3 holds under that reading, and was once so under the other.
    let ways = all[1]["holds_under"].as_array().unwrap();
    let merged = ways.iter().find(|way| way["answer"] == "holds").unwrap();
    assert_eq!(texts(&merged["labels"]), ["related companies merged"]);
    assert_eq!(all[1]["nearest"], "4 organisations, on 2026-01-01");
    // 5 organisations are known; whoever is of unknown organisation may be of another.
    let doubtful = &all[2]["parts"][0]["reading"];
    assert_eq!(doubtful["low"], 5);
    assert!(doubtful["high"].as_f64().unwrap() >= 6.0, "{doubtful}");
    assert!(all[2]["nearest"].as_str().unwrap().starts_with("at least 5 organisations"), "{}", all[2]["nearest"]);
    assert_eq!(all[3]["parts"][0]["reading"]["rate"]["windows"], 4);
    assert_eq!(texts(&all[4]["because"]), ["there is no metric growth.star"]);
}

#[test]
fn a_required_claim_that_fails_ends_with_status_1_and_a_text_that_says_why() {
    let world = demo();
    let claims = CLAIMS.replace("required = false\n", "");
    world.write("claims.toml", &claims);
    let ran = ask(&world, &["check", "--claims", "claims.toml"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    for said in [
        "✓ holds      \"5 maintainers from 4 companies\"",
        "✗ fails      \"maintainers of 3 companies\"",
        "? undecided  \"contributors from 6 organizations in the past year\"",
        "holds under (related companies merged)",
        "nearest statement that holds: \"4 organisations, on 2026-01-01\"",
        "to decide: say where those people work",
        "1 holds, 2 fails, 2 undecided · as of 2026-01-01",
    ] {
        assert!(ran.out.contains(said), "{said:?} is not in\n{}", ran.out);
    }
    assert_eq!(ask(&world, &["check", "--claims", "claims.toml", "--id", "holds"]).code, 0);
    let unknown = ask(&world, &["check", "--claims", "claims.toml", "--id", "hold"]);
    assert_eq!((unknown.code, unknown.err.contains("there are holds, by-definition")), (2, true), "{}", unknown.err);
    let none = ask(&world, &["check"]);
    assert_eq!((none.code, none.err.contains("muster claims extract")), (2, true), "{}", none.err);
}

#[test]
fn a_run_writes_verdicts_and_criteria_beside_the_summary_and_again_only_when_they_changed() {
    let world = World::new();
    world.write("claims.toml", CLAIMS);
    let run = |more: &[&str]| {
        let named = ["run", "--set", "evidence.claims=claims.toml", "--set", "evidence.criteria=openssf"];
        let ran = ask(&world, &[&named[..], more].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.err
    };
    run(&[]);
    let checked: Value = serde_json::from_str(&world.read("out/evidence/claims.json")).unwrap();
    assert_eq!((&checked["holds"], &checked["project"]), (&1.into(), &"lantern".into()));
    assert!(world.read("out/evidence/claims.md").contains("## ✓ holds: 5 maintainers from 4 companies"));
    let answered: Value = serde_json::from_str(&world.read("out/evidence/criteria-openssf.json")).unwrap();
    let status = |id: &str| {
        let criteria = answered["criteria"].as_array().unwrap();
        criteria.iter().find(|one| one["id"] == id).unwrap()["status"].as_str().unwrap().to_owned()
    };
    assert_eq!((status("graduated-organisations"), status("mission")), ("met".into(), "needs_link".into()));
    assert!(world.read("out/evidence/criteria-openssf.md").starts_with("# lantern: OpenSSF"));
    let before = world.tree("out");
    assert!(run(&[]).contains("unchanged"));
    assert_eq!(before, world.tree("out"));
    world.write("claims.toml", CLAIMS.replace("value = 5 }", "value = 9 }"));
    assert!(!run(&[]).contains("unchanged"));
    let checked: Value = serde_json::from_str(&world.read("out/evidence/claims.json")).unwrap();
    assert_eq!(checked["verdicts"][0]["answer"], "fails");
}

#[test]
fn criteria_are_answered_with_the_links_of_the_pipeline_file() {
    let world = demo();
    let list = ask(&world, &["criteria"]);
    assert_eq!(list.code, 0, "{}", list.err);
    assert!(list.out.contains("cncf-graduation") && list.out.contains("lf-energy"), "{}", list.out);
    for body in ["asf", "cncf-graduation", "cncf-incubation", "lf-ai-data", "lf-energy", "openssf"] {
        let ran = ask(&world, &["criteria", body, "--json"]);
        assert!([0, 1].contains(&ran.code), "{body}: {}", ran.err);
        // Every metric that a profile asks about is there.
        assert!(!ran.out.contains("there is no metric"), "{body}: {}", ran.out);
        let answered: Value = serde_json::from_str(&ran.out).unwrap();
        let refuted = answered["criteria"].as_array().unwrap().iter();
        let refuted = refuted.filter(|one| one["required"] == true && one["status"] == "not_met").count();
        assert_eq!(ran.code, i32::from(refuted > 0), "{body}");
    }
    let own = "title = 'Own'\nbody = 'A board'\nreference = 'https://board.example'\nversion = '1'\n\
               [[criterion]]\nid = 'many'\nsection = 'People'\ntext = 'Ninety maintainers'\nrequired = true\n\
               expect = [{ metric = 'governance.listed_maintainers', op = '>=', value = 90 }]\n\
               [[criterion]]\nid = 'papers'\nsection = 'Papers'\ntext = 'Papers'\nrequired = true\nlink = 'papers'\n";
    world.write("own.toml", own);
    let ran = ask(&world, &["criteria", "own.toml"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.out.contains("✗ not met") && ran.out.contains("give evidence.links.papers"), "{}", ran.out);
    let wrong = ask(&world, &["criteria", "cncf-graduaton"]);
    assert_eq!((wrong.code, wrong.err.contains("did you mean cncf-graduation?")), (2, true), "{}", wrong.err);
}

#[test]
fn what_is_extracted_can_be_checked_as_it_is() {
    let world = demo();
    let document = "# Health\n\nIn the past year we had 11 active contributors from 5 organizations.\n\n\
                    There are five maintainers from four different companies. We aim at 40 contributors.\n";
    world.write("application.md", document);
    let extracted = world.muster(&["claims", "extract", "application.md"]);
    assert_eq!(extracted.code, 0, "{}", extracted.err);
    assert!(extracted.out.contains("place = \"application.md:3:1\""), "{}", extracted.out);
    assert!(extracted.out.contains("#   40: it is a wish, not a claim"), "{}", extracted.out);
    assert_eq!(world.muster(&["claims", "extract", "application.md"]).out, extracted.out);
    world.write("claims.toml", &extracted.out);
    let ran = ask(&world, &["check", "--claims", "claims.toml", "--json"]);
    assert_eq!(ran.code, 0, "{} {}", ran.out, ran.err);
    let answers: Vec<_> = verdicts(&ran).iter().map(|verdict| verdict["answer"].as_str().unwrap().to_owned()).collect();
    assert_eq!(answers, ["holds", "holds"], "{}", ran.out);
    let missing = world.muster(&["claims", "extract", "nothing.md"]);
    assert_eq!(missing.code, 2, "{}", missing.err);
}

#[test]
#[ignore = "reads ../shared/data, which is not part of the repository; .ci/run runs it"]
fn the_seed_applications_claims_are_found() {
    let world = World::new();
    let mut found = Vec::new();
    for file in std::fs::read_dir(shared().join("seeds")).unwrap().map(|file| file.unwrap().path()) {
        let ran = world.muster(&["claims", "extract", file.to_str().unwrap(), "--json"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let extracted: Value = serde_json::from_str(&ran.out).unwrap();
        for claim in extracted["claims"].as_array().unwrap() {
            for one in claim["expect"].as_array().unwrap() {
                let over = one["over"].as_str().map_or(String::new(), |over| format!(" over {over}"));
                let values: Vec<_> = one["values"].as_array().unwrap().iter().map(ToString::to_string).collect();
                found.push(format!(
                    "{} {} {} {}{over}",
                    one["metric"].as_str().unwrap(),
                    one["op"].as_str().unwrap(),
                    values.join(".."),
                    one["window"].as_str().unwrap()
                ));
            }
        }
        let toml = world.muster(&["claims", "extract", file.to_str().unwrap()]);
        if toml.out.contains("[[claim]]") {
            world.write("claims.toml", &toml.out);
            muster_pipeline::read_claims(&world.path("claims.toml"), Vec::new(), &|_| None)
                .unwrap_or_else(|errors| panic!("{errors}"));
        }
    }
    for claim in [
        "growth.active_contributors >= 234 365d",
        "diversity.active_organizations >= 55 365d",
        "governance.listed_maintainers = 12 365d",
        "governance.maintainer_organizations = 7 365d",
        "growth.active_contributors > 200 1970-01-01..2025-07-01",
        "growth.new_contributors between 15..20 quarter over 2023-07-01..2025-07-01",
    ] {
        assert!(found.iter().any(|one| one == claim), "{claim} is not among {found:#?}");
    }
}

#[test]
#[ignore = "reads ../shared/data, which is not part of the repository; .ci/run runs it"]
fn twelve_maintainers_from_seven_companies_holds_on_some_days_and_not_on_others() {
    let world = World::new();
    let roster = |repository: &str| {
        format!(
            "[[source]]\nkind = \"roster\"\nname = \"{repository}\"\nrepository = \"dragonflyoss/{repository}\"\npath = '{}'\n",
            shared().join(format!("maintainers/dragonflyoss-{repository}")).display()
        )
    };
    world.write(
        "p.toml",
        format!(
            "[project]\nname = \"dragonfly\"\nlog = \"log\"\nout = \"out\"\nas_of = \"2026-09-01\"\n{}{}\
             [[claim]]\nid = \"12-from-7\"\ntext = \"12 maintainers from 7 companies\"\nexpect = [\n\
             {{ metric = \"governance.listed_maintainers\", group = \"repository=dragonflyoss/community\", op = \"=\", value = 12 }},\n\
             {{ metric = \"governance.maintainer_organizations\", group = \"repository=dragonflyoss/community\", op = \"=\", value = 7 }} ]\n\
             [[claim]]\nid = \"contributors\"\ntext = \"234 active contributors\"\n\
             expect = [{{ metric = \"growth.active_contributors\", op = \">=\", value = 234 }}]\n",
            roster("community"),
            roster("dragonfly")
        ),
    );
    let run = world.muster(&["run", "p.toml"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let ran = world.muster(&["check", "p.toml", "--json"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let all = verdicts(&ran);
    assert_eq!(all[0]["answer"], "fails", "as of 2026-09-01");
    // The roster of the community's repository says so from 2025-12 to 2026-01 (research note, counted by hand).
    let spans = all[0]["holds_during"].as_array().unwrap();
    let day = |value: &Value| value.as_str().unwrap().chars().take(10).collect::<String>();
    let holds_on = |day_of: &str| {
        spans.iter().any(|span| {
            day(&span["from"]).as_str() <= day_of && (span["until"].is_null() || day_of < day(&span["until"]).as_str())
        })
    };
    assert!(holds_on("2025-12-05"), "{spans:?}");
    assert!(!holds_on("2026-01-07") && !holds_on("2026-03-13") && !holds_on("2025-09-16"), "{spans:?}");
    assert_eq!(all[1]["answer"], "undecided");
    assert!(
        texts(&all[1]["to_decide"]).contains(&"add a github source and run again".to_owned()),
        "{}",
        all[1]["to_decide"]
    );
}
