//! Items of Perceval's `mbox`, `pipermail`, `groupsio`, `hyperkitty`, `nntp` and `gmane`: a mail taken apart. They give the
//! events of kind `mail`.
//!
//! Perceval has decoded the words of the header and the text, so the mail is put together again, as UTF-8, and read as any
//! other. What Perceval leaves out is not there: attachments, all but one of the fields of one name, the order of the parts.
//! A mail with attached texts has them in its text.
//!
//! The list, which is part of ids, is the word that Perceval was given with `--tag`; without one it is the origin without
//! its scheme, `lists.acme.org/pipermail/dev`. A source of kind `mail` over the same list has the same word as its `list`.

use super::found::Found;
use super::item::{Item, Raw};
use super::origin::Origin;
use crate::mail::{Doubt, List, Outcome, parse_mail};
use muster_model::Batch;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The mail's fields and its text, by their names.
type Fields<'a> = BTreeMap<String, &'a RawValue>;

/// Reads a mail.
///
/// # Errors
/// What was found and expected.
pub(super) fn read(item: &Item<'_>, keep: bool) -> Result<Found, String> {
    let fields: Fields<'_> = item.data()?;
    let list = item.own_tag().map_or_else(|| Origin::of(&item.origin).place(), str::to_owned);
    // No address stands in an id, be it a list's.
    let list = List { name: list.replace('@', "%40").replace(' ', "_"), archive: None, text: keep };
    let mail = whole(&fields)?;
    match parse_mail(&mail, &list, &Arc::from("")) {
        Outcome::Event(event, doubts) => {
            let mut found = Found { adopted: Batch { events: vec![*event], ..Batch::default() }, ..Found::default() };
            found.adopted.counts.read = 1;
            if doubts.contains(&Doubt::NoSender) {
                found.doubts.push(("a mail of nobody".to_owned(), "it is counted, without an author"));
            }
            Ok(found)
        }
        Outcome::Rejected(message) => Err(message),
    }
}

/// The mail as bytes.
fn whole(fields: &Fields<'_>) -> Result<Vec<u8>, String> {
    let mut mail = Vec::new();
    for (name, value) in fields {
        let is_ours = ["unixfrom", "body", "content-type", "content-transfer-encoding", "mime-version"];
        let is_name = name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':') && !name.is_empty();
        if !is_name || is_ours.iter().any(|ours| name.eq_ignore_ascii_case(ours)) {
            continue;
        }
        // Perceval adds numbers and lists of its own; they are no fields.
        let Ok(Some(value)) = serde_json::from_str::<Option<Raw>>(value.get()) else { continue };
        let value = if name.eq_ignore_ascii_case("from") || name.eq_ignore_ascii_case("sender") {
            quoted(&value.0)
        } else {
            value.0
        };
        mail.extend_from_slice(name.as_bytes());
        mail.extend_from_slice(b": ");
        mail.extend(
            value
                .split(|&byte| byte == b'\n' || byte == b'\r')
                .filter(|line| !line.is_empty())
                .collect::<Vec<_>>()
                .join(&b"\n "[..]),
        );
        mail.push(b'\n');
    }
    let body = fields.get("body").map(|body| text_of(body)).transpose()?.unwrap_or_default();
    let (kind, text) = body;
    mail.extend_from_slice(
        format!("Content-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n").as_bytes(),
    );
    mail.extend_from_slice(&text);
    Ok(mail)
}

/// The plain text, else the HTML.
fn text_of(body: &RawValue) -> Result<(&'static str, Vec<u8>), String> {
    if let Ok(text) = serde_json::from_str::<Raw>(body.get()) {
        return Ok(("plain", text.0));
    }
    let Ok(parts) = serde_json::from_str::<Fields<'_>>(body.get()) else { return Ok(("plain", Vec::new())) };
    let part = |name: &str| {
        let part = parts.get(name).map(|part| serde_json::from_str::<Option<Raw>>(part.get()));
        part.transpose().map(|part| part.flatten()).map_err(|error| format!("body.{name}: {error}"))
    };
    if let Some(text) = part("plain")? {
        return Ok(("plain", text.0));
    }
    Ok(part("html")?.map_or(("plain", Vec::new()), |html| ("html", html.0)))
}

/// A name with a comma in it, which was an encoded word, in the quotes that it now needs.
fn quoted(sender: &[u8]) -> Vec<u8> {
    let Some(at) = memchr::memchr(b'<', sender).filter(|at| memchr::memchr(b'<', &sender[at + 1..]).is_none()) else {
        return sender.to_vec();
    };
    let (name, address) = sender.split_at(at);
    let name = name.trim_ascii();
    if name.contains(&b'"') || !name.contains(&b',') || name.contains(&b'@') {
        return sender.to_vec();
    }
    [b"\"", name, b"\" ", address].concat()
}
