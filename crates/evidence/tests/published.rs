//! What other tools publish, read and written: fixtures in the shape of their documentation, with numbers of our own.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use muster_evidence::Figure;
use muster_evidence::published::{MOST_BYTES, PublishedError, Reading, Tool, opendigger, read};

/// Metric, window, group, value, position.
fn told(reading: &Reading) -> Vec<(&str, &str, &str, f64, &str)> {
    let row = |figure: &'_ muster_evidence::published::Published| figure.value;
    reading
        .figures
        .iter()
        .map(|figure| (&*figure.metric, &*figure.window, &*figure.group, row(figure), &*figure.position))
        .collect()
}

fn unknown(reading: &Reading) -> Vec<(&str, &str)> {
    reading.unknown.iter().map(|unknown| (&*unknown.series, &*unknown.position)).collect()
}

fn devstats(rest: &str) -> Reading {
    read("answer.json", format!(r#"{{"project":"lantern","db_name":"lantern",{rest}}}"#).as_bytes()).unwrap()
}

#[test]
fn a_table_of_companies_is_read() {
    let reading = devstats(
        r#""range":"Last year","metric":"Contributors","rank":[0,1,2],"company":["All","Acme Lights","Tidewater"],"number":[16,9,2]"#,
    );
    assert_eq!(reading.tool, Tool::DevStats);
    let expected = [
        ("devstats.contributors", "365d", "", 16.0, "/number/0"),
        ("devstats.contributors", "365d", "organisation=Acme Lights", 9.0, "/number/1"),
        ("devstats.contributors", "365d", "organisation=Tidewater", 2.0, "/number/2"),
    ];
    assert_eq!(told(&reading), expected);
    assert!(reading.unknown.is_empty() && reading.problems.is_empty());
}

#[test]
fn a_series_or_range_that_we_have_not_is_listed_with_the_reason() {
    let reading = devstats(r#""range":"Last year","metric":"Forkers","rank":[0],"company":["All"],"number":[16]"#);
    assert_eq!((told(&reading), unknown(&reading)), (vec![], vec![("CompaniesTable/Forkers", "")]));
    let reading =
        devstats(r#""range":"v1.0 - now","metric":"Contributors","rank":[0],"company":["All"],"number":[16]"#);
    assert!(reading.figures.is_empty() && reading.unknown[0].reason.contains("range:YYYY-MM-DD"), "{reading:?}");
    let reading = devstats(
        r#""range":"Last year","metric":"Contributions","repository_group":"All","country":"Chad","rank":[1],"login":["ada"],"number":[4]"#,
    );
    assert!(reading.figures.is_empty() && reading.unknown[0].reason.contains("Chad"), "{reading:?}");
    let reading = devstats(r#""events":13482981"#);
    assert_eq!(unknown(&reading), [("events", "")]);
}

#[test]
fn the_other_answers_of_devstats_are_read() {
    let reading = devstats(
        r#""range":"range:2024-08-20,2025-09","metric":"Contributions","repository_group":"All","country":"All","github_id":"",
        "filter":"x","rank":[1,2],"login":["ada","bo"],"number":[48,43]"#,
    );
    let window = "2024-08-20..2025-09-01";
    let expected = [
        ("devstats.contributions", window, "login=ada", 48.0, "/number/0"),
        ("devstats.contributions", window, "login=bo", 43.0, "/number/1"),
    ];
    assert_eq!(told(&reading), expected);

    let reading = devstats(
        r#""period":"Month","repository_group":"All","companies":[5],"developers":[11],
        "companies_timestamps":["2025-02-01T00:00:00Z"],"developers_timestamps":["2025-02-01T00:00:00Z"]"#,
    );
    let expected = [
        ("devstats.companies", "2025-02", "", 5.0, "/companies/0"),
        ("devstats.developers", "2025-02", "", 11.0, "/developers/0"),
    ];
    assert_eq!(told(&reading), expected);

    let reading = devstats(
        r#""period":"Week","metric":"Contributors","repository_group":"All","companies":["Acme","Tide"],"from":"2025-03-01",
        "to":"2025-03-12","values":[{"Acme":10,"Tide":1}],"timestamps":["2025-03-03T00:00:00Z"]"#,
    );
    let expected = [
        ("devstats.contributors", "2025-W10", "organisation=Acme", 10.0, "/values/0/Acme"),
        ("devstats.contributors", "2025-W10", "organisation=Tide", 1.0, "/values/0/Tide"),
    ];
    assert_eq!(told(&reading), expected);

    let reading = devstats(
        r#""metric":"organizations","timestamps":["2025-01-01T00:00:00Z","2025-02-01T01:00:00Z"],"values":[3,4]"#,
    );
    let metric = "devstats.contributors_and_orgs_organizations";
    let expected = [
        (metric, "1970-01-01..2025-02-01", "", 3.0, "/values/0"),
        (metric, "1970-01-01..2025-03-01", "", 4.0, "/values/1"),
    ];
    assert_eq!(told(&reading), expected);

    let reading = devstats(r#""contributors":21,"contributions":300,"boc":9,"companies":7"#);
    let metrics: Vec<_> = told(&reading).iter().map(|row| (row.0, row.1, row.3)).collect();
    let expected = [
        ("devstats.companies", "all", 7.0),
        ("devstats.contributions", "all", 300.0),
        ("devstats.contributors", "all", 21.0),
    ];
    assert_eq!(metrics, expected);
    assert_eq!(unknown(&reading), [("SiteStats/boc", "/boc")]);
}

#[test]
fn several_answers_may_stand_in_a_list() {
    let one =
        r#"{"project":"a","db_name":"a","metric":"contributors","timestamps":["2025-01-01T00:00:00Z"],"values":[3]}"#;
    let reading = read("x.json", format!("[{one},{one}]").as_bytes()).unwrap();
    let places: Vec<_> = reading.figures.iter().map(|figure| figure.position.as_str()).collect();
    assert_eq!(places, ["/0/values/0", "/1/values/0"]);
}

#[test]
fn a_moving_average_is_no_window_of_ours() {
    let reading = devstats(
        r#""period":"28 Days MA","repository_group":"All","companies":[5],"developers":null,
        "companies_timestamps":["2025-02-01T00:00:00Z"],"developers_timestamps":null"#,
    );
    assert!(reading.figures.is_empty() && reading.problems.is_empty(), "{reading:?}");
    assert!(reading.unknown[0].reason.contains("28 Days MA"), "{reading:?}");
}

#[test]
fn what_is_no_number_or_has_no_partner_is_a_problem_with_its_place() {
    let reading = devstats(
        r#""range":"Last year","metric":"Contributors","rank":[0,1],"company":["All","Acme","Tide"],"number":[16,"many"]"#,
    );
    assert_eq!(told(&reading), [("devstats.contributors", "365d", "", 16.0, "/number/0")]);
    let said: Vec<String> = reading.problems.iter().map(ToString::to_string).collect();
    assert!(said[0].starts_with("answer.json: /company: 3 values beside 2 of number"), "{said:?}");
    assert!(
        said[1].starts_with("answer.json: /number/1: CompaniesTable/Contributors of Last year is no number"),
        "{said:?}"
    );
}

#[test]
fn the_answer_of_lfx_is_read() {
    let text = r#"{"id":"1","name":"Lantern","slug":"lantern","healthScore":70,"contributorCount":31,"organizationCount":7,
        "contributorDependencyCount":3,"contributorDependencyPercentage":52.5,"organizationDependencyCount":1,
        "activeContributorsLast365Days":11,"activeOrganizationsLast365Days":5,"activeContributorsPrevious365Days":5,
        "starsLast365Days":3,"achievements":[]}"#;
    let reading = read("lfx.json", text.as_bytes()).unwrap();
    assert_eq!(reading.tool, Tool::Lfx);
    let expected = [
        ("lfx.active_contributors", "365d", "", 11.0, "/activeContributorsLast365Days"),
        ("lfx.active_organizations", "365d", "", 5.0, "/activeOrganizationsLast365Days"),
        ("lfx.active_contributors", "all", "", 31.0, "/contributorCount"),
        ("lfx.contributor_dependency", "365d", "", 3.0, "/contributorDependencyCount"),
        ("lfx.active_organizations", "all", "", 7.0, "/organizationCount"),
        ("lfx.organization_dependency", "365d", "", 1.0, "/organizationDependencyCount"),
    ];
    assert_eq!(told(&reading), expected);
    let series: Vec<_> = unknown(&reading).into_iter().map(|row| row.0).collect();
    let expected =
        ["activeContributorsPrevious365Days", "contributorDependencyPercentage", "healthScore", "starsLast365Days"];
    assert_eq!(series, expected);
}

#[test]
fn a_metric_of_opendigger_is_read_with_the_repository_of_its_path() {
    let text = br#"{"2025":3,"2025Q1":2,"2025-01":1,"2021-10":5,"2021-10-raw":4,"later":9}"#;
    let reading = read("github/acme-lights/lantern/bus_factor.json", text).unwrap();
    let group = "repository=acme-lights/lantern";
    let expected = [
        ("opendigger.bus_factor_year", "2025", group, 3.0, "/2025"),
        ("opendigger.bus_factor_month", "2025-01", group, 1.0, "/2025-01"),
        ("opendigger.bus_factor", "2025Q1", group, 2.0, "/2025Q1"),
    ];
    let mut found = told(&reading);
    found.retain(|row| row.1.starts_with("2025"));
    assert_eq!(found, expected);
    let raw = reading.figures.iter().find(|figure| figure.window == "2021-10").unwrap();
    assert_eq!((raw.value, raw.period.as_str()), (4.0, "2021-10-raw"), "the measured one, not the imputed one");
    assert_eq!(unknown(&reading), [("bus_factor 2021-10", "/2021-10"), ("bus_factor later", "/later")]);
}

#[test]
fn a_duration_of_opendigger_has_aggregates() {
    let text = br#"{"avg":{"2025-01":4.5},"levels":{"2025-01":[1,0,0,2,7]},"quantile_2":{"2025-01":3}}"#;
    let reading = read("issue_response_time.json", text).unwrap();
    let expected = [
        ("opendigger.issue_response_time", "2025-01", "", 4.5, "/avg/2025-01"),
        ("opendigger.issue_response_time_level", "2025-01", "", 1.0, "/levels/2025-01/0"),
        ("opendigger.issue_response_time_level_1", "2025-01", "", 0.0, "/levels/2025-01/1"),
        ("opendigger.issue_response_time_level_2", "2025-01", "", 0.0, "/levels/2025-01/2"),
        ("opendigger.issue_response_time_level_3", "2025-01", "", 2.0, "/levels/2025-01/3"),
        ("opendigger.issue_response_time_quantile", "2025-01", "", 3.0, "/quantile_2/2025-01"),
    ];
    assert_eq!(told(&reading), expected);
    assert_eq!(unknown(&reading), [("issue_response_time/levels/4", "/levels/2025-01/4")]);
    let other = read("openrank.json", br#"{"2025-01":4.5}"#).unwrap();
    assert_eq!((other.figures.len(), unknown(&other)), (0, vec![("openrank", "")]));
}

#[test]
fn what_is_no_published_file_says_so() {
    let error = |bytes: &[u8]| read("x.json", bytes).unwrap_err();
    assert!(matches!(error(b"{\n \"a\": }"), PublishedError::NotJson { line: 2, column: 7, .. }));
    assert!(matches!(error(b""), PublishedError::NotJson { .. }));
    assert!(error(br#"{"error":"API 'Health': no such project"}"#).to_string().contains("no such project"));
    let limit = br#"{"statusCode":429,"statusMessage":"Rate limit exceeded"}"#;
    assert!(matches!(error(limit), PublishedError::Refused { .. }));
    for other in [&b"{}"[..], b"[]", b"3", b"null", br#"{"hello":1}"#, br#"[{"project":"a"}]"#] {
        assert!(matches!(error(other), PublishedError::Unrecognised { .. }), "{}", String::from_utf8_lossy(other));
    }
    assert!(matches!(error(&vec![b' '; MOST_BYTES + 1]), PublishedError::TooLarge { .. }));
    let deep = "[".repeat(100_000);
    assert!(matches!(error(deep.as_bytes()), PublishedError::NotJson { .. }));
}

/// Numbers that follow from a seed alone (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

#[test]
fn no_bytes_make_it_panic_and_no_value_is_lost() {
    let seeds = [
        r#"{"project":"a","db_name":"a","range":"Last year","metric":"Contributors","rank":[0],"company":["All"],"number":[16]}"#,
        r#"{"project":"a","db_name":"a","period":"Week","metric":"Contributors","repository_group":"All","values":[{"A":1}],"timestamps":["2025-03-03T00:00:00Z"]}"#,
        r#"{"project":"a","db_name":"a","metric":"contributors","timestamps":["9999-12-31T23:59:59Z"],"values":[3]}"#,
        r#"{"contributorDependencyCount":3,"contributorCount":2.5,"healthScore":9}"#,
        r#"{"2025":3,"2025Q1":2,"2025-01":1,"2021-10-raw":4}"#,
        r#"{"avg":{"2025-01":4.5},"levels":{"2025-01":[1]}}"#,
    ];
    let pieces =
        ["\"", "{", "}", "[", "]", ":", ",", "null", "1e999", "-1", "\u{e9}", "2025Q9", "\\u0000", "range:,", "\u{0}"];
    let mut dice = Dice(0x5eed);
    for round in 0..20_000 {
        let mut bytes = seeds[round % seeds.len()].as_bytes().to_vec();
        for _ in 0..=dice.below(4) {
            let place = dice.below(bytes.len());
            let end = place + dice.below(bytes.len() - place).min(6);
            bytes.splice(place..end, pieces[dice.below(pieces.len())].bytes());
        }
        if let Ok(reading) = read("github/a/b/bus_factor.json", &bytes) {
            assert!(reading.figures.iter().all(|figure| figure.value.is_finite()));
            let said = reading.figures.len() + reading.unknown.len() + reading.problems.len();
            let empty = reading.tool == Tool::Lfx || bytes.windows(2).any(|pair| pair == b"[]" || pair == b"{}");
            let nothing_there = String::from_utf8_lossy(&bytes).contains("null");
            assert!(said > 0 || empty || nothing_there, "{}", String::from_utf8_lossy(&bytes));
        }
    }
}

fn figure(metric: &str, group: &str, window: &str, value: Option<f64>) -> Figure {
    Figure {
        metric: metric.into(),
        version: 1,
        title: String::new(),
        definition: String::new(),
        source: String::new(),
        unit: "people".into(),
        scope: "lantern".into(),
        group: group.into(),
        window: window.into(),
        window_kind: String::new(),
        window_start: "2025-01-01T00:00:00Z".parse().unwrap(),
        window_end: "2025-04-01T00:00:00Z".parse().unwrap(),
        unfinished: window == "2026",
        value,
        low: None,
        high: None,
        naive: None,
        n: 1,
        unknown_share: None,
        censored: None,
        completeness: None,
        log_version: 1,
        note: None,
    }
}

#[test]
fn figures_are_written_in_the_shape_of_opendigger() {
    let figures = [
        figure("opendigger.contributors", "", "2025Q1", Some(4.0)),
        figure("opendigger.contributors", "", "2025", Some(5.0)),
        figure("opendigger.contributors", "", "2026", Some(9.0)),
        figure("opendigger.contributors", "", "365d", Some(5.0)),
        figure("opendigger.contributors", "", "2025Q2", Some(0.0)),
        figure("opendigger.contributors", "repository=acme/lantern", "2025-01", Some(2.0)),
        figure("opendigger.contributors", "repository=../etc", "2025-01", Some(2.0)),
        figure("opendigger.contributors", "repository=unknown", "2025-01", Some(2.0)),
        figure("opendigger.bus_factor", "", "2025Q1", Some(2.0)),
        figure("opendigger.bus_factor", "", "2025", Some(99.0)),
        figure("opendigger.bus_factor_year", "", "2025", Some(3.0)),
        figure("opendigger.issue_response_time", "", "2025Q1", Some(1.0 / 3.0)),
        figure("opendigger.issue_response_time", "", "2025Q2", None),
        figure("opendigger.issue_response_time_quantile_0", "", "2025Q1", Some(0.0)),
        figure("opendigger.issue_response_time_level", "", "2025Q1", Some(3.0)),
        figure("opendigger.issue_response_time_level", "", "2025Q2", Some(0.0)),
        figure("opendigger.issue_response_time_level_1", "", "2025Q1", Some(0.0)),
        figure("opendigger.issue_response_time_level_3", "", "2025Q1", Some(1.0)),
        figure("growth.active_contributors", "", "2025Q1", Some(7.0)),
    ];
    let expected = [
        ("bus_factor.json", "{\"2025\":3,\"2025Q1\":2}\n"),
        ("contributors.json", "{\"2025\":5,\"2025Q1\":4}\n"),
        ("github/acme/lantern/contributors.json", "{\"2025-01\":2}\n"),
        (
            "issue_response_time.json",
            "{\"avg\":{\"2025Q1\":0.33},\"levels\":{\"2025Q1\":[3,0,0,1]},\"quantile_0\":{\"2025Q1\":0}}\n",
        ),
    ];
    let written = opendigger::files(&figures);
    let found: Vec<_> = written.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    assert_eq!(found, expected);
    for (path, text) in &written {
        let again = read(path, text.as_bytes()).unwrap();
        assert!(
            again.unknown.is_empty() && again.problems.is_empty() && !again.figures.is_empty(),
            "{path}: {again:?}"
        );
    }
}
