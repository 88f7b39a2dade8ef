//! `muster people`, and people in the tables: who is who, who worked where, corrections and their mistakes.

use crate::support::{FEW, Ran, World, shared};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const PIPELINE: &str = r#"
[project]
name = "lantern"
log = "log"
out = "out"
as_of = "2025-07-01"
[[source]]
kind = "notes"
name = "guild"
path = "meetings"
[[source]]
kind = "git"
repository = "acme/lantern"
path = "clone"
[[source]]
kind = "people"
name = "affiliations"
path = "gitdm"
[[source]]
kind = "people"
name = "people"
path = "people.toml"
"#;

const PEOPLE: &str = r#"# Kept by hand: ask before you change it.

[[person]]
name = "Ada Lovelace" # as she writes it
accounts = [
    "github:ada", # her login
    "email:ada@mail.example",
]

# Bought in spring.
[[organisation]]
name = "Acme"
aliases = ["Acme Lamps"]
parent = "Big Acme"
from = 2025-04-01
"#;

const GITDM: &str = "# Made up\nada: 1+ada!users.noreply.github.com\n\tAcme Lamps\nbob: bob!mail.example\n\tGuild\n\
    cyd: cyd!mail.example\n\tWick Works until 2025-03-10\n\tIndependent from 2025-03-10\n";

const NOTE: &str = "# Community meeting 2025-03-06\n\n## Attendees\n\n- [Ada Lovelace](https://github.com/ada) (Acme Lamps)\n\
    - [Bob Stone](https://github.com/bob)\n- Mira Tal (Umbrella)\n- Mira Tor\n- Mira T.\n\n\
    ## Minutes\n\n- AL: shows the lamp\n- BS/AL: thank her\n- MT: asks\n";

const LATER: &str = "# Community meeting 2025-03-20\n\n## Attendees\n\n- [Ada Lovelace](https://github.com/ada) (Acme Lamps)\n\
    - [Robert Stone](https://github.com/rstone)\n- Mira Tal (Umbrella)\n\n## Minutes\n\n- AL: shows the wick\n";

/// Author and author date of each commit.
const COMMITS: [(&str, &str); 9] = [
    ("Ada <ada@mail.example>", "2025-03-31T23:59:59Z"),
    ("Ada <ada@mail.example>", "2025-04-01T00:00:00Z"),
    ("Bob Stone <bob@mail.example>", "2025-04-09T23:59:59Z"),
    ("Bob Stone <bob@mail.example>", "2025-04-10T00:00:00Z"),
    ("Bob Stone <bob@mail.example>", "2025-05-09T23:59:59Z"),
    ("Bob Stone <bob@mail.example>", "2025-05-10T00:00:00Z"),
    ("Cyd <cyd@mail.example>", "2025-03-09T23:59:59Z"),
    ("Cyd <cyd@mail.example>", "2025-03-10T00:00:00Z"),
    ("Bob Stone <stone@home.example>", "2025-04-20T00:00:00Z"),
];

/// Not yet run.
fn fresh() -> World {
    let world = World::new();
    world.write("p.toml", format!("{PIPELINE}{FEW}"));
    world.write("people.toml", PEOPLE);
    world.write("gitdm/developers_affiliations1.txt", GITDM);
    world.write("meetings/2025-03-06.md", NOTE);
    world.write("meetings/2025-03-20.md", LATER);
    world.write("clone/README.md", "x");
    world.git("clone", &["init", "--quiet"]);
    for (author, date) in COMMITS {
        world.git("clone", &["commit", "--quiet", "--allow-empty", "-m", "Change", "--author", author, "--date", date]);
    }
    world
}

fn computed() -> World {
    let world = fresh();
    well(&world.muster(&["run", "p.toml"]));
    world
}

#[track_caller]
fn well(ran: &Ran) {
    assert_eq!(ran.code, 0, "{}", ran.err);
}

/// Nothing was done: an error and what to do.
#[track_caller]
fn refused(ran: &Ran, parts: &[&str]) {
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert!(ran.err.starts_with("error: ") && ran.err.contains("\n  = "), "{}", ran.err);
    let missing: Vec<_> = parts.iter().filter(|part| !ran.err.contains(**part)).collect();
    assert!(missing.is_empty(), "{missing:?} not in {}", ran.err);
}

/// `muster people …`, well.
#[track_caller]
fn people(world: &World, arguments: &[&str]) -> Ran {
    let ran = world.muster(&[&["people"], arguments].concat());
    well(&ran);
    ran
}

/// The same answer as JSON.
#[track_caller]
fn asked(world: &World, arguments: &[&str]) -> Value {
    let ran = people(world, &[arguments, &["--json"]].concat());
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.out))
}

fn version(world: &World) -> String {
    world.report(0, &["log", "p.toml", "info"])["version"].to_string()
}

fn events(world: &World) -> u64 {
    world.report(0, &["log", "p.toml", "info"])["events"].as_u64().unwrap()
}

/// The person of each account, as the tables have it.
fn persons(world: &World, file: &str) -> BTreeMap<String, String> {
    let rows = world.rows(file, "SELECT account, person FROM accounts");
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    rows.iter().map(|row| (text(row, "account"), text(row, "person"))).collect()
}

#[track_caller]
fn one_person(world: &World, one: &str, other: &str) -> bool {
    let persons = persons(world, "p.toml");
    persons[one] == persons[other]
}

/// Commits in their order: (organisation, who says so).
fn commits_of(world: &World, account: &str) -> Vec<(String, String)> {
    let query = format!(
        "SELECT c.organisation_group, c.organisation, c.said_by FROM contributions c JOIN accounts a ON a.account = c.account \
         WHERE c.kind = 'commit' AND a.person = (SELECT person FROM accounts WHERE account = '{account}') ORDER BY c.time"
    );
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    world.rows("p.toml", &query).iter().map(|row| (text(&row["organisation"]), text(&row["said_by"]))).collect()
}

#[test]
fn two_accounts_become_one_person_part_again_and_come_back() {
    let world = computed();
    let (before, kept) = (version(&world), world.tree("out/tables"));
    assert!(!one_person(&world, "github:bob", "github:rstone"));
    let mut log = events(&world);
    let mut correct = |arguments: &[&str]| {
        let ran = people(&world, arguments);
        assert!(ran.err.contains("wrote    people.toml\n") && ran.out.is_empty(), "{}{}", ran.out, ran.err);
        let now = events(&world);
        assert!(now > log, "{arguments:?} appends events");
        log = now;
        let text = world.read("people.toml");
        for comment in ["# Kept by hand: ask", "# as she writes it\n", "# her login\n", "# Bought in spring.\n[[org"] {
            assert!(text.contains(comment), "{arguments:?}: {text}");
        }
        well(&world.muster(&["run", "p.toml"]));
        text
    };
    let text = correct(&["link", "p.toml", "bob", "@RStone", "--name", "Bob Stone"]);
    assert!(text.contains("name = \"Bob Stone\"\naccounts = [\"github:bob\", \"github:rstone\"]\n"), "{text}");
    assert!(one_person(&world, "github:bob", "github:rstone"));
    let linked = world.tree("out/tables");

    let text = correct(&["unlink", "p.toml", "github:bob", "rstone"]);
    assert!(text.contains("accounts = [\"github:bob\"]\nnot = [\"github:rstone\"]\n"), "{text}");
    assert!(!one_person(&world, "github:bob", "github:rstone"));
    let persons_before: usize = world.rows("p.toml", "SELECT DISTINCT person FROM accounts").len();
    assert_eq!(persons_before, 9, "as at the beginning");

    correct(&["link", "p.toml", "github:bob", "rstone"]);
    assert!(one_person(&world, "github:bob", "github:rstone"));
    // What is different is which statement says so: its event has a number.
    let again = world.tree("out/tables");
    let different: Vec<_> = linked.iter().filter(|(name, bytes)| again[*name] != **bytes).collect();
    assert!(different.iter().all(|(name, _)| *name == "account_joins.parquet"), "{:?}", different.len());

    let idle = people(&world, &["link", "p.toml", "github:bob", "rstone"]);
    assert_eq!(idle.err, "people.toml says so already\n");
    assert_eq!(events(&world), log);

    well(&world.muster(&["compute", "p.toml", "--as-of", &before]));
    assert!(kept == world.tree("out/tables"), "what was known then is what was known then");
    let then = asked(&world, &["list", "p.toml", "--as-of", &before]);
    assert_eq!(then.as_array().unwrap().len(), 9);
    assert_eq!(asked(&world, &["list", "p.toml"]).as_array().unwrap().len(), 8);
    well(&world.muster(&["compute", "p.toml"]));
    assert!(again == world.tree("out/tables"));
    well(&world.muster(&["log", "p.toml", "verify"]));
}

#[test]
fn the_first_account_of_a_link_stands_for_all() {
    let world = computed();
    people(&world, &["link", "p.toml", "github:bob", "github:rstone"]);
    assert_eq!(asked(&world, &["show", "p.toml", "rstone"])["person"], "github:bob");
}

#[test]
fn initials_that_fit_nobody_are_linked_by_hand() {
    let world = computed();
    let initials = "initials:guild/guild/2025-03-06/MT";
    people(&world, &["link", "p.toml", "name:guild/Mira Tor", initials]);
    let shown = asked(&world, &["show", "p.toml", initials]);
    assert_eq!(shown["accounts"].as_array().unwrap().len(), 2, "{shown}");
}

#[test]
fn an_organisation_holds_from_its_first_day_until_the_first_day_elsewhere() {
    let world = computed();
    let said = |organisation: &str, by: &str| (organisation.to_owned(), by.to_owned());
    assert_eq!(commits_of(&world, "github:bob"), vec![said("Guild", "gitdm"); 4]);
    let (before, kept) = (version(&world), world.tree("out/tables"));
    let ran = people(
        &world,
        &["affiliate", "p.toml", "bob", "Umbrella Inc", "--from", "2025-04-10", "--until", "2025-05-10"],
    );
    assert!(ran.err.contains("wrote    people.toml\n"), "{}", ran.err);
    well(&world.muster(&["run", "p.toml"]));
    let (guild, umbrella) = (said("Guild", "gitdm"), said("Umbrella", "people"));
    assert_eq!(commits_of(&world, "github:bob"), [guild.clone(), umbrella.clone(), umbrella, guild]);

    let conflicts = world.rows("p.toml", "SELECT * FROM conflicts WHERE kind = 'two-organisations'");
    assert_eq!(conflicts.len(), 1, "{conflicts:?}");
    let conflict = &conflicts[0];
    assert_eq!(
        (&conflict["about"], &conflict["from"], &conflict["until"]),
        (&"github:bob".into(), &"2025-04-10T00:00:00Z".into(), &"2025-05-10T00:00:00Z".into())
    );
    assert_eq!(conflict["message"], "Umbrella according to people, Guild according to gitdm; Umbrella is used");
    for event in conflict["events"].as_str().unwrap().split("/.. ").take(1) {
        assert!(event.contains("people:"), "{event}");
    }

    // Independent is a person's own row and no organisation.
    let cyd = world.sql(
        "p.toml",
        "SELECT organisation, organisation_key, organisation_group FROM contributions \
         WHERE person = 'github:cyd' ORDER BY time",
    );
    assert_eq!(
        cyd,
        "organisation,organisation_key,organisation_group\nWick Works,Wick Works,Wick Works\nIndependent,,\n"
    );
    let none = world.rows("p.toml", "SELECT organisation FROM organizations WHERE organisation = 'Independent'");
    assert!(none.is_empty(), "{none:?}");
    // Acme is a company of its own until the day it was bought.
    let ada = world.sql(
        "p.toml",
        "SELECT organisation, organisation_group FROM contributions \
         WHERE person = 'github:ada' AND kind = 'commit' ORDER BY time",
    );
    assert_eq!(ada, "organisation,organisation_group\nAcme,Acme\nAcme,Big Acme\n");
    let relation = world.rows("p.toml", "SELECT * FROM organization_relations WHERE parent = 'Big Acme'");
    assert_eq!((relation.len(), &relation[0]["from"]), (1, &"2025-04-01T00:00:00Z".into()));

    well(&world.muster(&["compute", "p.toml", "--as-of", &before]));
    assert!(kept == world.tree("out/tables"));
}

#[test]
fn independents_related_companies_and_the_unknown_are_in_the_figures_as_what_they_mean() {
    let world = fresh();
    world.write("gitdm/developers_affiliations1.txt", GITDM.replace("\tGuild\n", "\tBig Acme\n"));
    well(&world.muster(&["run", "p.toml"]));
    let query = "SELECT metric, \"window\", value, low, high, unknown_share FROM metrics \
        WHERE metric LIKE 'diversity.active_organization%' AND \"group\" = '' ORDER BY metric, \"window\"";
    let rows = world.rows("p.toml", query);
    let of = |metric: &str, window: &str| {
        let found = rows.iter().find(|row| row["metric"] == metric && row["window"] == window);
        let row = found.unwrap_or_else(|| panic!("no {metric} {window} in {rows:?}"));
        ["value", "low", "high"].map(|key| row[key].as_f64())
    };
    // Ada's Acme and Bob's Big Acme are two as named, and one together; somebody at home is one of these or another.
    assert_eq!(of("diversity.active_organizations", "2025Q2"), [2.0, 2.0, 3.0].map(Some));
    assert_eq!(of("diversity.active_organization_groups", "2025Q2"), [1.0, 1.0, 2.0].map(Some));
    // Acme before it was bought, Wick Works, and Cyd on her own.
    assert_eq!(of("diversity.active_organization_groups", "2025Q1")[0], Some(2.0));
    assert!(rows.iter().all(|row| row["unknown_share"].is_f64() || row["unknown_share"].is_u64()), "{rows:?}");
}

#[test]
fn people_are_listed_shown_suggested_and_contradicted_in_both_forms() {
    let world = computed();
    let list = people(&world, &["list", "p.toml"]);
    assert!(list.out.contains("github:cyd") && list.out.ends_with("(9 rows)\n"), "{}", list.out);
    let rows = asked(&world, &["list", "p.toml"]);
    let row = |person: &str| rows.as_array().unwrap().iter().find(|row| row["person"] == person).unwrap().clone();
    assert_eq!(
        row("github:cyd"),
        serde_json::json!({"person": "github:cyd", "name": "cyd", "accounts": 2, "organisation": "Independent",
            "said_by": "gitdm", "bot": null})
    );
    assert_eq!((&row("github:ada")["name"], &row("github:ada")["accounts"]), (&"Ada Lovelace".into(), &6.into()));

    let suggested = asked(&world, &["suggest", "p.toml"]);
    let suggested = suggested.as_array().unwrap();
    assert_eq!(suggested.len(), 1, "{suggested:?}");
    assert_eq!(suggested[0]["other"], "github:bob");
    assert!(suggested[0]["for"].as_str().unwrap().contains("the same name, bob stone"), "{suggested:?}");
    assert!(people(&world, &["suggest", "p.toml"]).out.ends_with("(1 row)\n"));
    assert_eq!(asked(&world, &["suggest", "p.toml", "--limit", "0"]), serde_json::json!([]));

    let conflicts = asked(&world, &["conflicts", "p.toml"]);
    let kinds: Vec<&str> = conflicts.as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["ambiguous-name"; 2], "{conflicts}");
    assert!(people(&world, &["conflicts", "p.toml"]).out.ends_with("(2 rows)\n"));

    let csv = people(&world, &["export", "p.toml", "--format", "csv"]).out;
    assert!(csv.starts_with("person,name,organisation,from,until,said_by,event\n"), "{csv}");
    assert!(csv.contains("\ngithub:cyd,cyd,Wick Works,,2025-03-10,gitdm,people:affiliations/"), "{csv}");
}

#[test]
fn an_address_is_shown_on_request_and_never_else() {
    let world = computed();
    for form in [&[][..], &["--json"]] {
        for person in ["ada", "github:ada", "ada@mail.example", "Ada Lovelace", "email:ADA@mail.example"] {
            let shown = people(&world, &[&["show", "p.toml", person], form].concat()).out;
            assert!(shown.contains("github:ada") && shown.contains("email:#"), "{person}: {shown}");
            assert!(!shown.contains("mail.example") && !shown.contains("users.noreply"), "{person}: {shown}");
        }
        let private = people(&world, &[&["show", "p.toml", "ada", "--private"], form].concat()).out;
        assert!(private.contains("email:ada@mail.example"), "{private}");
        assert!(private.contains("email:1+ada@users.noreply.github.com"), "{private}");
    }
    let shown = people(&world, &["show", "p.toml", "ada"]).out;
    for part in [
        "github:ada · Ada Lovelace · Acme\n",
        "\nAccounts\n",
        "notes:guild/guild/2025-03-06/linked/name:guild/Ada Lovelace",
        "initials:guild/guild/2025-03-06/AL",
        "\nAffiliations: what figures use\n",
        "\nStatements: who says what\n",
        "Acme Lamps",
        "people:affiliations/developers_affiliations1.txt",
    ] {
        assert!(shown.contains(part), "{part} not in {shown}");
    }
    for command in ["list", "suggest", "conflicts"] {
        for form in [&[][..], &["--json"]] {
            let out = people(&world, &[&[command, "p.toml"], form].concat()).out;
            assert!(!out.contains("mail.example") && !out.contains("home.example"), "{command}: {out}");
        }
    }
    for format in ["gitdm", "csv"] {
        let out = people(&world, &["export", "p.toml", "--format", format]).out;
        assert!(!out.contains("mail!") && !out.contains("!mail.example") && !out.contains("mail.example"), "{out}");
    }
}

#[test]
fn what_is_exported_for_gitdm_is_read_as_the_same() {
    let world = computed();
    let text = people(&world, &["export", "p.toml", "--private"]).out;
    assert!(text.contains("\tWick Works until 2025-03-10\n\tIndependent from 2025-03-10\n"), "{text}");
    world.write("upstream/developers_affiliations1.txt", &text);
    world.write(
        "second.toml",
        "[project]\nname = \"second\"\nlog = \"log2\"\nout = \"out2\"\nas_of = \"2025-07-01\"\n[[source]]\nkind = \"people\"\n\
         name = \"upstream\"\npath = \"upstream\"\n",
    );
    let run = world.report(0, &["run", "second.toml"]);
    assert_eq!((&run["sources"][0]["rejected"], &run["sources"][0]["not_ours"]), (&0.into(), &0.into()));
    assert_eq!(people(&world, &["export", "second.toml", "--private"]).out, text);
    let query = "SELECT person, organisation, \"from\", \"until\" FROM affiliations \
        WHERE person IN ('github:bob', 'github:cyd') ORDER BY 1, 3 NULLS FIRST";
    assert_eq!(world.sql("p.toml", query), world.sql("second.toml", query));
    let persons = persons(&world, "second.toml");
    assert!(persons.values().all(|person| person.starts_with("github:")), "{persons:?}");
}

/// One organisation, though its parent changed: one stint upstream.
#[test]
fn a_change_of_parent_is_no_change_of_job() {
    let world = computed();
    let text = people(&world, &["export", "p.toml"]).out;
    assert!(text.contains("ada: ada!users.noreply.github.com\n\tAcme\nbob:"), "{text}");
}

#[test]
fn a_people_file_with_a_mistake_is_named_by_line_and_nothing_of_it_is_taken() {
    let world = computed();
    let (kept, log) = (world.tree("out/tables"), version(&world));
    let line = PEOPLE.lines().count() + 1;
    let new = "[[person]]\nname = \"Cyd Wick\"\naccounts = [\"github:cyd\", \"name:guild/Mira Tor\"]\n";
    let dated = |dates: &str| format!("{new}[[person.affiliation]]\norganisation = \"Zed\"\n{dates}");
    for (mistake, place, said, rejected) in [
        (format!("<<<<<<< ours\n{new}=======\n>>>>>>> theirs\n"), line, "a merge marker of Git, <<<<<<<", 3),
        (format!("{new}acounts = []\n"), line + 3, "unknown key `acounts` of a person", 1),
        (dated("from = \"2025-02-30\"\n"), line + 5, "2025-02-30 is no day of the calendar", 1),
        (dated("from = 2025-02-30\n"), line + 5, "not TOML", 1),
        (
            dated("from = 2025-02-03\nuntil = 2025-01-01\n"),
            line + 6,
            "it ends on 2025-01-01 and begins on 2025-02-03",
            1,
        ),
        (new.replace("github:cyd", "github:Ada"), line + 2, "github:ada is already somebody's, on line 6", 1),
        (
            format!("{new}[[organisation]]\nname = \"Big Acme\"\nparent = \"Acme\"\n"),
            line + 5,
            "a cycle of parents: Acme → Big Acme → Acme",
            1,
        ),
        (format!("{new}{}", PEOPLE.split_once("\n\n").unwrap().1), line + 6, "is already somebody's, on line 6", 4),
    ] {
        let text = format!("{PEOPLE}{mistake}");
        world.write("people.toml", &text);
        // A correction is no way around it.
        let expected = format!("{place}: ");
        let correction = world.muster(&["people", "affiliate", "p.toml", "cyd", "Zed"]);
        refused(&correction, &["people.toml: the people file has mistakes: ", &expected, "mend it first"]);
        assert_eq!(world.read("people.toml"), text);

        let report = world.report(0, &["run", "p.toml"]);
        let source = &report["sources"][3];
        assert_eq!((&source["rejected"], &source["appended"]), (&rejected.into(), &0.into()), "{mistake}: {source}");
        let counted = ["appended", "duplicates", "conflicts", "rejected", "not_ours", "filtered"];
        let counted: u64 = counted.iter().map(|key| source[key].as_u64().unwrap()).sum();
        assert_eq!(source["read"], counted, "{source}");
        let problems = source["problems"].to_string();
        assert!(problems.contains(said), "{problems}");
        let csv = world.read("out/evidence/rejected.csv");
        let named = format!("\npeople,people.toml,{place},rejected,");
        assert!(
            csv.lines().any(|line| format!("\n{line}").starts_with(&named) && line.contains(said)),
            "{said}: {csv}"
        );
        assert!(kept == world.tree("out/tables"), "{mistake} changed a table");
    }
    // It is reported until it is mended.
    let again = world.muster(&["run", "p.toml"]);
    well(&again);
    assert!(again.err.contains(": github:ada is already somebody's, on line 6"), "{}", again.err);
    world.write("people.toml", PEOPLE);
    let mended = world.report(0, &["run", "p.toml"]);
    assert_eq!((&mended["sources"][3]["rejected"], &mended["sources"][3]["appended"]), (&0.into(), &0.into()));
    assert!(kept == world.tree("out/tables"));
    well(&world.muster(&["compute", "p.toml", "--as-of", &log]));
    assert!(kept == world.tree("out/tables"));
    assert!(!world.sql("p.toml", "SELECT organisation FROM affiliations").contains("Zed"));
}

#[test]
fn a_correction_of_a_file_with_merge_markers_says_so() {
    let world = fresh();
    world.write("people.toml", format!("{PEOPLE}<<<<<<< ours\n=======\n>>>>>>> theirs\n"));
    refused(&world.muster(&["people", "link", "p.toml", "bob", "rstone"]), &["merge marker", "people.toml"]);
}

#[test]
fn parents_in_a_circle_through_two_files_are_a_conflict() {
    let world = fresh();
    world.write(
        "p.toml",
        format!("{PIPELINE}[[source]]\nkind = \"people\"\nname = \"more\"\npath = \"more.toml\"\n{FEW}"),
    );
    world.write("more.toml", "[[organisation]]\nname = \"Big Acme\"\nparent = \"Acme\"\n");
    let run = world.muster(&["run", "p.toml"]);
    well(&run);
    let conflicts = world.rows("p.toml", "SELECT about, message FROM conflicts WHERE kind = 'parent-cycle'");
    assert_eq!(conflicts.len(), 1, "{conflicts:?}");
    assert!(conflicts[0]["message"].as_str().unwrap().contains("Big Acme"), "{conflicts:?}");
}

#[test]
fn who_is_not_known_and_what_cannot_be_written_is_said() {
    let world = computed();
    let before = (world.read("people.toml"), version(&world));
    let show = |person: &str| world.muster(&["people", "show", "p.toml", person]);
    refused(&show("nobody"), &["nobody is known as \"nobody\"", "give a login"]);
    refused(&show("Bob Stone"), &["\"Bob Stone\" is the name of email:#", "github:bob", "give one of these"]);
    for (arguments, parts) in [
        (&["link", "p.toml", "bob", "Bob Stone"][..], &["no `github:` account", "write it as github:ada"][..]),
        (&["link", "p.toml", "bob", "team:acme/lamps"], &["account"]),
        (&["unlink", "p.toml", "bob", "bob"], &["github:bob is one account", "name two accounts"]),
        (&["affiliate", "p.toml", "bob", " "], &["no name"]),
        (&["affiliate", "p.toml", "bob", "Zed", "--from", "2025-13-01"], &["2025-13-01", "2021-01-01"]),
        (
            &["affiliate", "p.toml", "bob", "Zed", "--from", "2025-03-01", "--until", "2025-03-01"],
            &["it would end on 2025-03-01 and begin on 2025-03-01"],
        ),
        (&["forget", "p.toml", "nobody"], &["nobody is known as"]),
    ] {
        refused(&world.muster(&[&["people"], arguments].concat()), parts);
    }
    for (arguments, wrong) in [(&["link", "p.toml", "bob"][..], "link"), (&["marry", "p.toml", "bob"], "marry")] {
        let ran = world.muster(&[&["people"], arguments].concat());
        assert!(ran.code == 2 && ran.err.contains(wrong), "{}", ran.err);
    }
    assert_eq!(before, (world.read("people.toml"), version(&world)));
}

#[test]
fn without_a_people_file_a_correction_says_how_to_name_one_and_makes_nothing() {
    let world = World::new();
    world.write("p.toml", PIPELINE.split("[[source]]\nkind = \"people\"").next().unwrap().to_owned() + FEW);
    world.write("meetings/2025-03-06.md", NOTE);
    for arguments in [&["link", "p.toml", "bob", "rstone"][..], &["affiliate", "p.toml", "bob", "Zed"]] {
        let ran = world.muster(&[&["people"], arguments].concat());
        refused(&ran, &["p.toml names no people file to write to", "kind = \"people\" name = \"people\" path ="]);
    }
    let there: Vec<String> = world.tree(".").into_keys().collect();
    assert_eq!(there, ["meetings/2025-03-06.md", "p.toml"]);
}

#[test]
fn a_people_file_that_is_not_there_yet_is_begun() {
    let world = fresh();
    std::fs::remove_file(world.path("people.toml")).unwrap();
    people(&world, &["link", "p.toml", "bob", "stone@home.example"]);
    assert_eq!(world.read("people.toml"), "[[person]]\naccounts = [\"github:bob\", \"email:stone@home.example\"]\n");
    well(&world.muster(&["run", "p.toml"]));
    assert_eq!(commits_of(&world, "github:bob").len(), 5);
}

#[test]
fn answers_over_the_log_itself_have_addresses_on_request_only() {
    let world = computed();
    for arguments in [
        &["sql", "p.toml", "SELECT account FROM signatures"][..],
        &["sql", "p.toml", "SELECT data FROM events", "--format", "csv"],
        &["sql", "p.toml", "SELECT data FROM events", "--json"],
        &["log", "show", "p.toml", "--limit", "1000"],
        &["log", "show", "p.toml", "--limit", "1000", "--json"],
    ] {
        let hidden = world.muster(arguments);
        well(&hidden);
        assert!(!hidden.out.contains("mail.example") && hidden.out.contains('#'), "{arguments:?}: {}", hidden.out);
        let asked = world.muster(&[arguments, &["--private"]].concat());
        well(&asked);
        assert!(asked.out.contains("mail.example"), "{arguments:?}: {}", asked.out);
    }
}

#[test]
fn no_table_and_no_file_of_the_outputs_has_an_address() {
    let world = computed();
    for arguments in [
        &["link", "p.toml", "bob", "stone@home.example"][..],
        &["unlink", "p.toml", "ada@mail.example", "cyd@mail.example"],
        &["affiliate", "p.toml", "cyd@mail.example", "Zed <info@zed.example>"],
    ] {
        people(&world, arguments);
    }
    // Mistakes that quote a line with an address.
    world.write(
        "gitdm/developers_affiliations1.txt",
        format!("{GITDM}dan; dan!mail.example, dan@mail.example\n\tZed\n"),
    );
    world.write("gitdm/email-map", "eve!mail.example Zed < 2025-99-99\neve!mail.example\n");
    well(&world.muster(&["run", "p.toml"]));
    // user@host and gitdm's user!host, but neither mentions (@bob) nor prose.
    let address = |text: &str| {
        let hosts = ["mail.example", "home.example", "zed.example", "users.noreply"];
        text.lines().find(|line| hosts.iter().any(|host| line.contains(host))).map(str::to_owned)
    };
    let mut found = Vec::new();
    let mut search = |place: &str, text: &str| found.extend(address(text).map(|line| format!("{place}: {line}")));
    let mut kinds = BTreeSet::new();
    for (name, bytes) in world.tree("out") {
        kinds.insert(name.rsplit('.').next().unwrap().to_owned());
        search(&name, &String::from_utf8_lossy(&bytes));
    }
    assert_eq!(kinds, ["csv", "html", "json", "jsonl", "md", "parquet", "prom"].map(str::to_owned).into());
    let tables = world.rows(
        "p.toml",
        "SELECT table_schema AS s, table_name AS t FROM information_schema.tables WHERE table_schema <> 'information_schema'",
    );
    // The log itself, and what lies between it and the tables, are the only ones that are no outputs.
    let written: BTreeSet<String> = (world.tree("out").into_keys())
        .filter_map(|name| Some(name.strip_suffix(".parquet")?.rsplit('/').next()?.rsplit('.').next()?.to_owned()))
        .collect();
    let mut asked = BTreeSet::new();
    for table in &tables {
        let (schema, table) = (table["s"].as_str().unwrap(), table["t"].as_str().unwrap());
        if written.contains(table) {
            search(table, &world.sql("p.toml", &format!("SELECT * FROM \"{schema}\".\"{table}\"")));
            asked.insert(table);
        }
    }
    assert_eq!(asked.len(), written.len(), "{asked:?} of {written:?}");
    for table in ["metrics", "accounts", "account_joins", "declarations", "conflicts", "organizations", "speakers"] {
        assert!(asked.contains(table), "{table} of {asked:?}");
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_name_that_fits_two_stays_unresolved_and_is_counted() {
    let world = computed();
    let rows = world.sql("p.toml", "SELECT account, person FROM accounts WHERE unresolved ORDER BY account");
    let initials = "initials:guild/guild/2025-03-06/MT";
    assert_eq!(rows, format!("account,person\n{initials},{initials}\nname:guild/Mira T.,name:guild/Mira T.\n"));
    let conflicts =
        world.sql("p.toml", "SELECT about, message FROM conflicts WHERE kind = 'ambiguous-name' ORDER BY about");
    assert!(conflicts.contains("name:guild/Mira T. fits name:guild/Mira Tal, name:guild/Mira Tor"), "{conflicts}");
    assert_eq!(conflicts.lines().count(), 3, "{conflicts}");
    // Two whole names, and what may be either, at the meeting: 5 people.
    let attended = "SELECT count(DISTINCT person) AS n FROM attendance WHERE meeting LIKE '%2025-03-06%'";
    assert_eq!(world.sql("p.toml", attended), "n\n5\n");
    let speakers = world.sql("p.toml", "SELECT written, person, unresolved FROM speakers ORDER BY time, written");
    assert_eq!(
        speakers,
        format!(
            "written,person,unresolved\nAL,github:ada,false\nBS,github:bob,false\nMT,{initials},true\nAL,github:ada,false\n"
        )
    );
    // Somebody who knows says so; the other stays.
    people(&world, &["link", "p.toml", "name:guild/Mira Tal", "name:guild/Mira T."]);
    well(&world.muster(&["run", "p.toml"]));
    assert!(one_person(&world, "name:guild/Mira Tal", "name:guild/Mira T."));
    let open = world.sql("p.toml", "SELECT account FROM accounts WHERE unresolved");
    assert_eq!(open, format!("account\n{initials}\n"));
}

#[test]
fn equal_names_alone_join_nobody() {
    let world = computed();
    let persons = world.rows("p.toml", "SELECT DISTINCT person FROM accounts WHERE name = 'Bob Stone'");
    assert_eq!(persons.len(), 2, "{persons:?}");
    // Nor does the same given name of two who are linked to their profiles.
    assert!(!one_person(&world, "name:guild/Mira Tal", "name:guild/Mira Tor"));
}

// The real data.

const BUNDLES: [&str; 7] = ["community", "dragonfly", "client", "nydus", "api", "helm-charts", "console"];

/// What the head of pipelines/dragonfly.toml says for the developers' copy.
fn dragonfly(world: &World) -> Vec<String> {
    let data = shared().display().to_string();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let mut arguments = vec![format!("{root}/pipelines/dragonfly.toml")];
    let mut set = |key: String, path: String| arguments.extend(["--set".to_owned(), format!("{key}={path}")]);
    set("source.meetings.path".to_owned(), format!("{data}/meetings/dragonfly"));
    for name in BUNDLES {
        set(format!("source.{name}.path"), format!("{data}/git/dragonflyoss-{name}.bundle"));
    }
    for name in &BUNDLES[..5] {
        set(format!("source.{name}-roster.path"), format!("{data}/maintainers/dragonflyoss-{name}"));
    }
    set("source.affiliations.path".to_owned(), format!("{data}/affiliations"));
    set("project.log".to_owned(), world.path("log").display().to_string());
    set("project.out".to_owned(), world.path("out").display().to_string());
    arguments
}

/// `muster <words> <pipeline and what is set> <more>`, well.
#[track_caller]
fn real(world: &World, sets: &[String], words: &[&str], more: &[&str]) -> String {
    let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
    let ran = world.muster(&[words, &sets, more].concat());
    assert_eq!(ran.code, 0, "{words:?} {more:?}: {}", ran.err);
    ran.out
}

fn real_rows(world: &World, sets: &[String], query: &str) -> Vec<Value> {
    serde_json::from_str(&real(world, sets, &["sql"], &[query, "--json"])).unwrap()
}

#[test]
#[ignore = "reads ../shared/data, which is not part of the repository; .ci/run runs it"]
fn the_maintainers_of_dragonfly_are_one_person_each() {
    let world = World::new();
    let sets = dragonfly(&world);
    real(&world, &sets, &["run"], &[]);
    let rows = |query: &str| real_rows(&world, &sets, query);
    for login in ["bravey", "gaius-qi", "imeoer", "mingcheng", "fcgxz2003"] {
        let person = format!("github:{login}");
        let accounts = rows(&format!("SELECT account FROM accounts WHERE person = '{person}'"));
        let has = |start: &str| accounts.iter().any(|row| row["account"].as_str().unwrap().starts_with(start));
        assert!(has(&person) && has("name:meetings/") && has("email:#"), "{login}: {accounts:?}");
        let said: BTreeSet<String> =
            rows(&format!("SELECT DISTINCT said_by FROM declarations WHERE person = '{person}'"))
                .iter()
                .map(|row| row["said_by"].as_str().unwrap().to_owned())
                .collect();
        assert!(said.contains("notes") && said.contains("roster"), "{login}: {said:?}");
        assert_eq!(said.contains("gitdm"), ["gaius-qi", "mingcheng"].contains(&login), "{login}: {said:?}");
        let roles = rows(&format!(
            "SELECT count(DISTINCT kind) AS kinds, count(*) AS n FROM contributions WHERE person = '{person}' \
             AND kind IN ('commit', 'meeting')"
        ));
        assert_eq!(roles[0]["kinds"], 2, "{login} commits and attends: {roles:?}");
        // Nobody else has the login's account or a name that only they have.
        let others = rows(&format!(
            "SELECT DISTINCT person FROM accounts WHERE lower(name) IN (SELECT lower(name) FROM accounts \
             WHERE person = '{person}' AND account LIKE 'name:meetings/%') AND person LIKE 'name:%'"
        ));
        assert!(others.is_empty(), "{login}: {others:?}");
    }

    let conflicts: Value = serde_json::from_str(&real(&world, &sets, &["people", "conflicts"], &["--json"])).unwrap();
    let about = |kind: &str, person: &str| -> Vec<String> {
        let rows = conflicts.as_array().unwrap().iter();
        let rows = rows.filter(|row| row["kind"] == kind && row["about"] == person);
        rows.map(|row| row["what"].as_str().unwrap().to_owned()).collect()
    };
    let names = about("two-names", "github:bravey");
    assert_eq!(names, ["github:bravey is called Kaiyong Yang, Liu Zhao"]);
    let organisations = about("two-organisations", "github:mingcheng");
    let both = |what: &&String| what.contains("Ant Group according to roster") && what.contains("Apache");
    assert!(organisations.iter().any(|what| both(&what)), "{organisations:?}");
    // Spellings of one foundation contradict nothing.
    let same = |what: &&String| what.matches("Apache").count() > 2;
    assert!(!organisations.iter().any(|what| same(&what)), "{organisations:?}");

    for (day, maintainers, organisations) in [("2025-12-05", 12, 7), ("2026-03-12", 15, 8)] {
        let counted = rows(&format!(
            "SELECT count(DISTINCT person) AS people, count(DISTINCT written) AS written FROM maintainers \
             WHERE repository = 'dragonflyoss/community' AND is_maintainer AND \"from\" <= '{day}T00:00:00Z' \
             AND (\"until\" IS NULL OR \"until\" > '{day}T00:00:00Z')"
        ));
        assert_eq!(counted[0]["people"], maintainers, "{day}");
        assert_eq!(counted[0]["written"], organisations, "{day}");
    }

    let figures = rows(
        "SELECT \"group\", \"window\", value, low, high, unknown_share, n FROM metrics \
         WHERE metric = 'diversity.active_organizations'",
    );
    assert!(figures.len() > 50, "{}", figures.len());
    for figure in figures.iter().filter(|figure| figure["n"].as_f64() > Some(0.0)) {
        let unknown = figure["unknown_share"].as_f64();
        assert!(unknown.is_some_and(|share| (0.0..=1.0).contains(&share)), "{figure}");
        let [value, low, high] = ["value", "low", "high"].map(|key| figure[key].as_f64());
        if unknown > Some(0.0) {
            assert!(low.is_some() && low <= value && high == value.map(|value| value + 1.0), "{figure}");
        } else {
            // All known: there is no range but the value.
            assert!(
                low.is_none_or(|low| Some(low) == value) && high.is_none_or(|high| Some(high) == value),
                "{figure}"
            );
        }
    }
    let summary = figures.iter().find(|figure| figure["group"] == "" && figure["window"] == "365d").unwrap();
    assert!(
        summary["low"].is_number() && summary["high"].is_number() && summary["unknown_share"].is_number(),
        "{summary}"
    );
}

/// Login (folded) to its blocks, each a list of (organisation, from, until).
type Blocks = BTreeMap<String, Vec<Vec<(String, String, String)>>>;

/// Read here in another way than the program does.
fn blocks(text: &str) -> Blocks {
    let mut blocks = Blocks::new();
    let mut login = String::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let Some(stint) = line.strip_prefix('\t') else {
            login = line.split(':').next().unwrap().trim_end_matches('*').to_lowercase();
            blocks.entry(login.clone()).or_default().push(Vec::new());
            continue;
        };
        let (stint, until) = stint.rsplit_once(" until ").unwrap_or((stint, ""));
        let (organisation, from) = stint.rsplit_once(" from ").unwrap_or((stint, ""));
        let stint = (organisation.trim().to_owned(), from.trim().to_owned(), until.trim().to_owned());
        blocks.get_mut(&login).unwrap().last_mut().unwrap().push(stint);
    }
    blocks
}

#[test]
#[ignore = "reads ../shared/data, which is not part of the repository; .ci/run runs it"]
fn developers_affiliations_come_back_as_they_were() {
    let world = World::new();
    let file = shared().join("affiliations/developers_affiliations1.txt");
    world.write(
        "p.toml",
        format!(
            "[project]\nname = \"round\"\nlog = \"log\"\nout = \"out\"\nas_of = \"2026-07-01\"\n[[source]]\nkind = \"people\"\n\
             name = \"gitdm\"\npath = '{}'\n",
            file.display()
        ),
    );
    let run = world.report(0, &["run", "p.toml"]);
    let original = blocks(&std::fs::read_to_string(&file).unwrap());
    assert!(original.len() > 400, "{}", original.len());
    let several = original.values().filter(|blocks| blocks.iter().any(|block| *block != blocks[0])).count();
    assert!(several > 20 && run["sources"][0]["problems_in_all"].as_u64() >= Some(several as u64 / 2), "{several}");
    let exported = blocks(&people(&world, &["export", "p.toml", "--format", "gitdm", "--private"]).out);

    // Spellings of one organisation mean the same.
    let mut meant: BTreeMap<String, String> = BTreeMap::new();
    for row in world.rows("p.toml", "SELECT written, organisation FROM declarations WHERE organisation IS NOT NULL") {
        let text = |key: &str| row[key].as_str().unwrap().to_owned();
        meant.insert(text("written"), text("organisation"));
    }
    let sorted = |block: &[(String, String, String)]| {
        let mean = |name: &String| meant.get(name).unwrap_or(name).clone();
        let mut stints: Vec<_> =
            block.iter().map(|(name, from, until)| (mean(name), from.clone(), until.clone())).collect();
        stints.sort();
        stints
    };
    let conflicts = asked(&world, &["conflicts", "p.toml"]);
    let listed: BTreeSet<&str> = (conflicts.as_array().unwrap().iter())
        .filter(|row| row["kind"] == "two-organisations" && row["what"].as_str().unwrap().contains("neither is used"))
        .map(|row| row["about"].as_str().unwrap())
        .collect();
    let mut lost = Vec::new();
    for (login, blocks) in &original {
        let block = sorted(&blocks[0]);
        if blocks.iter().any(|other| sorted(other) != block) {
            if !listed.contains(format!("github:{login}").as_str()) {
                lost.push(format!("{login} has several blocks and is in no conflict: {blocks:?}"));
            }
            continue;
        }
        match exported.get(login) {
            Some(found) if found.len() == 1 && sorted(&found[0]) == block => {}
            found => lost.push(format!("{login}: {block:?} came back as {found:?}")),
        }
    }
    assert!(lost.is_empty(), "{} of {}:\n{}", lost.len(), original.len(), lost.join("\n"));
}
