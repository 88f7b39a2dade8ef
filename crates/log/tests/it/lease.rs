//! Leases: one holder at a time, whoever tries, and whatever happens to the one before.

use crate::common::Dice;
use jiff::Timestamp;
use muster_log::{Holder, Leases};
use object_store::memory::InMemory;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn holder(process: u32) -> Holder {
    Holder { host: "lantern-1".to_owned(), process, life: String::new() }
}

#[tokio::test]
async fn a_lease_is_taken_renewed_and_given_back_with_its_note() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("log").to_str().unwrap().to_owned();
    assert!(Leases::open(&place, "a", false).await.is_err(), "no folder is made unasked");
    let leases = Leases::open(&place, "a", true).await.unwrap();
    let none = leases.look().await.unwrap();
    assert!(!none.is_held(at(0)) && none.note == Value::Null);
    let taken = leases.take(&none, holder(1), at(60), json!({"runs": 1})).await.unwrap().unwrap();
    let seen = leases.look().await.unwrap();
    assert_eq!(seen, taken);
    assert!(seen.is_held(at(59)) && !seen.is_held(at(60)), "{seen:?}");
    let renewed = leases.renew(&taken, at(90)).await.unwrap().unwrap();
    assert!(leases.look().await.unwrap().is_held(at(89)));
    assert_eq!(leases.renew(&taken, at(95)).await.unwrap(), None, "what is outdated holds nothing");
    leases.give_back(&renewed, json!({"runs": 2})).await.unwrap().unwrap();
    let free = leases.look().await.unwrap();
    assert!(!free.is_held(at(61)) && free.note == json!({"runs": 2}) && free.number() == 3, "{free:?}");
    let mut free = free;
    for _ in 0..150 {
        free = leases.give_back(&free, json!({})).await.unwrap().unwrap();
    }
    let files = std::fs::read_dir(folder.path().join("log/_muster/leases/a")).unwrap().count();
    assert_eq!(files, 129, "old ones are removed");
    let other = Leases::open(&place, "b", true).await.unwrap();
    assert_eq!(other.look().await.unwrap().note, Value::Null, "each name has its own");
}

#[tokio::test]
async fn who_comes_too_late_does_not_hold_what_others_took_renewed_and_tidied_away() {
    let leases = Leases::open_in(Arc::new(InMemory::new()), "memory", "a").unwrap();
    let none = leases.look().await.unwrap();
    let mut held = leases.take(&none, holder(1), at(60), Value::Null).await.unwrap().unwrap();
    let stale = held.clone();
    for round in 0..150 {
        held = leases.renew(&held, at(100 + round)).await.unwrap().unwrap();
    }
    // The number after the stale one is free again.
    assert_eq!(leases.take(&stale, holder(2), at(500), Value::Null).await.unwrap(), None);
    assert_eq!(leases.look().await.unwrap(), held);
}

/// Everybody tries again and again; holders renew, give back or die. Never do two hold it at once, and the note, a number
/// that each holder makes one larger, misses none.
async fn contend(leases: Leases, seed: u64, clock: Arc<AtomicU32>, holders: Arc<AtomicU32>) -> u64 {
    let mut dice = Dice(seed);
    let mut taken = 0;
    while taken < 12 {
        let now = at(i64::from(clock.fetch_add(1, Ordering::SeqCst)));
        let seen = leases.look().await.unwrap();
        tokio::task::yield_now().await;
        if seen.is_held(now) {
            continue;
        }
        let note = json!(seen.note.as_u64().unwrap_or_default() + 1);
        let until = now + std::time::Duration::from_secs(1_000_000);
        let Some(held) = leases.take(&seen, holder(1), until, note.clone()).await.unwrap() else { continue };
        assert_eq!(holders.fetch_add(1, Ordering::SeqCst), 0, "two hold it");
        taken += 1;
        let mut held = held;
        for _ in 0..dice.below(3) {
            tokio::task::yield_now().await;
            held = leases.renew(&held, until).await.unwrap().unwrap();
        }
        holders.fetch_sub(1, Ordering::SeqCst);
        leases.give_back(&held, note).await.unwrap().unwrap();
    }
    taken
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn never_do_two_hold_a_lease_and_no_note_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let local = Leases::open(folder.path().to_str().unwrap(), "a", true).await.unwrap();
    let memory = Leases::open_in(Arc::new(InMemory::new()), "memory", "a").unwrap();
    for leases in [local, memory] {
        let (clock, holders) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        let tasks: Vec<_> =
            (0..6).map(|seed| tokio::spawn(contend(leases.clone(), seed, clock.clone(), holders.clone()))).collect();
        let mut taken = 0;
        for task in tasks {
            taken += task.await.unwrap();
        }
        assert_eq!(leases.look().await.unwrap().note, json!(taken));
    }
}

#[tokio::test]
async fn a_log_is_none_the_worse_for_leases_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let leases = Leases::open(place, "a", true).await.unwrap();
    let none = leases.look().await.unwrap();
    leases.take(&none, holder(1), at(60), Value::Null).await.unwrap().unwrap();
    assert!(muster_log::Log::open(place).await.is_err(), "a lease makes no log");
    let mut log = muster_log::Log::open_or_create(place).await.unwrap();
    log.append("notes", vec![crate::common::event("a", 1)], None).await.unwrap();
    crate::common::assert_sound(&muster_log::Log::open(place).await.unwrap()).await;
}

#[tokio::test]
async fn a_log_of_many_appends_stays_few_files_when_it_is_tidied() {
    let mut log = muster_log::Log::open_in(Arc::new(InMemory::new()), "memory", true).await.unwrap();
    for number in 0..70 {
        log.append("notes", vec![crate::common::event(&format!("e{number}"), number)], None).await.unwrap();
        log.tidy().await.unwrap();
        assert!(log.snapshot().files().len() < 32, "after {number}");
    }
    assert_eq!(log.snapshot().events(), 70);
    crate::common::assert_sound(&log).await;
    let version = log.version();
    log.tidy().await.unwrap();
    assert_eq!(log.version(), version, "there is nothing to do");
}
