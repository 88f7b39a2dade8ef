//! Items of Perceval's `meetup`: an event of a group with its comments and answers.
//!
//! An event that is over is a meeting; one that is to come or was called off is none. That somebody said they would come
//! does not say that they came: answers (`rsvps`) are not ours.

use super::found::{Found, Person};
use super::node::Node;
use crate::chat::exports::Fact;
use crate::chat::facts::Post;
use crate::chat::text::Said;
use muster_model::payload::{MeetingHeld, MessagePosted};
use muster_model::{Payload, Timestamp, account};

/// Reads an event; `fetched` is when it was asked for, `community` the source's name.
///
/// # Errors
/// What it should have had.
pub(super) fn read(data: Node<'_>, fetched: Option<Timestamp>, community: &str, keep: bool) -> Result<Found, String> {
    let id = data.id("id").ok_or("an event without id")?;
    let start = data.milliseconds("time").ok_or_else(|| format!("event {id} without milliseconds in time"))?;
    let group = data.object("group").and_then(|group| group.text("urlname").or_else(|| group.text("name")));
    let group = group.ok_or_else(|| format!("event {id} without group.urlname"))?;
    let mut found = Found { not_ours: data.list("rsvps").len(), ..Found::default() };
    let is_over = match data.text("status") {
        Some(status) => status == "past",
        None => fetched.is_some_and(|fetched| fetched > start),
    };
    if is_over {
        found.facts.push(held(data, (&id, group), start, community));
    } else {
        found.not_ours += 1;
    }
    for comment in data.list("comments").iter().filter_map(Node::of) {
        if let Err(why) = said(comment, group, data.text("link").or_else(|| data.text("event_url")), keep, &mut found) {
            found.rejected.push(why);
        }
    }
    Ok(found)
}

fn held(data: Node<'_>, (id, group): (&str, &str), start: Timestamp, community: &str) -> Fact {
    let offset = data.whole("utc_offset").unwrap_or(0);
    let there = Timestamp::from_millisecond(start.as_millisecond().saturating_add(offset)).unwrap_or(start);
    let day = there.to_string().chars().take(10).collect::<String>();
    let date = data.text("local_date").map_or(day, str::to_owned);
    let venue = data.object("venue");
    let location =
        venue.map(|venue| [venue.text("name"), venue.text("city")].into_iter().flatten().collect::<Vec<_>>());
    let held = MeetingHeld {
        community: community.to_owned(),
        series: group.to_owned(),
        date: date.clone(),
        title: data.text("name").map(str::to_owned),
        location: location.map(|parts| parts.join(", ")).filter(|location| !location.is_empty()),
    };
    Fact {
        id: format!("meetup:{group}/{id}/held"),
        time: start,
        subject: format!("meeting:{group}/{date}"),
        actor: None,
        url: data.text("link").or_else(|| data.text("event_url")).map(str::to_owned),
        data: Payload::MeetingHeld(held),
    }
}

fn said(comment: Node<'_>, group: &str, page: Option<&str>, keep: bool, found: &mut Found) -> Result<(), String> {
    let id = comment.id("id").ok_or("a comment without id")?;
    let time =
        comment.milliseconds("created").ok_or_else(|| format!("comment {id} without milliseconds in created"))?;
    let channel = format!("meetup:{group}");
    let member = comment.object("member");
    let actor = member.and_then(|member| member.id("id")).map(|id| account::platform("meetup", "", &id));
    if let (Some(member), Some(account)) = (member, actor.clone()) {
        found.people.push(Person { account, name: member.said("name").to_owned(), ..Person::default() });
    }
    let answered = comment.id("in_reply_to").map(|answered| format!("{channel}/{answered}"));
    let post = Post {
        id: format!("{channel}/{id}"),
        subject: channel,
        actor,
        time,
        url: comment.text("link").or(page).map(str::to_owned),
    };
    let posted = MessagePosted { thread: answered.clone(), reply_to: answered, ..MessagePosted::default() };
    found.posted(&post, &Said { text: comment.said("comment"), keep, ..Said::default() }, posted);
    Ok(())
}
