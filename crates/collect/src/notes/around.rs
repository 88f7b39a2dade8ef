//! What stands below and beside a line, as far as it decides what the line is.

use super::attendee::{self, Entry};
use super::label::is_container;
use super::markdown::{Block, Kind};
use super::rich::Rich;
use super::{action, section};

/// What stands below a heading without a role of its own, as far as a list of attendees could go on there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Below {
    People,
    SomethingElse,
}

/// A group of attendees ("Guests", "Acme"): named so, or nothing but people below.
pub(super) fn below(heading: &str, blocks: &[Block]) -> Below {
    let section = blocks.iter().take_while(|block| !matches!(block.kind, Kind::Heading(_)));
    let mut items = section.filter(|block| matches!(block.kind, Kind::Item { .. })).peekable();
    let reads = |block: &Block| is_surely_person(&block.rich);
    let people = section::is_group(heading) || (items.peek().is_some() && !is_container(heading) && items.all(reads));
    if people { Below::People } else { Below::SomethingElse }
}

/// Whether a section beside that of the attendees has more of them: guests, or members who are all there with a login.
pub(super) fn is_more_people(heading: &str, blocks: &[Block]) -> bool {
    let section: Vec<&Block> = blocks.iter().take_while(|block| !matches!(block.kind, Kind::Heading(_))).collect();
    let guests = section::is_guests(heading);
    let person = |block: &&Block| {
        let item = matches!(block.kind, Kind::Item { .. });
        item && if guests { attendee::is_full_name(&block.rich) } else { attendee::has_login(&block.rich) }
    };
    section::is_more_people(heading) && !section.is_empty() && section.iter().all(person)
}

pub(super) fn is_surely_person(rich: &Rich) -> bool {
    let entry = Entry { rich: rich.clone(), list: Some(0), organisation: None, role: None };
    let read = attendee::read(&entry, &mut Vec::new());
    read.is_some_and(|a| a.login.is_some() || a.name.split(' ').count() > 1)
}

/// What stands deeper, right below an item.
pub(super) fn inner(depth: usize, blocks: &[Block]) -> impl Iterator<Item = &Block> {
    blocks.iter().take_while(move |block| match block.kind {
        Kind::Item { depth: below, .. } | Kind::Paragraph { depth: below } => below > depth,
        _ => false,
    })
}

/// How many people stand below an item that has neither link nor bracket; 0 if something else does too.
pub(super) fn people_below(depth: usize, rich: &Rich, blocks: &[Block]) -> usize {
    let plain = rich.links.is_empty() && !rich.text.contains(['(', '[', '@', '（']);
    let inner: Vec<&Block> = inner(depth, blocks).filter(|_| plain).collect();
    if inner.iter().all(|block| attendee::is_full_name(&block.rich)) { inner.len() } else { 0 }
}

/// Whether an item is a person for sure, and what stands below it is not all people.
pub(super) fn is_over_details(depth: usize, rich: &Rich, blocks: &[Block]) -> bool {
    let label = rich.text.trim_end().ends_with([':', '：']) || section::is_group(&rich.text);
    let person = |block: &Block| attendee::is_full_name(&block.rich) && !action::has_usual_word(&block.rich.text);
    let people = || inner(depth, blocks).all(person);
    !label && section::role_of(&rich.text).is_none() && attendee::is_full_name(rich) && !people()
}
