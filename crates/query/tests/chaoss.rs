//! The thirteen cases in which systems of the CHAOSS family are known to answer wrongly, and CHAOSS' worked example, each over a
//! small log written by hand: which definition of ours gives the right answer, and what it is.
//!
//! The cases are those of the research into GrimoireLab, Augur, 8Knot and OSS Compass that docs/packs.md names.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod common;

use common::{Fact, ask, at, engine};
use muster_model::payload::{
    AffiliationDeclared, CommitAuthored, ItemChanged, ItemCommented, ItemOpened, MessageReacted, PullRequestMerged,
    PullRequestReviewed, Signature,
};
use muster_model::{Payload, WindowKind};
use muster_query::{Engine, Library};
use muster_stats::statistic::{Comparison, smallest_set, weights};
use muster_stats::{Cell, Context};
use tempfile::TempDir;

/// A log with its tables; `common::engine` looks back from 1 June 2025.
struct Community {
    folder: TempDir,
    engine: Engine,
    library: Library,
}

impl Community {
    async fn of(facts: &[Fact]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (engine, library) = engine(folder.path(), facts).await;
        engine.write_tables(&library, &folder.path().join("tables")).await.unwrap();
        Self { folder, engine, library }
    }

    /// A metric's cells of one kind of window: the population by DataFusion, the statistic by Polars, as in a run.
    async fn cells(&self, id: &str, kind: &str) -> Vec<Cell> {
        let needed = |other: &str| other == id || self.library.metrics[id].sql.contains(other);
        let order = self.engine.order(&self.library).unwrap();
        for other in order.iter().filter(|other| needed(other)) {
            let metric = &self.library.metrics[other];
            let written = self.engine.write_population(metric, self.folder.path()).await.unwrap();
            self.engine.open_parquet(other, &written.path).await.unwrap();
        }
        let context =
            Context { as_of: at("2025-06-01"), log_version: 1, scope: String::new(), first: Some(at("2024-01-01")) };
        let windows: [WindowKind; 1] = [kind.parse().unwrap()];
        let population = self.folder.path().join(format!("{id}.parquet"));
        muster_stats::compute(&self.library.metrics[id].spec, &population, &windows, &context).unwrap().cells
    }

    async fn cell(&self, id: &str, window: &str, group: &str) -> Cell {
        let kind = if window == "all" { "all" } else { "quarter" };
        let cells = self.cells(id, kind).await;
        cells.into_iter().find(|cell| cell.window == window && cell.group == group).unwrap()
    }

    async fn value(&self, id: &str, window: &str) -> Option<f64> {
        self.cell(id, window, "").await.value
    }
}

fn text(text: String) -> &'static str {
    text.leak()
}

fn kept(who: &'static str) -> Option<String> {
    Some(if who.ends_with("[bot]") { "Bot" } else { "User" }.to_owned())
}

/// Something that happened to an item of acme/lantern.
fn act(number: u64, what: &str, when: &'static str, who: &'static str, data: Payload) -> Fact {
    let subject = text(format!("github:acme/lantern#{number}"));
    let actor = (!who.is_empty()).then(|| text(format!("github:{who}")));
    Fact(text(format!("{subject}/{what}/{when}")), when, subject, actor, data)
}

fn opening(number: u64, who: &'static str) -> ItemOpened {
    ItemOpened { number, actor_id: None, actor_type: kept(who), approximate: false }
}

fn issue(number: u64, when: &'static str, who: &'static str) -> Fact {
    act(number, "opened", when, who, Payload::IssueOpened(opening(number, who)))
}

fn pull_request(number: u64, when: &'static str, who: &'static str) -> Fact {
    act(number, "opened", when, who, Payload::PullRequestOpened(opening(number, who)))
}

fn changed(number: u64) -> ItemChanged {
    ItemChanged { number, actor_id: None, approximate: false }
}

fn issue_closed(number: u64, when: &'static str, who: &'static str) -> Fact {
    act(number, "closed", when, who, Payload::IssueClosed(changed(number)))
}

fn declined(number: u64, when: &'static str, who: &'static str) -> Fact {
    act(number, "closed", when, who, Payload::PullRequestClosed(changed(number)))
}

fn merged(number: u64, when: &'static str, who: &'static str) -> Fact {
    let data = PullRequestMerged { number, actor_id: None, author: None, author_id: None, approximate: false };
    act(number, "merged", when, who, Payload::PullRequestMerged(data))
}

fn approved(number: u64, when: &'static str, who: &'static str) -> Fact {
    let (state, actor_type) = ("approved".to_owned(), kept(who));
    let data = PullRequestReviewed { number, review: 7, state, actor_id: None, actor_type, approximate: false };
    act(number, "review", when, who, Payload::PullRequestReviewed(data))
}

fn commented(number: u64, when: &'static str, who: &'static str) -> Fact {
    let comment = at(when).as_second().unsigned_abs();
    let data = ItemCommented { number, comment, actor_id: None, actor_type: kept(who), approximate: false };
    act(number, "comment", when, who, Payload::IssueCommented(data))
}

fn commit(sha: u64, when: &'static str, address: &str, name: &str) -> Fact {
    let author = Signature { account: format!("email:{address}"), name: name.to_owned() };
    let data = CommitAuthored {
        sha: format!("{sha:040x}"),
        committer: author.clone(),
        author,
        committed: when.to_owned(),
        parents: 1,
        summary: String::new(),
        trailers: vec![],
    };
    let subject = text(format!("git:acme/lantern@{sha:040x}"));
    let actor = text(format!("email:{address}"));
    Fact(text(format!("git:{sha:040x}")), when, subject, Some(actor), Payload::CommitAuthored(data))
}

/// So many commits each, all on one day.
fn commits(each: &[(&str, u64)]) -> Vec<Fact> {
    let by = |(index, (address, count)): (usize, &(&str, u64))| {
        let address = (*address).to_owned();
        (0..*count)
            .map(move |number| commit(index as u64 * 1_000_000 + number, "2025-02-03T00:00:00Z", &address, "Dave"))
    };
    each.iter().enumerate().flat_map(by).collect()
}

#[tokio::test]
async fn the_worked_example_of_chaoss_gives_two() {
    let counts = [1000, 202, 90, 33, 332, 343, 42, 433];
    let names: Vec<_> = ('a'..='h').map(|letter| format!("{letter}@example.org")).collect();
    let each: Vec<_> = names.iter().map(String::as_str).zip(counts).collect();
    let community = Community::of(&commits(&each)).await;
    let cell = community.cell("chaoss.contributor_absence_factor", "2025Q1", "").await;
    assert_eq!((cell.value, cell.n), (Some(2.0), 2475));
    // DevStats and LFX would say the same: 1000 of 2475 is 40 %, 1433 is 58 %.
    let people: Vec<_> = counts.iter().enumerate().map(|(person, _)| Some(person)).collect();
    let weights = weights(&people, Some(&counts.map(|count| Some(count as f64))));
    for (threshold, comparison) in [(0.5, Comparison::Reach), (0.5, Comparison::Exceed), (0.51, Comparison::Reach)] {
        assert_eq!(smallest_set(&weights, threshold, comparison, false), Some(2));
    }
}

/// GrimoireLab's onion calls [10] casual, and the first of [85, 10, 5] regular: it asks for the share with the person in it.
#[test]
fn case_1_whoever_does_most_is_core() {
    for (counts, core) in [(&[10.0][..], 1), (&[97.0, 3.0], 1), (&[85.0, 10.0, 5.0], 1), (&[50.0, 30.0, 20.0], 2)] {
        let people: Vec<_> = (0..counts.len()).map(Some).collect();
        let counts: Vec<_> = counts.iter().copied().map(Some).collect();
        let set = smallest_set(&weights(&people, Some(&counts)), 0.8, Comparison::Reach, false);
        assert_eq!(set, Some(core), "{counts:?}");
    }
}

/// Augur filters by date before it looks for the first contribution: there, Ada is new in the second quarter, too.
#[tokio::test]
async fn case_2_new_is_who_comes_first_of_all_time() {
    let facts = [
        issue(1, "2025-01-10T00:00:00Z", "ada"),
        issue(2, "2025-04-10T00:00:00Z", "ada"),
        issue(3, "2025-05-10T00:00:00Z", "bob"),
    ];
    let community = Community::of(&facts).await;
    assert_eq!(community.value("chaoss.new_contributors", "2025Q1").await, Some(1.0));
    assert_eq!(community.value("chaoss.new_contributors", "2025Q2").await, Some(1.0));
    assert_eq!(community.value("chaoss.contributors", "2025Q2").await, Some(2.0));
}

/// Augur counts the author's own comment and the bot's, cuts days off, and drops the unanswered in silence.
#[tokio::test]
async fn case_3_a_response_is_another_persons() {
    let facts = [
        issue(1, "2025-01-10T00:00:00Z", "ada"),
        commented(1, "2025-01-10T00:01:00Z", "helper[bot]"),
        commented(1, "2025-01-10T01:00:00Z", "ada"),
        commented(1, "2025-01-11T12:00:00Z", "bob"),
        issue(2, "2025-01-20T00:00:00Z", "ada"),
    ];
    let community = Community::of(&facts).await;
    assert_eq!(community.value("chaoss.issue_response_time", "2025Q1").await, Some(1.5));
    // CHAOSS' median is of the answered; ours keeps the other one as waiting.
    let ours = community.cell("latency.issue_first_response", "2025Q1", "").await;
    assert_eq!((ours.value, ours.n, ours.censored), (Some(1.5), 2, Some(1)));
}

/// Augur divides merges by `ready_for_review` events, which only drafts have.
#[tokio::test]
async fn case_4_acceptance_is_merged_to_declined() {
    let facts = [
        pull_request(1, "2025-01-10T00:00:00Z", "ada"),
        merged(1, "2025-01-12T00:00:00Z", "bob"),
        pull_request(2, "2025-01-11T00:00:00Z", "ada"),
        merged(2, "2025-01-13T00:00:00Z", "bob"),
        pull_request(3, "2025-01-11T00:00:00Z", "cyd"),
        declined(3, "2025-01-14T00:00:00Z", "bob"),
        pull_request(4, "2025-01-11T00:00:00Z", "cyd"),
    ];
    let community = Community::of(&facts).await;
    assert_eq!(community.value("chaoss.acceptance_ratio", "2025Q1").await, Some(2.0));
    assert_eq!(community.value("chaoss.acceptance_share", "2025Q1").await, Some(2.0 / 3.0));
}

/// Augur cuts 36 hours down to one day.
#[tokio::test]
async fn case_5_a_day_and_a_half_is_one_and_a_half() {
    let facts = [issue(1, "2025-01-10T00:00:00Z", "ada"), issue_closed(1, "2025-01-11T12:00:00Z", "bob")];
    let community = Community::of(&facts).await;
    assert_eq!(community.value("chaoss.issue_resolution_duration", "2025Q1").await, Some(1.5));
    assert_eq!(community.value("chaoss.issue_resolution_duration_by_close", "2025Q1").await, Some(1.5));
}

/// Augur subtracts the numbers of years: what happened on 31 December is abandoned on 1 January.
#[tokio::test]
async fn case_6_an_age_is_an_interval() {
    let community = Community::of(&[issue(1, "2024-12-31T12:00:00Z", "ada")]).await;
    assert_eq!(community.value("chaoss.issue_age", "2024Q4").await, Some(151.5));
    assert_eq!(community.value("chaoss.inactive_contributors", "2024Q4").await, Some(1.0));
    let later = community.cells("chaoss.inactive_contributors_365d", "quarter").await;
    assert!(later.iter().all(|cell| cell.value == Some(0.0)), "152 days are no year: {later:?}");
}

/// Augur's metrics know no bots.
#[tokio::test]
async fn case_7_a_bot_is_no_contributor() {
    let facts = [issue(1, "2025-01-10T00:00:00Z", "ada"), commented(1, "2025-01-10T00:01:00Z", "helper[bot]")];
    let community = Community::of(&facts).await;
    assert_eq!(community.value("chaoss.contributors", "2025Q1").await, Some(1.0));
    assert_eq!(ask(&community.engine, "SELECT name FROM excluded_accounts").await, "helper[bot]");
}

/// GrimoireLab counts emoji and bots as attention, stumbles over deleted users, or makes all of them one person.
#[tokio::test]
async fn case_8_who_is_deleted_answers_but_is_nobody() {
    let reaction = Payload::MessageReacted(MessageReacted { reaction: "eyes".into(), count: None });
    let facts = [
        issue(1, "2025-01-10T00:00:00Z", "ada"),
        commented(1, "2025-01-10T00:01:00Z", "helper[bot]"),
        act(1, "reacted/eyes", "2025-01-10T06:00:00Z", "bob", reaction),
        commented(1, "2025-01-12T00:00:00Z", ""),
        issue(2, "2025-01-15T00:00:00Z", ""),
        commented(2, "2025-01-16T00:00:00Z", ""),
    ];
    let community = Community::of(&facts).await;
    assert_eq!(community.value("chaoss.contributors", "2025Q1").await, Some(1.0), "Ada alone");
    let times = "SELECT number, seconds FROM chaoss.issue_response_time ORDER BY number";
    // Whether the deleted author of the second answered themselves nobody can know: it is not taken for an answer.
    community.cells("chaoss.issue_response_time", "quarter").await;
    assert_eq!(ask(&community.engine, times).await, "1 | 172800");
}

/// GrimoireLab looks at comments on lines only: an approval without one is no answer there.
#[tokio::test]
async fn case_9_an_approval_is_a_response() {
    let facts = [pull_request(1, "2025-01-10T00:00:00Z", "ada"), approved(1, "2025-01-11T00:00:00Z", "bob")];
    let community = Community::of(&facts).await;
    let cell = community.cell("chaoss.time_to_first_response", "2025Q1", "kind=pull_request").await;
    assert_eq!(cell.value, Some(1.0));
}

/// OSS Compass groups by the name as written, and wants more than half at a tie.
#[tokio::test]
async fn case_10_two_of_one_name_are_two_and_a_tie_is_enough() {
    let facts = commits(&[("dave@example.org", 5), ("dave@example.com", 5)]);
    let community = Community::of(&facts).await;
    assert_eq!(community.value("chaoss.contributors", "2025Q1").await, Some(2.0));
    assert_eq!(community.value("chaoss.contributor_absence_factor", "2025Q1").await, Some(1.0));
    // DevStats' definition exceeds: the same tie gives two there, and its pack says so.
    let facts = [issue(1, "2025-01-10T00:00:00Z", "ada"), issue(2, "2025-01-11T00:00:00Z", "bob")];
    assert_eq!(Community::of(&facts).await.value("devstats.bus_factor", "2025Q1").await, Some(2.0));
}

/// Augur's documentation says half, its code takes 80 %: six, three and one would give two.
#[tokio::test]
async fn case_11_the_threshold_is_the_one_that_is_stated() {
    let facts = commits(&[("a@example.org", 6), ("b@example.org", 3), ("c@example.org", 1)]);
    let community = Community::of(&facts).await;
    let id = "chaoss.contributor_absence_factor";
    assert_eq!(community.library.metrics[id].spec.parameters["threshold"], 0.5);
    assert_eq!(community.value(id, "2025Q1").await, Some(1.0));
}

/// CHAOSS' page on the elephant factor reads it the wrong way round.
#[tokio::test]
async fn case_12_more_organisations_are_a_higher_elephant_factor() {
    let works = |address: &'static str, organisation: &str| {
        let data = AffiliationDeclared {
            account: format!("email:{address}"),
            organisation: organisation.to_owned(),
            said_by: "people".into(),
            ..Default::default()
        };
        let subject = text(format!("email:{address}"));
        Fact(
            text(format!("affiliation/{address}")),
            "2024-01-01T00:00:00Z",
            subject,
            None,
            Payload::AffiliationDeclared(data),
        )
    };
    let community = async |counts: [u64; 3]| {
        let addresses = ["a@example.org", "b@example.org", "c@example.org"];
        let mut facts = commits(&addresses.into_iter().zip(counts).collect::<Vec<_>>());
        facts.extend([works(addresses[0], "Acme"), works(addresses[1], "Tidewater"), works(addresses[2], "Quarry")]);
        Community::of(&facts).await
    };
    let (concentrated, distributed) = (community([8, 1, 1]).await, community([4, 3, 3]).await);
    let id = "chaoss.elephant_factor";
    assert_eq!(concentrated.value(id, "2025Q1").await, Some(1.0));
    assert_eq!(distributed.value(id, "2025Q1").await, Some(2.0));
    assert_eq!(distributed.library.metrics[id].spec.direction.as_deref(), Some("higher is better"));
}

/// Perceval gives an issue and a pull request of one number the same id. GitLab numbers them apart, so both are there.
#[tokio::test]
async fn case_13_an_issue_and_a_request_of_one_number_are_two() {
    let who = Some("gitlab:example.org/ada");
    let on = |sign: char, data: Payload| {
        let subject = text(format!("gitlab:example.org/acme/lantern{sign}1"));
        Fact(text(format!("{subject}/opened")), "2025-01-10T00:00:00Z", subject, who, data)
    };
    let facts =
        [on('#', Payload::IssueOpened(opening(1, "ada"))), on('!', Payload::PullRequestOpened(opening(1, "ada")))];
    let community = Community::of(&facts).await;
    let both = "SELECT subject FROM issues UNION ALL SELECT subject FROM pull_requests ORDER BY 1";
    let expected = "gitlab:example.org/acme/lantern!1\ngitlab:example.org/acme/lantern#1";
    assert_eq!(ask(&community.engine, both).await, expected);
    assert_eq!(community.cell("chaoss.contributors", "2025Q1", "").await.n, 2);
}
