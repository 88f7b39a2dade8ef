//! One message of Slack's to events. Pure; what cannot be read comes back as text.

use super::json::{Edited, Message, Reaction, said};
use super::text::{of_attachments, of_blocks, plain};
use super::{COLLECTOR, Workspace};
use crate::chat::text::{Said, measure};
use crate::ids::without_addresses;
use crate::records::mended;
use muster_model::payload::{ChannelJoined, MessageDeleted, MessageEdited, MessagePosted, MessageReacted};
use muster_model::{Batch, Event, Payload, Timestamp, account};
use serde_json::value::RawValue;
use std::sync::Arc;

/// Where messages stand.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    pub workspace: &'a Workspace,
    /// The channel's id.
    pub channel: &'a str,
    pub source: &'a Arc<str>,
}

/// What became of one message.
#[derive(Debug)]
pub(crate) struct Outcome<'a> {
    /// Gets the events, and the count of what is not ours.
    pub batch: &'a mut Batch,
    /// What is lost, said.
    pub rejected: Vec<String>,
    /// A subtype that nobody has heard of.
    pub unknown: Option<String>,
}

/// Reads a message with its edit, its reactions and the replies that slackdump puts into it.
pub(crate) fn read(json: &[u8], place: &Place<'_>, out: &mut Outcome<'_>) {
    match serde_json::from_slice::<Message<'_>>(json) {
        Ok(message) => Reader { place, out }.whole(&message),
        // A text that some program cut at a number of bytes or of UTF-16 units.
        Err(error) => match mended(json).as_deref().map(serde_json::from_str::<Message<'_>>) {
            Some(Ok(message)) => Reader { place, out }.whole(&message),
            _ => out.rejected.push(format!("not a message of Slack's: {error}")),
        },
    }
}

/// What a message's subtype makes of it. `channel_…` and `group_…` are lines of the platform's own.
enum Kind {
    Said,
    Joined,
    Deleted,
    Tombstone,
    Changed,
    System,
    Unknown,
}

fn kind(subtype: &str) -> Kind {
    match subtype {
        ""
        | "bot_message"
        | "me_message"
        | "file_share"
        | "file_comment"
        | "file_mention"
        | "thread_broadcast"
        | "slackbot_response"
        | "assistant_app_thread" => Kind::Said,
        "channel_join" | "group_join" => Kind::Joined,
        "message_deleted" => Kind::Deleted,
        "tombstone" => Kind::Tombstone,
        "message_changed" => Kind::Changed,
        "pinned_item"
        | "unpinned_item"
        | "bot_add"
        | "bot_remove"
        | "bot_enable"
        | "bot_disable"
        | "reminder_add"
        | "reminder_delete"
        | "huddle_thread"
        | "sh_room_created"
        | "sh_room_shared"
        | "message_replied"
        | "reply_broadcast"
        | "ekm_access_denied"
        | "app_conversation_join"
        | "app_conversation_leave"
        | "joiner_notification"
        | "joiner_notification_for_inviter"
        | "tabbed_canvas_updated"
        | "document_mention"
        | "list_record_comment"
        | "mpim_join"
        | "mpim_leave"
        | "discoverable_channel_joined" => Kind::System,
        other if other.starts_with("channel_") || other.starts_with("group_") => Kind::System,
        _ => Kind::Unknown,
    }
}

struct Reader<'a, 'o, 'b> {
    place: &'a Place<'a>,
    out: &'o mut Outcome<'b>,
}

impl Reader<'_, '_, '_> {
    /// A message as it stands in a file, with what is wrapped in it.
    fn whole(&mut self, message: &Message<'_>) {
        match kind(message.subtype.as_deref().unwrap_or_default()) {
            Kind::Changed => self.wrapped("message", message.message, true),
            Kind::Deleted => {
                self.deleted(message);
                self.wrapped("previous_message", message.previous_message, false);
            }
            _ => self.line(message),
        }
        let Some(replies) = message.slackdump_thread_replies else { return };
        match serde_json::from_str::<Option<Vec<&RawValue>>>(replies.get()) {
            Ok(replies) => {
                replies.unwrap_or_default().into_iter().for_each(|reply| self.wrapped("reply", Some(reply), true))
            }
            Err(error) => self.out.rejected.push(format!("slackdump_thread_replies is no list: {error}")),
        }
    }

    /// A message inside a message. What is inside that again is no format that anybody writes, and is not looked at.
    fn wrapped(&mut self, what: &str, json: Option<&RawValue>, needed: bool) {
        match json.map(|json| serde_json::from_str::<Option<Message<'_>>>(json.get())) {
            Some(Ok(Some(message))) => self.line(&message),
            Some(Err(error)) => self.out.rejected.push(format!("its {what} is no message of Slack's: {error}")),
            Some(Ok(None)) | None if needed => self.out.rejected.push(format!("a wrapper without its {what}")),
            Some(Ok(None)) | None => {}
        }
    }

    fn line(&mut self, message: &Message<'_>) {
        let (ts, time) = match said(&message.ts).ok_or("a message without ts").and_then(instant) {
            Ok(instant) => instant,
            Err(why) => return self.out.rejected.push(why.to_owned()),
        };
        let id = self.id(&ts);
        match kind(message.subtype.as_deref().unwrap_or_default()) {
            Kind::Said => self.posted(message, &ts, time, &id),
            Kind::Joined => match self.actor(&message.user) {
                None => self.out.rejected.push("a channel_join without the user who came".to_owned()),
                actor => {
                    let (subject, id) = (self.subject(), format!("{id}/joined"));
                    self.event(id, time, subject, actor, None, Payload::ChannelJoined(ChannelJoined {}));
                }
            },
            Kind::Tombstone => {
                let (payload, url) = (MessageDeleted { tombstone: true }, self.url(&ts, None));
                self.event(format!("{id}/deleted"), time, id.clone(), None, url, Payload::MessageDeleted(payload));
            }
            Kind::System | Kind::Changed | Kind::Deleted => self.not_ours(),
            Kind::Unknown => {
                self.not_ours();
                self.out.unknown = message.subtype.as_deref().map(str::to_owned);
            }
        }
        if let Some(written) = message.reactions {
            self.reactions(written, time, &id);
        }
    }

    fn posted(&mut self, message: &Message<'_>, ts: &str, time: Timestamp, id: &str) {
        let comment = message.comment.as_ref();
        let user = said(&message.user).or_else(|| comment.and_then(|comment| said(&comment.user)));
        let bot_id = said(&message.bot_id);
        let subtype = message.subtype.as_deref().unwrap_or_default();
        let bot = bot_id.is_some()
            || matches!(subtype, "bot_message" | "slackbot_response" | "assistant_app_thread")
            || user == Some(SLACKBOT);
        let thread = said(&message.thread_ts).and_then(|thread| instant(thread).ok()).map(|(thread, _)| thread);
        let thread = thread.filter(|thread| thread != ts);
        let mut posted = MessagePosted {
            thread: thread.as_deref().map(|thread| self.id(thread)),
            // The name in a profile changes; the name that a program chose for this message does not.
            name: bot.then(|| said(&message.username)).flatten().map(str::to_owned),
            bot,
            files: files(message),
            broadcast: subtype == "thread_broadcast",
            ..MessagePosted::default()
        };
        let markup = markup(message, bot);
        let plain = plain(&markup);
        let keep = self.place.workspace.text;
        measure(&Said { text: &plain.text, links: &plain.links, mentions: plain.mentions, keep }, &mut posted);
        let text_hash = posted.text_hash.clone();
        let actor = user.or(bot_id).map(|user| self.account(user));
        let (subject, url) = (self.subject(), self.url(ts, thread.as_deref()));
        self.event(id.to_owned(), time, subject, actor, url.clone(), Payload::MessagePosted(posted));
        if let Some(edited) = &message.edited {
            self.edited(edited, id, url, text_hash);
        }
    }

    fn edited(&mut self, edited: &Edited<'_>, id: &str, url: Option<String>, text_hash: String) {
        match said(&edited.ts).ok_or("an edit without ts").and_then(instant) {
            Ok((ts, time)) => {
                let payload = Payload::MessageEdited(MessageEdited { text_hash: Some(text_hash) });
                let actor = self.actor(&edited.user);
                self.event(format!("{id}/edited/{ts}"), time, id.to_owned(), actor, url, payload);
            }
            Err(why) => self.out.rejected.push(format!("its edit: {why}")),
        }
    }

    /// A deletion that was seen, with its own time; its line may still be there as a tombstone, which is another fact.
    fn deleted(&mut self, message: &Message<'_>) {
        let of = said(&message.deleted_ts).ok_or("a message_deleted without deleted_ts").and_then(instant);
        let at = said(&message.ts).ok_or("a message_deleted without ts").and_then(instant);
        match (of, at) {
            (Ok((of, _)), Ok((at, time))) => {
                let (id, url) = (self.id(&of), self.url(&of, None));
                let payload = Payload::MessageDeleted(MessageDeleted { tombstone: false });
                self.event(format!("{id}/deleted/{at}"), time, id, None, url, payload);
            }
            (Err(why), _) | (_, Err(why)) => self.out.rejected.push(why.to_owned()),
        }
    }

    /// Those that can be read. Another costs only itself.
    fn reactions(&mut self, written: &RawValue, time: Timestamp, id: &str) {
        let reactions = match serde_json::from_str::<Option<Vec<&RawValue>>>(written.get()) {
            Ok(reactions) => reactions.unwrap_or_default(),
            Err(error) => return self.out.rejected.push(format!("its reactions are no list: {error}")),
        };
        for reaction in reactions {
            match serde_json::from_str(reaction.get()) {
                Ok(reaction) => self.reacted(&reaction, time, id),
                Err(error) => self.out.rejected.push(format!("a reaction that is none: {error}")),
            }
        }
    }

    /// One event a person; what is counted beyond the people named is one more, whose id has the number: a later export
    /// may count more.
    fn reacted(&mut self, reaction: &Reaction<'_>, time: Timestamp, id: &str) {
        let name = &*reaction.name;
        let mut users: Vec<&str> = reaction.users.iter().flatten().flatten().map(|user| &**user).collect();
        users.sort_unstable();
        users.dedup();
        let event = |count| Payload::MessageReacted(MessageReacted { reaction: name.to_owned(), count });
        for user in &users {
            let actor = Some(self.account(user));
            self.event(format!("{id}/reacted/{name}/{user}"), time, id.to_owned(), actor, None, event(None));
        }
        let rest = reaction.count.unwrap_or_default().saturating_sub(u32::try_from(users.len()).unwrap_or(u32::MAX));
        if rest > 0 {
            self.event(format!("{id}/reacted/{name}/+{rest}"), time, id.to_owned(), None, None, event(Some(rest)));
        }
    }

    fn not_ours(&mut self) {
        self.out.batch.counts.read += 1;
        self.out.batch.counts.not_ours += 1;
    }

    fn event(
        &mut self,
        id: String,
        time: Timestamp,
        subject: String,
        actor: Option<String>,
        url: Option<String>,
        data: Payload,
    ) {
        self.out.batch.counts.read += 1;
        let source = self.place.source.clone();
        let event = Event { id, source, time, subject, actor, url, data, collector: COLLECTOR.into() };
        self.out.batch.events.push(without_addresses(event));
    }

    fn id(&self, ts: &str) -> String {
        let Place { workspace, channel, .. } = self.place;
        format!("slack:{}/{channel}/{ts}", workspace.team)
    }

    fn subject(&self) -> String {
        account::platform("slack", &self.place.workspace.team, self.place.channel)
    }

    fn account(&self, user: &str) -> String {
        account::platform("slack", &self.place.workspace.team, user)
    }

    fn actor(&self, user: &Option<super::json::Text<'_>>) -> Option<String> {
        said(user).map(|user| self.account(user))
    }

    fn url(&self, ts: &str, thread: Option<&str>) -> Option<String> {
        let (root, channel) = (self.place.workspace.url.as_ref()?, self.place.channel);
        let page = format!("{root}/archives/{channel}/p{}", ts.replace('.', ""));
        Some(thread.map_or(page.clone(), |thread| format!("{page}?thread_ts={thread}&cid={channel}")))
    }
}

/// Slack's own program; its profile says that it is none.
pub(super) const SLACKBOT: &str = "USLACKBOT";

fn files(message: &Message<'_>) -> u32 {
    let files = message.files.as_ref().map_or(0, Vec::len);
    u32::try_from(files).unwrap_or(u32::MAX).max(u32::from(message.file.is_some()))
}

/// What the sender wrote. Before 2018 Slack itself wrote the text of a message about a file ("… uploaded a file … and
/// commented: …"); the comment is what the sender said.
fn markup<'a>(message: &'a Message<'_>, bot: bool) -> std::borrow::Cow<'a, str> {
    use std::borrow::Cow::{Borrowed, Owned};
    let about_a_file = match message.subtype.as_deref() {
        Some("file_comment") => message.comment.as_ref(),
        Some("file_share") => message.file.as_ref().and_then(|file| file.initial_comment.as_ref()),
        _ => None,
    };
    if let Some(comment) = about_a_file {
        return Borrowed(comment.comment.as_deref().unwrap_or_default());
    }
    if message.subtype.as_deref() == Some("file_share") && message.file.is_some() {
        return Borrowed("");
    }
    if let Some(text) = message.text.as_deref().filter(|text| !text.trim().is_empty()) {
        return Borrowed(text);
    }
    let blocks = message.blocks.map_or_else(String::new, |blocks| of_blocks(blocks.get()));
    match message.attachments {
        Some(attachments) if bot && blocks.is_empty() => Owned(of_attachments(attachments.get())),
        _ => Owned(blocks),
    }
}

/// A `ts` with its six digits, and the instant in it.
pub(super) fn instant(ts: &str) -> Result<(String, Timestamp), &'static str> {
    const WRONG: &str = "a ts that is none: it is written as \"1736478514.897649\"";
    let (seconds, fraction) = ts.split_once('.').unwrap_or((ts, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if seconds.is_empty() || seconds.len() > 11 || fraction.len() > 6 || !digits(seconds) || !digits(fraction) {
        return Err(WRONG);
    }
    let whole: i64 = seconds.parse().map_err(|_| WRONG)?;
    let micros: i32 = format!("{fraction:0<6}").parse().map_err(|_| WRONG)?;
    let time = Timestamp::new(whole, micros * 1000).map_err(|_| WRONG)?;
    Ok((format!("{seconds}.{fraction:0<6}"), time))
}
