//! One way through a lane: when one is due, what it asks next, what an answer moves, and what is true when it is done.
//! Pure: no request, no clock.
//!
//! A first pass and a sweep go in the order of creation, so that what is new meanwhile comes at the end. A pass over changes
//! goes from the newest change back to what was held, and a few minutes further, as GitHub shows some changes late. Releases
//! and comments on commits have no order by change and are few: whenever their newest differ, all are read.
//!
//! A pass is complete up to the newest change at its *beginning*; whatever changes meanwhile is newer, and is the next
//! pass's. So nothing is lost between two passes, and of each lane it is known how many facts it must hold up to then:
//! a sweep counts them again, and the difference is what the passes over changes have missed.

use super::answer::Newest;
use super::cursor::{Kind, Lane, Pass, Why};
use super::fact::Fact;
use super::parse::Read;
use jiff::SignedDuration;
use muster_model::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// GitHub shows changes late, and its servers' clocks differ.
const OVERLAP: SignedDuration = SignedDuration::from_mins(5);

/// Begins a pass if one is due; false if the lane is up to date.
pub(super) fn begin(lane: &mut Lane, kind: Kind, newest: &Newest, sweep: bool) -> bool {
    if lane.pass.is_some() {
        return true;
    }
    let hash = newest.hash();
    let why = match lane.newest {
        None if newest.total_count == 0 => {
            *lane = Lane { newest: Some(hash), until: newest.at(), swept: lane.swept, ..Lane::default() };
            return begin(lane, kind, newest, sweep);
        }
        None => Why::First,
        Some(held) if held != hash => Why::Changes,
        Some(_) if sweep && !lane.swept => Why::Sweep,
        Some(_) => return false,
    };
    let mut first = page_size(kind);
    if let (Why::Changes, Some(until)) = (why, lane.until) {
        // One more than has changed shows that the rest has not.
        first = newest.since(from(until)).saturating_add(1).min(first);
    }
    lane.pass = Some(new(why, newest.at(), hash, if is_whole(kind) { page_size(kind) } else { first }));
    true
}

/// As [`begin`], of a list that has no head: it is always asked.
pub(super) fn begin_list(lane: &mut Lane, asked: bool, sweep: bool) -> bool {
    if lane.pass.is_some() {
        return true;
    }
    let why = match lane.newest {
        None => Why::First,
        Some(_) if !asked => Why::Changes,
        Some(_) if sweep && !lane.swept => Why::Sweep,
        Some(_) => return false,
    };
    let mut pass = new(why, None, 0, 100);
    if why == Why::Changes {
        pass.since = lane.page.as_ref().map_or(lane.until, |(since, _)| *since);
    }
    lane.pass = Some(pass);
    true
}

fn new(why: Why, target: Option<Timestamp>, newest: u64, first: u32) -> Pass {
    Pass {
        why,
        target,
        newest,
        first,
        after: None,
        read: false,
        rest: Vec::new(),
        found: BTreeMap::new(),
        pages: 0,
        since: None,
        edge: Vec::new(),
    }
}

fn from(until: Timestamp) -> Timestamp {
    until.saturating_sub(OVERLAP).unwrap_or(until)
}

/// All are read whenever one is new.
fn is_whole(kind: Kind) -> bool {
    matches!(kind, Kind::Releases | Kind::CommitComments)
}

/// GitHub allows a hundred. A page of items has the histories in it: at fifty it takes GitHub a few seconds at most, and
/// costs the same point of quota.
pub(super) fn page_size(kind: Kind) -> u32 {
    match kind {
        Kind::Issues | Kind::PullRequests => 50,
        Kind::Discussions => 20,
        _ => 100,
    }
}

/// The variables of the pass's next page.
pub(super) fn variables(pass: &Pass, kind: Kind, owner: &str, name: &str) -> Value {
    let (field, newest_first) = match kind {
        Kind::Issues | Kind::PullRequests | Kind::Discussions if pass.why == Why::Changes => ("UPDATED_AT", true),
        Kind::Stars => ("STARRED_AT", pass.why == Why::Changes),
        Kind::Forks => ("CREATED_AT", pass.why == Why::Changes),
        _ => ("CREATED_AT", false),
    };
    let mut variables = json!({ "owner": owner, "name": name, "first": pass.first, "after": pass.after });
    if kind != Kind::CommitComments {
        variables["orderBy"] = json!({ "field": field, "direction": if newest_first { "DESC" } else { "ASC" } });
    }
    variables
}

/// A page is in: the pass moves on. `next` is where the next page begins.
pub(super) fn page_read(lane: &mut Lane, kind: Kind, read: &mut Read, next: Option<String>) {
    let until = lane.until;
    let Some(pass) = &mut lane.pass else { return };
    let old = |until: Timestamp| read.last.is_some_and(|last| last < from(until));
    let held_from_here = pass.why == Why::Changes && !is_whole(kind) && until.is_some_and(old);
    pass.pages += 1;
    pass.first = pass.first.max(page_size(kind) / 2);
    pass.read = next.is_none() || held_from_here;
    pass.after = next;
    note(pass, kind, until, read);
    pass.rest.append(&mut read.rest);
}

/// More of one history is in.
pub(super) fn rest_read(lane: &mut Lane, kind: Kind, read: &mut Read) {
    let until = lane.until;
    let Some(pass) = &mut lane.pass else { return };
    pass.rest.pop();
    note(pass, kind, until, read);
    pass.rest.append(&mut read.rest);
}

/// A page of a REST list is in: the next begins where this one ends.
pub(super) fn list_read(lane: &mut Lane, read: &Read, edge: Vec<u64>, full: bool) {
    let until = lane.until;
    let Some(pass) = &mut lane.pass else { return };
    pass.pages += 1;
    pass.read = !full;
    note(pass, Kind::ReviewComments, until, read);
    // A whole page of one second: only its number leads on.
    let page = pass.after.as_ref().and_then(|page| page.parse::<u32>().ok()).unwrap_or(1);
    pass.after = (full && read.last == pass.since).then(|| (page + 1).to_string());
    pass.since = read.last;
    pass.edge = edge;
}

/// Counts the facts that the pass answers for.
fn note(pass: &mut Pass, kind: Kind, until: Option<Timestamp>, read: &Read) {
    let new = |at: Timestamp| until.is_none_or(|until| at > until);
    // A link has the time of its text, and may have been put there later.
    for fact in read.told.facts.iter().filter(|fact| fact.data.kind() != "item.linked") {
        let arrived = read.arrived.iter().any(|(subject, at)| *subject == fact.subject && new(*at));
        let counts = match pass.why {
            _ if is_whole(kind) => true,
            Why::First => pass.target.is_none_or(|target| fact.time <= target),
            Why::Changes => (new(fact.time) || arrived) && pass.target.is_none_or(|target| fact.time <= target),
            Why::Sweep => !new(fact.time),
        };
        if counts {
            *pass.found.entry(fact.data.kind().to_owned()).or_default() += 1;
        }
    }
}

/// The merges that nobody has counted yet.
pub(super) fn new_merges<'a>(lane: &Lane, facts: &'a [Fact]) -> impl Iterator<Item = &'a Fact> {
    let until = lane.until.filter(|_| lane.pass.as_ref().is_some_and(|pass| pass.why != Why::First));
    let merges = facts.iter().filter(|fact| fact.data.kind() == "pull_request.merged");
    merges.filter(move |fact| until.is_none_or(|until| fact.time > until))
}

pub(super) fn is_done(lane: &Lane) -> bool {
    lane.pass.as_ref().is_none_or(|pass| pass.read && pass.rest.is_empty())
}

/// Ends the pass. What a sweep found beyond what was held is put into `missed`; what was not there any more counts
/// negative.
pub(super) fn end(lane: &mut Lane, kind: Kind, missed: &mut BTreeMap<String, i64>) {
    let Some(pass) = lane.pass.take() else { return };
    match pass.why {
        Why::Sweep => {
            lane.swept = true;
            for kind in pass.found.keys().chain(lane.held.keys().filter(|kind| !pass.found.contains_key(*kind))) {
                let of = |counts: &BTreeMap<String, u64>| counts.get(kind).map_or(0, |count| *count as i64);
                let difference = of(&pass.found) - of(&lane.held);
                if difference != 0 {
                    *missed.entry(kind.clone()).or_default() += difference;
                }
            }
            lane.held = pass.found;
        }
        Why::Changes if !is_whole(kind) => {
            for (kind, count) in pass.found {
                *lane.held.entry(kind).or_default() += count;
            }
        }
        Why::First | Why::Changes => lane.held = pass.found,
    }
    // A sweep says nothing of what came after the passes that it checks.
    if pass.why != Why::Sweep {
        lane.newest = Some(pass.newest);
        lane.until = lane.until.max(pass.target).max(pass.since);
    }
}
