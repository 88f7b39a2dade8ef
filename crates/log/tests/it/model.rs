use crate::common::{Dice, all, assert_sound, cursor, event};
use muster_log::Log;
use muster_model::Cursor;
use std::collections::{BTreeMap, HashMap};

/// The log does what a list and a map do: random appends, reopenings, compactions and looks into the past.
#[tokio::test]
async fn the_log_behaves_like_a_list() {
    for seed in 0..3 {
        run(seed).await;
    }
}

async fn run(seed: u64) {
    let mut dice = Dice(seed);
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap().to_owned();
    let mut log = Log::open_or_create(&place).await.unwrap();
    let mut second = Log::open(&place).await.unwrap();
    let mut list: Vec<(String, u64)> = Vec::new();
    let mut taken: HashMap<String, u64> = HashMap::new();
    let mut cursors: BTreeMap<String, Cursor> = BTreeMap::new();
    let mut history = vec![0];
    for step in 0..60 {
        match dice.below(12) {
            0 => log = Log::open_or_create(&place).await.unwrap(),
            1 => {
                log.compact().await.unwrap();
            }
            2 => {
                log.refresh().await.unwrap();
                assert_sound(&log).await;
            }
            3 => {
                let version = dice.below(history.len() as u64);
                let expected = history[usize::try_from(version).unwrap()];
                log.refresh().await.unwrap();
                let past = all(&log.at_version(version).await.unwrap()).await;
                assert!(past.iter().map(|event| &event.id).eq(list[..expected].iter().map(|(id, _)| id)));
            }
            _ => {
                let events: Vec<_> = (0..dice.below(6))
                    .map(|_| {
                        let id = format!("id{}", dice.below(80));
                        event(&id, dice.below(20) / 19)
                    })
                    .collect();
                let (mut appended, mut duplicates, mut conflicts) = (0, 0, Vec::new());
                for event in &events {
                    let number = event.data.to_json().contains("\"number\":1").into();
                    match taken.get(&event.id) {
                        None => {
                            taken.insert(event.id.clone(), number);
                            list.push((event.id.clone(), number));
                            appended += 1;
                        }
                        Some(stored) if *stored == number => duplicates += 1,
                        Some(_) => conflicts.push(event.id.clone()),
                    }
                }
                let source = format!("source{}", dice.below(3));
                let moved =
                    (dice.below(2) == 0).then(|| cursor(&"x".repeat(usize::try_from(dice.below(4) * 700).unwrap())));
                if let Some(moved) = &moved {
                    cursors.insert(source.clone(), moved.clone());
                }
                // Now and then through a value that has fallen behind.
                let writer = if dice.below(3) == 0 { &mut second } else { &mut log };
                let done = writer.append(&source, events, moved.as_ref()).await.unwrap();
                assert_eq!((done.appended, done.duplicates), (appended, duplicates), "seed {seed}, step {step}");
                let mut found: Vec<_> = done.conflicts.iter().map(|conflict| conflict.id.clone()).collect();
                found.sort();
                conflicts.sort();
                assert_eq!(found, conflicts);
                assert!(done.conflicts.iter().all(|conflict| conflict.stored_kind == "issue.closed"));
            }
        }
        let mut fresh = Log::open(&place).await.unwrap();
        fresh.refresh().await.unwrap();
        while (history.len() as u64) <= fresh.version() {
            history.push(list.len());
        }
    }
    let log = Log::open(&place).await.unwrap();
    let stored = all(&log.snapshot()).await;
    let expected: Vec<_> = list.iter().map(|(id, number)| (id.clone(), event(id, *number).data.to_json())).collect();
    assert!(stored.iter().map(|event| (event.id.clone(), event.data.clone())).eq(expected));
    assert!(stored.is_sorted_by_key(|event| event.recorded));
    assert_eq!(log.cursors().await.unwrap(), cursors);
    assert_sound(&log).await;
}
