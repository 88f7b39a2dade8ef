//! Weeks of the daemon in seconds: its own loop, its own leases, a clock that jumps to the next thing that happens.
//!
//! Hosts are started, asked to end, and cut off from power; they share one store. What is held against them is the list of
//! due times, written down or counted by the calendar alone.

use super::clock::{Clock, plus};
use super::daemon::{News, World, serve};
use super::folder::Change;
use super::run::lease_of;
use super::turn::{Asked, Turns, hold};
use futures::executor::LocalPool;
use futures::future::{AbortHandle, Abortable, Either, poll_fn, select};
use futures::task::LocalSpawnExt as _;
use muster_log::{Holder, Leases, LogError};
use muster_model::Timestamp;
use muster_pipeline::Pipeline;
use muster_pipeline::schedule::Turn;
use object_store::memory::InMemory;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Poll, Waker};
use std::time::Duration;

const MINUTE: u64 = 60;
const HOUR: u64 = 3600;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

/// Everything that the hosts share: time, a store, and what is written down of the runs.
struct Together {
    now: Cell<Timestamp>,
    /// Who sleeps until when; each has a number.
    sleepers: RefCell<BTreeMap<(Timestamp, u64), Waker>>,
    numbers: Cell<u64>,
    store: Arc<InMemory>,
    runs: RefCell<Vec<Ran>>,
    /// How long the runs of a pipeline take, and whether one ends well: by pipeline, due time and attempt.
    fate: fn(&str, &Turn) -> (u64, bool),
}

/// A sleeper's place; left when it is not waited for any more.
struct Bed<'a> {
    together: &'a Together,
    key: (Timestamp, u64),
}

impl Drop for Bed<'_> {
    fn drop(&mut self) {
        self.together.sleepers.borrow_mut().remove(&self.key);
    }
}

/// A run as it happened.
#[derive(Debug, Clone)]
struct Ran {
    pipeline: String,
    turn: Turn,
    /// `None` while it goes on; how it ended otherwise.
    end: Option<(Timestamp, End)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Well,
    Failed,
    Interrupted,
    PowerCut,
}

impl Together {
    fn new(start: Timestamp, fate: fn(&str, &Turn) -> (u64, bool)) -> Rc<Self> {
        Rc::new(Self {
            now: Cell::new(start),
            sleepers: RefCell::default(),
            numbers: Cell::new(0),
            store: Arc::new(InMemory::new()),
            runs: RefCell::default(),
            fate,
        })
    }

    /// Lets time pass until an instant.
    fn pass(&self, pool: &mut LocalPool, until: Timestamp) {
        loop {
            pool.run_until_stalled();
            let first = self.sleepers.borrow().first_key_value().map(|((at, _), _)| *at);
            let Some(next) = first.filter(|next| *next <= until) else { break };
            self.now.set(next.max(self.now.get()));
            let later = self.sleepers.borrow_mut().split_off(&(next, u64::MAX));
            self.sleepers.replace(later).into_values().for_each(Waker::wake);
        }
        self.now.set(until);
    }

    async fn sleep_until(&self, instant: Timestamp) {
        self.numbers.set(self.numbers.get() + 1);
        let bed = Bed { together: self, key: (instant, self.numbers.get()) };
        poll_fn(|context| {
            if self.now.get() >= instant {
                return Poll::Ready(());
            }
            self.sleepers.borrow_mut().insert(bed.key, context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn runs_of(&self, pipeline: &str) -> Vec<Ran> {
        self.runs.borrow().iter().filter(|ran| ran.pipeline == pipeline).cloned().collect()
    }
}

/// One daemon, from its start to its end.
struct Host {
    together: Rc<Together>,
    number: u32,
    pipelines: RefCell<Vec<Pipeline>>,
    /// When it is asked to end.
    ends: Timestamp,
}

impl Clock for Host {
    fn now(&self) -> Timestamp {
        self.together.now.get()
    }
    async fn sleep_until(&self, instant: Timestamp) {
        self.together.sleep_until(instant).await;
    }
}

impl World for Host {
    fn me(&self) -> Holder {
        Holder { host: format!("host {}", self.number), process: 1, life: String::new() }
    }

    fn changes(&self) -> Vec<Change> {
        self.pipelines.borrow_mut().drain(..).map(|pipeline| Change::Scheduled(Box::new(pipeline))).collect()
    }

    async fn leases(&self, pipeline: &Pipeline) -> Result<Leases, LogError> {
        Leases::open_in(self.together.store.clone(), "memory", &lease_of(pipeline).1)
    }

    /// What `muster run --due` does, with a nap for the work.
    async fn run(&self, pipeline: &Pipeline) -> String {
        let leases = self.leases(pipeline).await.unwrap();
        let turns = Turns { leases: &leases, me: self.me(), clock: self };
        let Asked::Ours(ours) = turns.ask(pipeline.schedule.as_ref().unwrap()).await.unwrap() else {
            return "somebody else does it".to_owned();
        };
        let name = &pipeline.project.name;
        let (length, well) = (self.together.fate)(name, &ours.turn);
        let work = async {
            let mut written = Written::begin(&self.together, name, &ours.turn);
            let worked = pin!(self.sleep_until(plus(self.now(), seconds(length))));
            let asked = pin!(self.sleep_until(self.ends));
            if let Either::Right(_) = select(worked, asked).await {
                written.end = End::Interrupted;
                return ours.before.clone();
            }
            written.end = if well { End::Well } else { End::Failed };
            let mut after = ours.before.clone();
            after.begin(ours.turn.clone());
            after.end(well, self.now());
            after
        };
        hold(&leases, self, ours.lease.clone(), work).await.unwrap();
        "done".to_owned()
    }

    async fn asked_to_end(&self) {
        self.sleep_until(self.ends).await;
    }

    fn tell(&self, _: News<'_>) {}
}

/// Writes down a run, also one that is cut off.
struct Written<'a> {
    together: &'a Together,
    index: usize,
    end: End,
}

impl<'a> Written<'a> {
    fn begin(together: &'a Together, pipeline: &str, turn: &Turn) -> Self {
        let mut runs = together.runs.borrow_mut();
        let other = runs.iter().find(|ran| ran.pipeline == pipeline && ran.end.is_none());
        assert!(other.is_none(), "two runs at once: {other:?} and {turn:?}");
        runs.push(Ran { pipeline: pipeline.to_owned(), turn: turn.clone(), end: None });
        Self { together, index: runs.len() - 1, end: End::PowerCut }
    }
}

impl Drop for Written<'_> {
    fn drop(&mut self) {
        self.together.runs.borrow_mut()[self.index].end = Some((self.together.now.get(), self.end));
    }
}

/// A host's life: from, until, and whether it is asked to end or cut off from power.
type Life = (u32, Timestamp, Timestamp, bool);

/// Lets the hosts live, in the order of what happens to them.
fn live(together: &Rc<Together>, pipelines: &[Pipeline], lives: &[Life], until: Timestamp) {
    let mut pool = LocalPool::new();
    let mut cuts: Vec<(Timestamp, AbortHandle)> = Vec::new();
    let mut happenings: Vec<(Timestamp, Option<&Life>)> = lives.iter().map(|life| (life.1, Some(life))).collect();
    happenings.extend(lives.iter().filter(|life| !life.3).map(|life| (life.2, None)));
    happenings.sort_by_key(|(instant, _)| *instant);
    for (instant, life) in happenings {
        together.pass(&mut pool, instant);
        cuts.iter().filter(|(cut, _)| *cut <= instant).for_each(|(_, handle)| handle.abort());
        let Some((number, _, ends, gently)) = life else { continue };
        let far = at("2200-01-01T00:00:00Z");
        let host = Host {
            together: together.clone(),
            number: *number,
            pipelines: RefCell::new(pipelines.to_vec()),
            ends: if *gently { *ends } else { far },
        };
        let (handle, registration) = AbortHandle::new_pair();
        if !gently {
            cuts.push((*ends, handle));
        }
        let life = Abortable::new(async move { serve(&host, 8).await }, registration);
        pool.spawner()
            .spawn_local(async move {
                let _ = life.await;
            })
            .unwrap();
    }
    together.pass(&mut pool, until);
}

fn pipeline(name: &str, schedule: &str) -> Pipeline {
    let text = format!(
        "[project]\nname = '{name}'\nlog = 'log'\nout = 'out'\n[schedule]\n{schedule}\n\
         [[source]]\nkind = 'notes'\nname = 'notes'\npath = 'notes'\n"
    );
    let file = PathBuf::from(format!("{name}.toml"));
    Pipeline::parse(Path::new(&file), &text, &[], &|_| None).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The due times of a pipeline between two instants, by the calendar.
fn due(pipeline: &Pipeline, from: Timestamp, until: Timestamp) -> Vec<Timestamp> {
    let when = &pipeline.schedule.as_ref().unwrap().when;
    std::iter::successors(when.after(from), |due| when.after(*due)).take_while(|due| *due <= until).collect()
}

/// Each due time belongs to one run that ended by itself, each such run has a due time of its own, and the runs that
/// were tried again are tries of the same.
fn each_due_time_once(together: &Together, pipeline: &Pipeline, from: Timestamp, until: Timestamp) -> Vec<Ran> {
    let all = together.runs_of(&pipeline.project.name);
    let mut open = due(pipeline, from, plus(until, seconds(5 * HOUR)));
    let mut done = Vec::new();
    for ran in all {
        let (_, end) = ran.end.unwrap();
        if end == End::Interrupted {
            continue;
        }
        let (mine, rest): (Vec<_>, Vec<_>) = open.into_iter().partition(|due| *due <= ran.turn.started);
        open = rest;
        match ran.turn.attempt {
            1 => assert_eq!(mine.last(), Some(&ran.turn.due), "{ran:?}"),
            _ => assert!(mine.is_empty(), "{ran:?} and {mine:?}"),
        }
        if end == End::Well {
            done.push(ran);
        }
    }
    open.retain(|due| *due <= until);
    assert!(open.is_empty(), "{}: never run: {open:?}", pipeline.project.name);
    done
}

/// Seven days of six pipelines on two hosts: a restart, two power cuts, an outage of 26 hours, and both hosts at once.
fn week(monday: Timestamp) -> (Rc<Together>, Vec<Pipeline>, Timestamp) {
    let pipelines = vec![
        pipeline("daily", "cron = '30 2 * * *'\ntimezone = 'Europe/Berlin'"),
        pipeline("hourly", "cron = '@hourly'"),
        pipeline("long", "cron = '*/15 * * * *'\ntimezone = 'America/New_York'"),
        pipeline("skipping", "cron = '@hourly'\nmissed = 'skip'"),
        pipeline("later", "cron = '0 4 * * *'\njitter = '30m'"),
        pipeline("failing", "cron = '0 6 * * *'\nretries = 2\nbackoff = '10m'"),
    ];
    let together = Together::new(monday, |name, turn| match name {
        "long" => (50 * MINUTE + 13, true),
        "failing" => (MINUTE, turn.attempt == 3),
        "daily" => (80 * MINUTE, true),
        _ => (4 * MINUTE, true),
    });
    let hour = |hours: u64, minutes: u64| plus(monday, seconds(hours * HOUR + minutes * MINUTE));
    let (a, b) = (1, 2);
    let lives = [
        (a, hour(0, 0), hour(34, 2), true),    // asked to end in the middle of runs
        (a, hour(34, 5), hour(63, 35), false), // power cut
        (b, hour(40, 7), hour(72, 0), false),  // power cut, and now nobody is there for 26 hours
        (a, hour(98, 0), hour(171, 0), true),
        (b, hour(98, 0), hour(171, 0), true), // both at once, to the second
    ];
    let end = hour(168, 0);
    live(&together, &pipelines, &lives, plus(end, seconds(4 * HOUR)));
    (together, pipelines, end)
}

fn local(runs: &[Ran]) -> Vec<String> {
    let zone = jiff_zone("Europe/Berlin");
    runs.iter().map(|ran| ran.turn.due.to_zoned(zone.clone()).strftime("%m-%d %H:%M%:z").to_string()).collect()
}

fn jiff_zone(name: &str) -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::get(name).unwrap()
}

/// What must hold in any such week; gives the daily runs.
fn hold_to_its_promises(monday: Timestamp) -> Vec<String> {
    let (together, pipelines, end) = week(monday);
    let named = |name: &str| pipelines.iter().find(|pipeline| pipeline.project.name == name).unwrap();
    let hour = |hours: u64| plus(monday, seconds(hours * HOUR));
    for pipeline in pipelines.iter().filter(|pipeline| pipeline.project.name != "skipping") {
        let done = each_due_time_once(&together, pipeline, monday, end);
        assert!(done.len() >= 6, "{}: {done:?}", pipeline.project.name);
    }
    // The outage: one run makes up for the 26 hours, at once.
    let outage = |ran: &&Ran| ran.turn.started > hour(72) && ran.turn.started < hour(99);
    let hourly: Vec<Ran> = together.runs_of("hourly").iter().filter(outage).cloned().collect();
    let started: Vec<_> = hourly.iter().map(|ran| (ran.turn.due, ran.turn.started)).collect();
    assert_eq!(started, [(hour(98), hour(98))], "{hourly:?}");
    // Who skips has no run for what is long past, and each of the others.
    let skipping = together.runs_of("skipping");
    assert!(skipping.iter().all(|ran| ran.turn.started <= plus(ran.turn.due, seconds(11 * MINUTE))), "{skipping:?}");
    assert!(skipping.iter().filter(|ran| ran.end.unwrap().1 == End::Well).count() > 130);
    // A run that is longer than its interval is followed by the next at once, while somebody is there.
    let long = together.runs_of("long");
    let pauses = long.windows(2).filter(|pair| pair[0].turn.started > hour(98) && pair[1].turn.started < hour(168));
    for pair in pauses {
        let pause = pair[0].end.unwrap().0.duration_until(pair[1].turn.started).as_secs();
        assert!((0..=30).contains(&pause), "{pause} s between {pair:?}");
    }
    assert!(long.len() > 90, "{}", long.len());
    // Failures: three tries a day, ten and twenty minutes apart, the third ends well.
    let tries: Vec<u32> = together.runs_of("failing").iter().map(|ran| ran.turn.attempt).collect();
    assert_eq!(tries, [1, 2, 3].repeat(7), "one of the seven days is in the outage: it is made up for");
    // Jitter: not on time, never early, never more than half an hour late.
    let late = together.runs_of("later").into_iter().filter(|ran| ran.turn.started != hour(98));
    let late: Vec<i64> = late.map(|ran| ran.turn.due.duration_until(ran.turn.started).as_secs()).collect();
    assert!(late.iter().all(|late| (0..=30 * 60).contains(late)) && late.iter().any(|late| *late > 60), "{late:?}");
    let daily = each_due_time_once(&together, named("daily"), monday, end);
    assert!(together.runs_of("daily").iter().any(|ran| ran.end.unwrap().1 != End::Well), "none was broken off");
    local(&daily)
}

#[test]
fn every_due_run_of_the_week_in_which_clocks_go_forward_happens_once() {
    let daily = hold_to_its_promises(at("2026-03-24T10:00:00Z"));
    let expected = ["03-25 02:30+01:00", "03-26 02:30+01:00", "03-27 02:30+01:00", "03-28 02:30+01:00"];
    let expected = [&expected[..], &["03-29 03:00+02:00", "03-30 02:30+02:00", "03-31 02:30+02:00"]].concat();
    assert_eq!(daily, expected);
}

#[test]
fn every_due_run_of_the_week_in_which_clocks_go_back_happens_once() {
    let daily = hold_to_its_promises(at("2026-10-20T10:00:00Z"));
    let expected = ["10-21 02:30+02:00", "10-22 02:30+02:00", "10-23 02:30+02:00", "10-24 02:30+02:00"];
    let expected = [&expected[..], &["10-25 02:30+02:00", "10-26 02:30+01:00", "10-27 02:30+01:00"]].concat();
    assert_eq!(daily, expected);
}

/// The same numbers at every run of the test.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

#[test]
fn whatever_happens_to_three_hosts_each_due_time_is_dealt_with_once() {
    for seed in 0..8 {
        let mut dice = Dice(seed * 7919 + 1);
        let start = plus(at("2026-10-23T00:00:00Z"), seconds(dice.below(HOUR)));
        let cron = ["*/20 * * * *", "7 * * * *", "30 2,14 * * *", "@hourly"][usize::try_from(seed % 4).unwrap()];
        let plan = pipeline("chaos", &format!("cron = '{cron}'\ntimezone = 'Europe/Berlin'\nretries = 9"));
        let together = Together::new(start, |_, turn| {
            let chance = turn.due.as_second().unsigned_abs() / 60 % 7;
            (chance * chance * 90, chance != 3 || turn.attempt > 1)
        });
        let mut lives = Vec::new();
        for host in 1..=3 {
            let mut now = plus(start, seconds(if host == 1 { 0 } else { dice.below(5 * HOUR) }));
            for _ in 0..8 {
                let end = plus(now, seconds(60 + dice.below(7 * HOUR)));
                lives.push((host, now, end, dice.below(2) == 0));
                now = plus(end, seconds(1 + dice.below(2 * HOUR)));
            }
        }
        // In the end somebody stays, so that nothing is left open.
        let (still, end) = (plus(start, seconds(90 * HOUR)), plus(start, seconds(110 * HOUR)));
        lives.push((9, still, plus(end, seconds(3 * HOUR)), true));
        live(&together, std::slice::from_ref(&plan), &lives, plus(end, seconds(4 * HOUR)));
        let done = each_due_time_once(&together, &plan, start, end);
        assert!(done.len() > 2, "seed {seed}: {}", done.len());
    }
}
