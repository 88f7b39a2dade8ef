//! One mail to its event. Pure: bytes in, an event or the reason why there is none out.

use super::body::Body;
use super::date::{self, Sent};
use super::header::{self, Header};
use super::subject::{self, About};
use super::{COLLECTOR, sender, words};
use crate::chat::text::{Said, hash, measure};
use muster_model::payload::MessagePosted;
use muster_model::{Event, Payload, Timestamp, account};
use std::sync::Arc;

/// What every mail of a source has in common.
#[derive(Debug, Clone)]
pub struct List {
    /// What the list is called in ids.
    pub name: String,
    /// The address of a mail's page, with `{id}` for its Message-ID.
    pub archive: Option<String>,
    /// Whether texts are kept.
    pub text: bool,
}

/// What was read although something about it is in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// The date has no zone, or one that is not known.
    NoZone,
    /// The date is that of a Received header.
    DateOfReceipt,
    /// There is neither a From nor a Sender that names anybody.
    NoSender,
    /// A text names a charset that is not known.
    UnknownCharset,
    /// A line looks like the start of a mail, but no header follows, or the file is one mail.
    FromLineInText,
    /// A mail begins without a blank line before it.
    NoBlankLine,
}

/// What became of a mail.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Its event, and the doubts about it.
    Event(Box<Event>, Vec<Doubt>),
    /// It cannot be read: what is wrong.
    Rejected(String),
}

/// The names of which a mail has at least one.
const NEEDED: [&str; 7] = ["from", "date", "message-id", "subject", "received", "to", "sender"];

/// Reads one mail, with or without the `From ` line of an mbox before it.
pub fn parse_mail(bytes: &[u8], list: &List, source: &Arc<str>) -> Outcome {
    let (header, body) = Header::split(without_from_line(bytes));
    if header.is_empty() || !NEEDED.iter().any(|name| header.all(name).next().is_some()) {
        return Outcome::Rejected("no header of a mail (From, Date, Message-ID and the like)".to_owned());
    }
    let mut doubts = Vec::new();
    let time = match time_of(&header, &mut doubts) {
        Ok(time) => time,
        Err(message) => return Outcome::Rejected(message),
    };
    let sender = sender::of(&header);
    if sender.address.is_none() && sender.name.is_none() {
        doubts.push(Doubt::NoSender);
    }
    let body = Body::read(&header, body);
    if body.has_unknown_charset {
        doubts.push(Doubt::UnknownCharset);
    }
    let own = words::own(&body.text);
    let message_id =
        header.all("message-id").map(header::text).find_map(|value| header::ids(&value).into_iter().next());
    let about = header.text("subject").and_then(|subject| subject::about(&subject, &list.name));
    let from = sender.address.as_deref().or(sender.name.as_deref()).unwrap_or_default();
    let name = match &message_id {
        Some(id) => encoded(id),
        None => unnamed(from, time, about.as_ref().map(|about| about.subject.as_str()), &own),
    };
    let id = format!("mail:{}/{name}", list.name);
    let mut message =
        MessagePosted { files: body.files, bot: is_automatic(&header, from), ..related(&header, &id, list, about) };
    measure(&Said { text: &own, links: &body.links, mentions: 0, keep: list.text }, &mut message);
    let actor = sender.address.as_deref().map(account::email);
    let actor = actor.or_else(|| sender.name.as_deref().map(|name| account::name(&list.name, name)));
    message.name = sender.name;
    let url = message_id.and(list.archive.as_ref()).map(|archive| archive.replace("{id}", &name));
    let event = Event {
        id,
        source: source.clone(),
        time,
        subject: format!("mail:{}", list.name),
        actor,
        url,
        data: Payload::MessagePosted(message),
        collector: COLLECTOR.into(),
    };
    Outcome::Event(Box::new(event), doubts)
}

/// The mail that a mail is: without the `From ` line, and without such lines that a program put between its fields.
fn without_from_line(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let bytes = bytes.trim_ascii_start();
    if !bytes.starts_with(b"From ") && !bytes.starts_with(b">From ") {
        return bytes;
    }
    memchr::memchr(b'\n', bytes).map_or(&[], |newline| &bytes[newline + 1..])
}

/// When it was sent: its Date, else the Received nearest to the sender (the last one) that has a date.
fn time_of(header: &Header<'_>, doubts: &mut Vec<Doubt>) -> Result<Timestamp, String> {
    let stated = header.text("date");
    let sent = stated.as_deref().and_then(date::read).or_else(|| {
        doubts.push(Doubt::DateOfReceipt);
        header.all("received").rev().find_map(received)
    });
    match sent {
        Some(sent) => {
            if !sent.zone_is_known {
                doubts.push(Doubt::NoZone);
            }
            Ok(sent.time)
        }
        None => Err(match stated {
            Some(date) => format!(
                "the Date {:?} cannot be read, and no Received header has one; expected: Mon, 2 Jan 2006 15:04:05 +0100",
                date.chars().take(80).collect::<String>()
            ),
            None => "there is no Date, and no Received header that has one".to_owned(),
        }),
    }
}

fn received(value: &[u8]) -> Option<Sent> {
    let value = header::text(value);
    date::read(value.rsplit_once(';')?.1)
}

/// What the mail answers: `thread`, `reply_to`, and, if it says neither, `topic` and whether it `continues` it.
fn related(header: &Header<'_>, own: &str, list: &List, about: Option<About>) -> MessagePosted {
    let event = |id: &String| Some(format!("mail:{}/{}", list.name, encoded(id))).filter(|id| id != own);
    let named = |name| header.text(name).map(|value| header::ids(&value)).unwrap_or_default();
    let (references, answered) = (named("references"), named("in-reply-to"));
    let reply_to = answered.iter().find_map(event).or_else(|| references.iter().rev().find_map(event));
    let thread = references.iter().find_map(event).or_else(|| reply_to.clone());
    let about = about.filter(|_| thread.is_none());
    let continues = about.as_ref().is_some_and(|about| about.answers);
    let topic = about.map(|about| hash(&about.subject));
    MessagePosted { thread, reply_to, topic, continues, ..MessagePosted::default() }
}

/// Whether a program sent it, by its own statement (RFC 3834 and what came before it). `Precedence: bulk` says nothing:
/// lists put it on every mail.
fn is_automatic(header: &Header<'_>, from: &str) -> bool {
    let says = |name, no: &str| header.text(name).is_some_and(|value| !value.to_ascii_lowercase().starts_with(no));
    says("auto-submitted", "no")
        || says("x-autoreply", "no")
        || says("x-autorespond", "no")
        || header.text("precedence").is_some_and(|value| value.eq_ignore_ascii_case("auto_reply"))
        || from.starts_with("mailer-daemon@")
}

/// A mail without Message-ID has an id of what it says: sender, date, subject, and its own words.
fn unnamed(from: &str, time: Timestamp, about: Option<&str>, own: &str) -> String {
    let said = [from, &time.to_string(), about.unwrap_or_default(), own].join("\n");
    format!("unnamed-{:032x}", xxhash_rust::xxh3::xxh3_128(said.as_bytes()))
}

/// A Message-ID as part of an id and an address: what is not unreserved there is percent-encoded, `@` before all.
fn encoded(id: &str) -> String {
    let mut encoded = String::with_capacity(id.len() + 8);
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$'()*+,=".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
