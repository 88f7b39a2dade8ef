//! What must hold of anything that is read, whatever the bytes were.

use muster_model::{Batch, Event, Payload, Problem, Severity, account};

/// Nothing disappears, and each event and problem is a proper one.
pub fn batch(batch: &Batch) {
    let rejected = batch.problems.iter().filter(|problem| problem.severity == Severity::Rejected).count();
    let told = (batch.events.len() + rejected) as u64 + batch.counts.not_ours + batch.counts.filtered;
    assert_eq!(batch.counts.read, told, "a record disappeared: {:?} {:?}", batch.counts, batch.problems);
    batch.events.iter().for_each(event);
    batch.problems.iter().for_each(problem);
}

/// It says what happened to what, its id holds no address, and the log gives its payload back as it was.
pub fn event(event: &Event) {
    assert!(!event.id.is_empty() && !event.subject.is_empty() && !event.source.is_empty(), "{event:?}");
    assert_eq!(account::masked(&event.id), event.id, "an address in an id: {event:?}");
    assert!(event.actor.as_deref().is_none_or(|actor| !actor.is_empty()), "{event:?}");
    assert_eq!(Payload::from_json(event.kind(), &event.data.to_json()), event.data, "another payload in the log");
}

/// It says where, what, and what to do.
pub fn problem(problem: &Problem) {
    assert!(!problem.file.is_empty() && !problem.message.is_empty() && !problem.hint.is_empty(), "{problem:?}");
}

/// The same bytes read twice, the second time with texts kept, give the same but for the texts, which the first must not have.
pub fn same_without_text(without: &[Batch], mut with: Vec<Batch>) {
    for event in without.iter().flat_map(|batch| &batch.events) {
        assert!(text_of(event).is_none(), "a text that nobody asked for: {event:?}");
    }
    for event in with.iter_mut().flat_map(|batch| &mut batch.events) {
        if let Payload::MessagePosted(posted) = &mut event.data {
            posted.text = None;
        }
    }
    assert_eq!(without, with, "the same bytes, something else");
}

fn text_of(event: &Event) -> Option<&str> {
    match &event.data {
        Payload::MessagePosted(posted) => posted.text.as_deref(),
        _ => None,
    }
}
