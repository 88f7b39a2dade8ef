//! Sentences as projects write them, and what must be found in them. All of them are made up.

use super::*;

fn found(sentence: &str) -> Vec<String> {
    let meanings = Meanings::shipped().expect("readable");
    let extracted = extract("a.txt", sentence, Form::Text, &meanings);
    let expect = extracted.claims.iter().flat_map(|proposed| &proposed.claim.expect);
    expect
        .map(|one| {
            let over = one.over.map_or(String::new(), |over| format!(" over {over}"));
            let metric = one.metric.split_once('.').map_or("", |(_, name)| name);
            format!("{metric} {} {}{over}", crate::claims::check::written(&one.must), one.window)
        })
        .collect()
}

#[test]
fn what_projects_write_is_understood() {
    let corpus: &[(&str, &[&str])] = &[
        (
            "In the past year we had 234 active contributors from 55 different organizations.",
            &["active_contributors >= 234 365d", "active_organizations >= 55 365d"],
        ),
        (
            "There are 12 maintainers from 7 different companies.",
            &["listed_maintainers = 12 365d", "maintainer_organizations = 7 365d"],
        ),
        ("Lantern has 12 maintainers (committers).", &["listed_maintainers = 12 365d"]),
        (
            "As of mid-2025, Lantern has over 200 unique contributors on GitHub, with a steady growth of 15-20 new contributors per quarter over the past two years.",
            &[
                "active_contributors > 200 1970-01-01..2025-07-01",
                "new_contributors between 15 and 20 quarter over 2023-07-02..2025-07-01",
            ],
        ),
        (
            "Twelve maintainers from seven organisations look after it.",
            &["listed_maintainers = 12 365d", "maintainer_organizations = 7 365d"],
        ),
        ("The project counts 1,234 contributors.", &["active_contributors >= 1234 all"]),
        (
            "More than 3,000 people have committed; nearly 400 contributors in 2024",
            &["active_contributors between 360 and 400 2024"],
        ),
        ("around 40 active contributors in the last 12 months", &["active_contributors between 36 and 44 365d"]),
        ("no fewer than ten companies contributed in Q2 2025", &["active_organizations >= 10 2025Q2"]),
        ("fewer than 5 maintainers", &["listed_maintainers < 5 365d"]),
        ("We do not have 50 contributors yet.", &["active_contributors < 50 all"]),
        ("not more than 3 maintainers", &["listed_maintainers <= 3 365d"]),
        ("175+ contributors since 2021", &["active_contributors >= 175 2021-01-01.."]),
        ("Contributors: 499 (365 days)", &["active_contributors >= 499 all"]),
        ("The number of contributors grew to 150 in 2024.", &["active_contributors >= 150 2024"]),
        ("Two hundred and five committers in the past six months", &["commit_contributors >= 205 183d"]),
        ("14 new PR contributors last quarter", &["new_contributors >= 14 quarter"]),
        ("20 newcomers a year over the past three years", &["new_contributors >= 20 year over 1095d"]),
        ("13 maintainers as of 2025-09-15", &["listed_maintainers = 13 2025-09-15"]),
        ("There are 8 core maintainers, 5 of whom work for Acme.", &["listed_maintainers = 8 365d"]),
        ("7 companies have maintainers in the project", &["maintainer_organizations = 7 365d"]),
        (
            "at least 20 developers and up to 9 organizations in June 2025",
            &["code_contributors >= 20 2025-06", "active_organizations <= 9 2025-06"],
        ),
        (
            "15 to 20 active contributors each month in 2024",
            &["active_contributors between 15 and 20 month over 2024-01-01..2025-01-01"],
        ),
    ];
    for (sentence, expected) in corpus {
        assert_eq!(found(sentence), *expected, "{sentence}");
    }
}

#[test]
fn what_is_no_claim_is_listed_with_the_reason() {
    let meanings = Meanings::shipped().expect("readable");
    for (sentence, number, why) in [
        ("We aim to have 300 contributors next year.", "300", "it is a wish, not a claim"),
        ("A project must have 2 maintainers.", "2", "it is a rule, not a claim"),
        ("It is used by 40 organizations.", "40", "it counts adopters or users, whom no log knows"),
        ("38 % of the work comes from outside.", "38 %", "it is not known what it counts"),
        ("5 of our maintainers are new.", "5", "it is not known what it counts"),
        ("It serves 3 million requests.", "3 million", "it is not known what it counts"),
        ("We are not exactly 12 maintainers.", "12", "what is denied is not clear"),
        ("60 % of contributors", "60 %", "it is not known what it counts"),
        ("100 % contributors", "100 %", "no metric is that share"),
    ] {
        let extracted = extract("a.txt", sentence, Form::Text, &meanings);
        assert!(extracted.claims.is_empty(), "{sentence}: {:?}", extracted.claims);
        let told: Vec<_> = extracted.unmapped.iter().flat_map(|one| &one.numbers).collect();
        assert_eq!(told, [&(number.to_owned(), why.to_owned())], "{sentence}");
    }
    for sentence in [
        "Released in v2.1.0 on 2025-06-01, see #162.",
        "Founded in 2018.",
        "Met on 31-Aug-2023, again on 3 May 2024.",
        "2021-2023: a time of change.",
        "First of all, no number here.",
    ] {
        let extracted = extract("a.txt", sentence, Form::Text, &meanings);
        assert!(extracted.claims.is_empty() && extracted.unmapped.is_empty(), "{sentence}: {extracted:?}");
    }
}

#[test]
fn a_document_gives_its_claims_with_their_places_and_its_headings_their_windows() {
    let meanings = Meanings::shipped().expect("readable");
    let text = "# In 2024\n\n- 40 contributors, e.g. 5 students. Another sentence.\n\n## Today\n\n| What | Number |\n| --- | --- |\n| Maintainers | 12 |\n\nWe had 3 contributors\n**and 9 maintainers**.\n";
    let extracted = extract("docs/a.md", text, Form::Markdown, &meanings);
    let told: Vec<_> = extracted
        .claims
        .iter()
        .map(|one| {
            (
                one.claim.id.as_str(),
                one.claim.place.as_deref().unwrap_or_default(),
                one.claim.expect[0].window.to_string(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("contributors", "docs/a.md:3:3", "2024".to_owned()),
            ("maintainers", "docs/a.md:9:17", "365d".to_owned()),
            ("contributors-maintainers", "docs/a.md:11:1", "all".to_owned()),
        ]
    );
    assert_eq!(extracted.claims[2].notes, ["the sentence names no window; it is taken as all time"]);
    assert_eq!(extracted.unmapped.len(), 1);
    let toml = extracted_toml(&extracted);
    assert!(toml.contains("text = \"We had 3 contributors and 9 maintainers.\""), "{toml}");
    assert!(
        toml.contains("{ metric = \"growth.active_contributors\", window = \"2024\", op = \">=\", value = 40 }"),
        "{toml}"
    );
    assert!(toml.contains("#   5: it is not known what it counts"), "{toml}");
    let json: serde_json::Value = serde_json::from_str(&extracted_json(&extracted)).expect("JSON");
    assert_eq!(json["claims"][1]["expect"][0]["values"][0], 12);
}

#[test]
fn a_hostile_document_gives_toml_and_no_address() {
    let meanings = Meanings::shipped().expect("readable");
    let text = "We \"have\" 12 maintainers \\ ''' \u{202e} ${HOME} ada@mail.example\n\n\u{7}5 # ]] apples ask b@mail.example\n";
    let extracted = extract("a\"\n.txt", text, Form::Text, &meanings);
    let toml = extracted_toml(&extracted);
    assert!(!toml.contains("mail.example") && !toml.contains('\u{202e}') && !toml.contains('\u{7}'), "{toml}");
    let read: toml::Table = toml::from_str(&toml).expect("TOML");
    let text = read["claim"][0]["text"].as_str().expect("a text");
    assert_eq!(text, "We \"have\" 12 maintainers \\ ''' $${HOME} <e-mail removed>");
}

#[test]
fn no_text_stops_it() {
    let meanings = Meanings::shipped().expect("readable");
    let pieces = [
        "12",
        "–",
        "maintainers",
        "per",
        "quarter",
        "\u{a0}",
        "of",
        "mid-",
        "2025",
        "(",
        "between",
        "and",
        "%",
        "é",
        "…",
        "'",
        "1,",
        "Q2",
        ".",
    ];
    let mut seed = 7usize;
    for _ in 0..2000 {
        let mut text = String::new();
        for _ in 0..12 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push_str(pieces[(seed >> 33) % pieces.len()]);
            if seed & 1 << 20 == 0 {
                text.push(' ');
            }
        }
        for form in [Form::Markdown, Form::Html, Form::Text] {
            extracted_toml(&extract("a", &text, form, &meanings));
        }
    }
}
