//! Private channels, groups and direct messages: refused unless the pipeline names them.

use super::exports::Sink;
use std::collections::BTreeSet;

/// What may be read though it is private, and what was said about the rest.
#[derive(Debug, Clone, Default)]
pub(crate) struct Privacy {
    named: Vec<String>,
    told: BTreeSet<String>,
}

impl Privacy {
    /// What the pipeline names.
    pub fn new(named: &[String]) -> Self {
        let named = named.iter().map(|name| name.trim_start_matches('#').to_lowercase()).collect();
        Self { named, told: BTreeSet::new() }
    }

    /// Whether the pipeline names it by one of its ids or names.
    pub fn allows(&self, names: &[&str]) -> bool {
        names.iter().any(|name| !name.is_empty() && self.named.contains(&name.to_lowercase()))
    }

    /// A record of what is private: counted as filtered. The first one of each `what` has a notice that says how to name it.
    pub fn refuse(&mut self, what: &str, name: &str, line: u32, sink: &mut Sink<'_>) {
        sink.filtered();
        if self.told.insert(what.to_owned()) {
            sink.notice(
                line,
                format!("{what}: not read, as the source does not name it"),
                format!("to read it all the same, write private = [{name:?}] at this source of the pipeline file"),
            );
        }
    }
}
