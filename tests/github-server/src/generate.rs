//! A long history, made up: the same seed, the same world.

use crate::world::{AccountKind, ReviewState, World};
use jiff::Timestamp;

/// What to make.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// The same seed gives the same world.
    pub seed: u64,
    /// Repositories, all of the organisation `acme`: `acme/lantern`, `acme/repo-1`, …
    pub repositories: usize,
    /// Issues and pull requests over all repositories.
    pub items: usize,
    /// Comments on them; comments on lines and reviews come on top.
    pub comments: usize,
    /// Accounts that take part.
    pub people: usize,
}

impl Default for Plan {
    fn default() -> Self {
        Self { seed: 1, repositories: 1, items: 10_000, comments: 60_000, people: 400 }
    }
}

/// A history of nearly four years.
#[must_use]
pub fn generate(plan: Plan) -> World {
    let mut dice = Dice::new(plan.seed);
    let mut world = World::new();
    let start = 1_640_995_200; // 2022-01-01T00:00:00Z
    let span = 120_000_000; // seconds: nearly four years
    let at = |second: i64| Timestamp::from_second(second).expect("the years 2022 to 2026 are times");
    let repositories: Vec<String> = (0..plan.repositories.max(1))
        .map(|index| if index == 0 { "acme/lantern".to_owned() } else { format!("acme/repo-{index}") })
        .collect();
    for name in &repositories {
        world.add_repository(name, at(start));
    }
    let people = people(&mut world, plan.people.max(4));
    let mut targets: Vec<(usize, u64, i64)> = Vec::with_capacity(plan.items);
    for index in 0..plan.items {
        let place = dice.below(repositories.len());
        let opened = start + span * index as i64 / plan.items as i64;
        let number = item(&mut world, &mut dice, &repositories[place], &people, opened);
        targets.push((place, number, opened));
    }
    // Comments in the order of their numbers, though not of their items: GitHub's are like that.
    for index in 0..plan.comments {
        let (place, number, opened) = targets[dice.below(targets.len())];
        let who = &people[dice.below(people.len())];
        let when = opened + 60 + dice.below(5_000_000) as i64;
        world.comment(&repositories[place], number, who, at(when), &format!("Remark {index}."));
    }
    for name in &repositories {
        extras(&mut world, &mut dice, name, &people, start, span);
        for item in &mut world.repository_mut(name).items {
            item.comments.sort_by_key(|comment| (comment.created_at, comment.id));
        }
    }
    world
}

/// Mostly users, some bots, an account that was deleted, a mannequin.
fn people(world: &mut World, count: usize) -> Vec<String> {
    let mut people: Vec<String> = (0..count).map(|index| format!("user{index}")).collect();
    people[0] = "gone-fishing".to_owned();
    people[1] = "dependabot[bot]".to_owned();
    people[2] = "imported-ada".to_owned();
    world.add_account("imported-ada", AccountKind::Mannequin);
    for name in &people {
        world.who(name);
    }
    world.delete_account("gone-fishing");
    people
}

fn item(world: &mut World, dice: &mut Dice, repository: &str, people: &[String], opened: i64) -> u64 {
    let mut clock = Clock(opened);
    let who = |dice: &mut Dice| people[dice.below(people.len())].clone();
    let author = who(dice);
    let title = format!("Thing {}", dice.below(1_000_000));
    if dice.one_in(2) {
        let number = world.open_issue(repository, &author, clock.now(), &title);
        if dice.one_in(3) {
            world.label(repository, number, &who(dice), clock.on(dice), &format!("area-{}", dice.below(20)));
        }
        if dice.one_in(5) {
            world.assign(repository, number, &who(dice), clock.on(dice), &who(dice));
        }
        if !dice.one_in(4) {
            world.close(repository, number, &who(dice), clock.on(dice));
            if dice.one_in(10) {
                world.reopen(repository, number, &who(dice), clock.on(dice));
                if dice.one_in(2) {
                    world.close(repository, number, &who(dice), clock.on(dice));
                }
            }
        }
        return number;
    }
    let draft = dice.one_in(8);
    let number = if draft {
        world.open_draft(repository, &author, clock.now(), &title)
    } else {
        world.open_pull_request(repository, &author, clock.now(), &title)
    };
    if draft && dice.one_in(2) {
        world.ready(repository, number, &author, clock.on(dice));
    }
    if dice.one_in(3) {
        world.label(repository, number, &who(dice), clock.on(dice), &format!("area-{}", dice.below(20)));
    }
    if dice.one_in(3) {
        let reviewer = if dice.one_in(6) { "team:maintainers".to_owned() } else { who(dice) };
        world.request_review(repository, number, &author, clock.on(dice), &reviewer);
    }
    for _ in 0..dice.below(3) {
        let state = [ReviewState::Approved, ReviewState::ChangesRequested, ReviewState::Commented][dice.below(3)];
        let when = clock.on(dice);
        let review = world.review(repository, number, &who(dice), when, state);
        for _ in 0..dice.below(3) {
            world.review_comment(repository, number, review, when, "This line?");
        }
        if dice.one_in(20) {
            world.dismiss(repository, number, review, &who(dice), clock.on(dice));
        }
    }
    match dice.below(10) {
        0 => {
            world.close(repository, number, &who(dice), clock.on(dice));
        }
        1 | 2 => {}
        _ => {
            world.merge(repository, number, &who(dice), clock.on(dice));
        }
    }
    number
}

fn extras(world: &mut World, dice: &mut Dice, repository: &str, people: &[String], start: i64, span: i64) {
    let mut clock = Clock(start);
    for index in 0..40 {
        let now = start + span * index / 40;
        clock.0 = clock.0.max(now);
        let who = people[dice.below(people.len())].clone();
        world.release(repository, &who, clock.on(dice), &format!("v0.{index}.0"));
    }
    // Only users star; a deleted one's stars are gone with the account.
    for person in people.iter().skip(3).take(people.len() / 2) {
        let when = Clock(start + dice.below(span as usize) as i64).now();
        world.star(repository, person, when);
    }
    world.repository_mut(repository).stars.sort_by_key(|star| (star.at, star.by));
}

/// Time that only goes on.
struct Clock(i64);

impl Clock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0).expect("a few years on from 2022 is a time")
    }

    /// Some time later: up to two days.
    fn on(&mut self, dice: &mut Dice) -> Timestamp {
        self.0 += 1 + dice.below(172_800) as i64;
        self.now()
    }
}

/// SplitMix64: small, seeded, and good enough for dice.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The same seed, the same throws.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next throw.
    pub fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `bound`, which is at least one.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.throw() % bound as u64) as usize
    }

    /// True once in `times`.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}
