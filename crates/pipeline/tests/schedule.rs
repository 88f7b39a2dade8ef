//! When a pipeline runs by itself: every due time is dealt with once, whatever happens.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use jiff::Zoned;
use jiff::tz::TimeZone;
use muster_model::Timestamp;
use muster_pipeline::schedule::{Memory, Missed, PIPELINE, Schedule, Step, Turn, When};
use muster_pipeline::{Pipeline, SetArg};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

const MINUTE: u64 = 60;
const HOUR: u64 = 3600;

fn when(cron: &str, zone: &str) -> When {
    When::new(cron, TimeZone::get(zone).unwrap()).unwrap()
}

fn schedule(cron: &str, zone: &str) -> Schedule {
    Schedule {
        name: "lantern".to_owned(),
        when: when(cron, zone),
        sources: BTreeMap::new(),
        jitter: Duration::ZERO,
        timeout: Duration::from_secs(HOUR),
        retries: 2,
        backoff: Duration::from_secs(5 * MINUTE),
        missed: Missed::Once,
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn plus(instant: Timestamp, seconds: u64) -> Timestamp {
    instant + Duration::from_secs(seconds)
}

/// The local times of a clock between two instants.
fn times(when: &When, from: &str, until: &str) -> Vec<String> {
    let due = std::iter::successors(when.after(at(from)), |due| when.after(*due));
    let due = due.take_while(|due| *due < at(until));
    due.map(|due| due.to_zoned(when.zone().clone()).strftime("%m-%d %H:%M%:z").to_string()).collect()
}

fn run(step: Step) -> Turn {
    match step {
        Step::Run(turn) => turn,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_fixed_time_in_the_hour_that_is_left_out_comes_right_after_it() {
    let clock = when("30 2 * * *", "Europe/Berlin");
    let around = times(&clock, "2026-03-27T12:00:00Z", "2026-03-30T12:00:00Z");
    assert_eq!(around, ["03-28 02:30+01:00", "03-29 03:00+02:00", "03-30 02:30+02:00"]);
}

#[test]
fn a_fixed_time_in_the_hour_that_comes_twice_comes_in_the_first() {
    let clock = when("30 2 * * *", "Europe/Berlin");
    let around = times(&clock, "2026-10-23T12:00:00Z", "2026-10-26T12:00:00Z");
    assert_eq!(around, ["10-24 02:30+02:00", "10-25 02:30+02:00", "10-26 02:30+01:00"]);
}

#[test]
fn an_hourly_clock_counts_real_hours() {
    let clock = when("30 * * * *", "Europe/Berlin");
    let spring = times(&clock, "2026-03-29T00:00:00Z", "2026-03-29T02:00:00Z");
    assert_eq!(spring, ["03-29 01:30+01:00", "03-29 03:30+02:00"]);
    let autumn = times(&clock, "2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z");
    assert_eq!(autumn, ["10-25 02:30+02:00", "10-25 02:30+01:00"]);
}

#[test]
fn midnight_comes_once_also_where_the_day_begins_at_one() {
    let clock = when("@daily", "Africa/Cairo");
    let around = times(&clock, "2026-04-22T12:00:00Z", "2026-04-25T12:00:00Z");
    assert_eq!(around, ["04-23 00:00+02:00", "04-24 01:00+03:00", "04-25 00:00+03:00"]);
}

/// Every zone of the database that changes its clocks in 2026, and times of day in the hours that change.
#[test]
fn a_fixed_time_comes_once_a_day_in_every_time_zone() {
    let (from, until) = (at("2026-01-01T12:00:00Z"), at("2027-01-01T12:00:00Z"));
    let mut zones = 0;
    for name in jiff::tz::db().available() {
        let zone = TimeZone::get(name.as_str()).unwrap();
        if zone.following(from).next().is_none_or(|change| change.timestamp() > until) {
            continue;
        }
        zones += 1;
        for cron in ["0 0 * * *", "30 0 * * *", "30 1 * * *", "30 2 * * *", "30 23 * * *"] {
            let clock = when(cron, name.as_str());
            let due = std::iter::successors(clock.after(from), |due| clock.after(*due));
            let dates = due.take_while(|due| *due < until).map(|due| due.to_zoned(zone.clone()));
            let days: Vec<Zoned> = dates.collect();
            assert!(days.len() >= 364, "{cron} in {}: {}", name.as_str(), days.len());
            for pair in days.windows(2) {
                // Where the last hour of a day is left out, what belongs there comes at the midnight after it.
                let minutes = pair[0].duration_until(&pair[1]).as_mins();
                assert!((22 * 60..=26 * 60).contains(&minutes), "{cron}: {} then {}", pair[0], pair[1]);
            }
        }
    }
    assert!(zones > 100, "{zones}");
}

#[test]
fn what_is_no_cron_expression_is_said() {
    for (wrong, why) in [
        ("61 * * * *", "out of bounds"),
        ("* * * *", "4 fields"),
        ("* * * * * * *", "7 fields"),
        ("0 0 30 2 *", "never"),
        ("@fortnightly", ""),
        ("every day", "2 fields"),
    ] {
        let said = When::new(wrong, TimeZone::UTC).unwrap_err();
        assert!(said.contains(why) && !said.contains("Pattern"), "{wrong}: {said}");
    }
}

#[test]
fn a_failed_run_is_tried_again_after_twice_as_long_each_time_and_then_waits_for_its_next_time() {
    let plan = schedule("0 3 * * *", "UTC");
    let mut memory = Memory::new(at("2026-05-01T00:00:00Z"));
    let mut now = at("2026-05-01T03:00:00Z");
    for (attempt, pause) in [(1, 5 * MINUTE), (2, 10 * MINUTE)] {
        let turn = run(plan.step(&memory, now));
        assert_eq!((turn.attempt, turn.due), (attempt, at("2026-05-01T03:00:00Z")));
        memory.begin(turn);
        now = plus(now, 7);
        memory.end(false, now);
        assert_eq!(plan.step(&memory, now), Step::Wait(plus(now, pause)));
        now = plus(now, pause);
    }
    let third = run(plan.step(&memory, now));
    assert_eq!(third.attempt, 3);
    memory.begin(third);
    memory.end(false, now);
    assert_eq!(plan.step(&memory, now), Step::Wait(at("2026-05-02T03:00:00Z")), "it has been tried often enough");
    let next = run(plan.step(&memory, at("2026-05-02T03:00:00Z")));
    assert_eq!(next.attempt, 1);
    memory.begin(next);
    memory.end(true, at("2026-05-02T03:01:00Z"));
    assert_eq!(memory.retry, None);
}

#[test]
fn the_next_due_time_takes_over_what_waits_to_be_tried_again() {
    let mut plan = schedule("0 * * * *", "UTC");
    plan.backoff = Duration::from_secs(2 * HOUR);
    plan.sources.insert("chat".to_owned(), when("30 0 * * *", "UTC"));
    let mut memory = Memory::new(at("2026-05-01T00:10:00Z"));
    let chat = run(plan.step(&memory, at("2026-05-01T00:30:00Z")));
    assert!(plan.collects(&chat, "chat") && !plan.collects(&chat, "git"));
    memory.begin(chat);
    memory.end(false, at("2026-05-01T00:31:00Z"));
    let next = run(plan.step(&memory, at("2026-05-01T01:00:00Z")));
    assert_eq!(next.attempt, 1);
    assert!(plan.collects(&next, "chat") && plan.collects(&next, "git"), "{next:?}");
}

#[test]
fn sources_with_a_schedule_of_their_own_are_collected_by_it_and_the_others_with_the_pipeline() {
    let mut plan = schedule("0 3 * * *", "Europe/Berlin");
    plan.sources.insert("github".to_owned(), when("@hourly", "Europe/Berlin"));
    let turns = plan.upcoming(&Memory::new(at("2026-05-01T00:30:00Z")), at("2026-05-01T00:30:00Z"), 4);
    let collected: Vec<_> = turns
        .iter()
        .map(|turn| (turn.started.to_string(), plan.collects(turn, "github"), plan.collects(turn, "notes")))
        .collect();
    let told = [("01", true), ("02", false), ("03", false), ("04", false)];
    let told = told.map(|(hour, notes)| (format!("2026-05-01T{hour}:00:00Z"), true, notes));
    assert_eq!(collected, told);
}

#[test]
fn missed_times_are_made_up_for_once_or_passed_over() {
    let mut plan = schedule("0 * * * *", "UTC");
    let memory = Memory::new(at("2026-05-01T00:30:00Z"));
    let back = at("2026-05-02T02:45:00Z");
    let turn = run(plan.step(&memory, back));
    assert_eq!((turn.due, turn.started), (at("2026-05-02T02:00:00Z"), back));
    let mut after = memory.clone();
    after.begin(turn);
    after.end(true, plus(back, 60));
    assert_eq!(plan.step(&after, plus(back, 60)), Step::Wait(at("2026-05-02T03:00:00Z")));
    plan.missed = Missed::Skip;
    assert_eq!(plan.step(&memory, back), Step::Wait(at("2026-05-02T03:00:00Z")));
    let late = run(plan.step(&memory, at("2026-05-02T02:09:00Z")));
    assert_eq!(late.due, at("2026-05-02T02:00:00Z"), "a few minutes are no miss");
}

#[test]
fn jitter_delays_by_the_same_on_every_host_and_not_by_the_same_for_every_project() {
    let mut plan = schedule("0 * * * *", "UTC");
    plan.jitter = Duration::from_secs(10 * MINUTE);
    let memory = Memory::new(at("2026-05-01T00:30:00Z"));
    let delay = |plan: &Schedule| match plan.step(&memory, at("2026-05-01T00:30:00Z")) {
        Step::Wait(begin) => begin.as_second() - at("2026-05-01T01:00:00Z").as_second(),
        other => panic!("{other:?}"),
    };
    assert_eq!(delay(&plan), delay(&plan.clone()));
    let delays: std::collections::BTreeSet<i64> = (0..20)
        .map(|number| {
            plan.name = format!("project {number}");
            delay(&plan)
        })
        .collect();
    assert!(delays.len() > 10 && delays.iter().all(|delay| (0..=600).contains(delay)), "{delays:?}");
}

#[test]
fn a_clock_that_was_a_year_ahead_does_not_stop_the_schedule() {
    let plan = schedule("0 * * * *", "UTC");
    let mut memory = Memory::new(at("2027-05-01T00:30:00Z"));
    memory.begin(run(plan.step(&memory, at("2027-05-01T01:00:00Z"))));
    memory.end(true, at("2027-05-01T01:00:00Z"));
    assert_eq!(plan.step(&memory, at("2026-05-01T00:30:00Z")), Step::Wait(at("2026-05-01T01:00:00Z")));
    let seconds = at("2027-05-01T00:59:58Z");
    assert_eq!(plan.step(&memory, seconds), Step::Wait(at("2027-05-01T02:00:00Z")), "seconds are not believed");
}

#[test]
fn the_memory_is_json_that_older_and_newer_versions_read() {
    let plan = schedule("0 * * * *", "UTC");
    let mut memory = Memory::new(at("2026-05-01T00:30:00Z"));
    memory.begin(run(plan.step(&memory, at("2026-05-01T01:00:00Z"))));
    let text = serde_json::to_string(&memory).unwrap();
    assert_eq!(serde_json::from_str::<Memory>(&text).unwrap(), memory);
    let foreign = r#"{"since":"2026-05-01T00:30:00Z","colour":"red"}"#;
    assert_eq!(serde_json::from_str::<Memory>(foreign).unwrap(), Memory::new(at("2026-05-01T00:30:00Z")));
}

fn clocks() -> impl Strategy<Value = (String, &'static str)> {
    let minute = 0_u32..60;
    let cron = prop_oneof![
        minute.clone().prop_map(|minute| format!("{minute} * * * *")),
        (minute.clone(), 0_u32..24).prop_map(|(minute, hour)| format!("{minute} {hour} * * *")),
        (1_u32..30).prop_map(|step| format!("*/{step} * * * *")),
        (minute, 0_u32..24, 0_u32..7).prop_map(|(minute, hour, day)| format!("{minute} {hour} * * {day}")),
    ];
    let zone = prop_oneof![Just("UTC"), Just("Europe/Berlin"), Just("America/New_York"), Just("Australia/Lord_Howe")];
    (cron, zone)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    /// However long runs take and nobody is there, and whether runs fail: a run begins as soon as its time has come and
    /// somebody is there, no run begins without a due time of its own, and each due time belongs to one run.
    #[test]
    fn every_due_time_is_dealt_with_once(
        (cron, zone) in clocks(),
        start in 1_767_225_600_i64..1_798_761_600,
        fates in proptest::collection::vec((0_u64..9000, any::<bool>(), 0_u64..200_000), 12..30),
    ) {
        let mut plan = schedule(&cron, zone);
        plan.retries = 0;
        let since = Timestamp::from_second(start).unwrap();
        let mut memory = Memory::new(since);
        let (mut now, mut dealt_with, mut there) = (since, since, since);
        for (length, well, away) in fates {
            let turn = loop {
                match plan.step(&memory, now) {
                    Step::Run(turn) => break turn,
                    Step::Wait(until) => {
                        prop_assert!(until > now);
                        now = until;
                    }
                    Step::Never => prop_assert!(false, "never"),
                }
            };
            let first = plan.when.after(dealt_with).unwrap();
            prop_assert!(first <= turn.started, "a run without a due time");
            prop_assert_eq!(turn.started, first.max(there));
            let last = std::iter::successors(Some(first), |due| plan.when.after(*due)).take_while(|due| *due <= now);
            prop_assert_eq!(turn.due, last.last().unwrap());
            prop_assert!(turn.clocks.contains(PIPELINE));
            dealt_with = turn.started;
            memory.begin(turn);
            now = plus(now, length);
            memory.end(well, now);
            // Every other time nobody is there for a while.
            now = plus(now, if away % 2 == 0 { away } else { 0 });
            there = now;
        }
    }

    /// The last time before an instant is the one that counting forward comes to.
    #[test]
    fn looking_back_and_looking_forward_agree((cron, zone) in clocks(), start in 1_767_225_600_i64..1_798_761_600) {
        let clock = when(&cron, zone);
        let from = Timestamp::from_second(start).unwrap();
        let mut due = clock.after(from).unwrap();
        for _ in 0..40 {
            let next = clock.after(due).unwrap();
            prop_assert_eq!(clock.last(due), Some(due));
            prop_assert_eq!(clock.last(Timestamp::from_second(next.as_second() - 1).unwrap()), Some(due));
            due = next;
        }
    }
}

const PROJECT: &str = "[project]\nname = 'lantern'\nlog = 'log'\nout = 'out'\n";

fn parse(text: &str, sets: &[&str]) -> Result<Pipeline, String> {
    let sets: Vec<SetArg> = sets.iter().map(|&set| SetArg(set.to_owned())).collect();
    let file = Path::new("muster.toml");
    Pipeline::parse(file, &format!("{PROJECT}{text}"), &sets, &|_| None).map_err(|errors| errors.to_string())
}

#[test]
fn the_file_says_when() {
    let text = "[schedule]\ncron = '30 2 * * *'\ntimezone = 'Europe/Berlin'\njitter = '10m'\ntimeout = '2h'\n\
                retries = 0\nbackoff = '90s'\nmissed = 'skip'\n\
                [[source]]\nkind = 'notes'\npath = 'notes'\n\
                [[source]]\nkind = 'git'\nrepository = 'acme/lantern'\npath = 'clone'\nschedule = '@hourly'\n";
    let plan = parse(text, &["schedule.retries=4"]).unwrap().schedule.unwrap();
    assert_eq!((plan.name.as_str(), plan.retries, plan.missed), ("lantern", 4, Missed::Skip));
    assert_eq!((plan.jitter.as_secs(), plan.timeout.as_secs(), plan.backoff.as_secs()), (600, 7200, 90));
    assert_eq!(plan.sources, BTreeMap::from([("git-acme/lantern".to_owned(), when("@hourly", "Europe/Berlin"))]));
    assert_eq!(parse("", &[]).unwrap().schedule, None);
    let usual = parse("[schedule]\ncron = '@weekly'\n", &[]).unwrap().schedule.unwrap();
    assert_eq!(usual, Schedule { timeout: Duration::from_secs(12 * HOUR), ..schedule("@weekly", "UTC") });
}

#[test]
fn mistakes_of_a_schedule_are_said_at_their_places() {
    for (text, said) in [
        ("[schedule]\n", "5:2: [schedule] has no `cron`"),
        ("[schedule]\ncron = '61 2 * * *'\n", "6:8: cron is no cron expression: \"61 2 * * *\"; "),
        (
            "[schedule]\ncron = '@daily'\ntimezone = 'Europe/Berln'\n",
            "7:12: no time zone is called \"Europe/Berln\"; did you mean \"Europe/Berlin\"?",
        ),
        (
            "[schedule]\ncron = '@daily'\njitter = '10'\n",
            "7:10: jitter must be a length of time; found \"10\"; write it as 90s, 15m, 2h, 7d or 2w",
        ),
        ("[schedule]\ncron = '@daily'\nretries = -1\n", "7:11: retries must be a whole number; found integer -1"),
        (
            "[schedule]\ncron = '@daily'\nmissed = 'skipped'\n",
            "7:10: missed must be \"once\" or \"skip\"; found \"skipped\"; did you mean \"skip\"?",
        ),
        ("[schedule]\ncron = '@daily'\nretrys = 1\n", "7:1: unknown key `retrys`; did you mean `retries`?"),
        (
            "[[source]]\nkind = 'notes'\npath = 'n'\nschedule = '@hourly'\n",
            "8:1: a source has a `schedule`, and the file has no [schedule]",
        ),
        (
            "[schedule]\ncron = '@daily'\n[[source]]\nkind = 'notes'\npath = 'n'\nschedule = 'hourly'\n",
            "10:12: schedule is no cron expression",
        ),
    ] {
        let mistakes = parse(text, &[]).unwrap_err();
        assert!(mistakes.contains(said), "{text}: {mistakes}");
    }
}
