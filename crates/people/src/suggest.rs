//! Who may be one person.

use crate::{Evidence, Resolution, Suggestion};

/// Nothing yet.
pub fn suggest(_evidence: &Evidence, _resolution: &Resolution) -> Vec<Suggestion> {
    Vec::new()
}
