//! Which events the log holds, in 24 bytes each.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

/// The hash that stands for an id. Two ids of a log of a billion events share one with a chance of 10⁻²¹.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key(u64, u64);

impl Key {
    pub(crate) fn of(id: &str) -> Self {
        let hash = xxh3_128(id.as_bytes());
        #[allow(clippy::cast_possible_truncation)] // both halves are kept
        Self((hash >> 64) as u64, hash as u64)
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0);
    }
}

/// The hash that stands for what an event says: its type and its payload.
pub(crate) fn digest(kind: &str, json: &str) -> u64 {
    xxh3_64(kind.as_bytes()).rotate_left(17) ^ xxh3_64(json.as_bytes())
}

/// What an event's id means to the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    New,
    Duplicate,
    Conflict,
}

/// Keys are hashes already.
#[derive(Default)]
pub(crate) struct Ready(u64);

impl Hasher for Ready {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64(bytes);
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// The ids of the log with the digests of their events.
#[derive(Default)]
pub(crate) struct Known {
    digests: HashMap<Key, u64, BuildHasherDefault<Ready>>,
}

impl Known {
    pub(crate) fn with_room(events: usize) -> Self {
        Self { digests: HashMap::with_capacity_and_hasher(events, BuildHasherDefault::default()) }
    }

    pub(crate) fn standing(&self, key: Key, digest: u64) -> Standing {
        match self.digests.get(&key) {
            None => Standing::New,
            Some(stored) if *stored == digest => Standing::Duplicate,
            Some(_) => Standing::Conflict,
        }
    }

    /// Takes in what another knows and this does not.
    pub(crate) fn add(&mut self, other: Self) {
        for (key, digest) in other.digests {
            self.insert(key, digest);
        }
    }

    /// Takes an event in, unless its id is there; says what it was before.
    pub(crate) fn insert(&mut self, key: Key, digest: u64) -> Standing {
        match self.digests.entry(key) {
            Entry::Vacant(place) => {
                place.insert(digest);
                Standing::New
            }
            Entry::Occupied(stored) if *stored.get() == digest => Standing::Duplicate,
            Entry::Occupied(_) => Standing::Conflict,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_event_of_an_id_stays() {
        let mut known = Known::default();
        let (key, one, other) = (Key::of("a"), digest("t", "{}"), digest("t", "[]"));
        assert_eq!(known.insert(key, one), Standing::New);
        assert_eq!(known.insert(key, other), Standing::Conflict);
        assert_eq!(known.standing(key, one), Standing::Duplicate);
        assert_eq!(known.standing(Key::of("b"), one), Standing::New);
        assert_ne!(digest("ab", "c"), digest("a", "bc"));
    }
}
