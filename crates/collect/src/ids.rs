//! No id holds an e-mail address, also where a source calls channels, messages, reactions or repositories by one.

use muster_model::{Event, Payload, account};

/// The event with addresses masked in its id, and, of a message, in whatever names a message or channel by its id.
pub(crate) fn without_addresses(mut event: Event) -> Event {
    mask(&mut event.id);
    match &mut event.data {
        Payload::MessagePosted(posted) => {
            posted.thread.iter_mut().chain(&mut posted.reply_to).for_each(mask);
            mask(&mut event.subject);
        }
        Payload::MessageEdited(_)
        | Payload::MessageDeleted(_)
        | Payload::MessageReacted(_)
        | Payload::ChannelJoined(_)
        | Payload::ChannelDescribed(_) => mask(&mut event.subject),
        _ => {}
    }
    event
}

/// Almost no id has an `@`: the others are not copied.
fn mask(id: &mut String) {
    if id.contains('@') {
        *id = account::masked(id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_model::Timestamp;
    use muster_model::payload::{AccountDescribed, MessagePosted};

    fn event(id: &str, subject: &str, data: Payload) -> Event {
        let (id, subject) = (id.to_owned(), subject.to_owned());
        let (time, source) = (Timestamp::UNIX_EPOCH, "x".into());
        Event { id, source, time, subject, actor: None, url: None, data, collector: "x/1".into() }
    }

    #[test]
    fn an_answer_finds_its_message_where_a_channel_is_called_by_an_address() {
        let (channel, id) = ("discord:1/a@b.org", "discord:1/a@b.org/2");
        let answer = MessagePosted { thread: Some(id.to_owned()), reply_to: Some(id.to_owned()), ..Default::default() };
        let asked = without_addresses(event(id, channel, Payload::MessagePosted(MessagePosted::default())));
        let answered = without_addresses(event("discord:1/3", channel, Payload::MessagePosted(answer)));
        let Payload::MessagePosted(answer) = &answered.data else { panic!("{answered:?}") };
        assert!(!asked.id.contains('@') && !asked.subject.contains('@'), "{asked:?}");
        assert_eq!((answer.thread.as_ref(), answer.reply_to.as_ref()), (Some(&asked.id), Some(&asked.id)));
        assert_eq!(asked.subject, answered.subject);
    }

    #[test]
    fn an_account_keeps_the_name_that_it_acts_under() {
        let data = Payload::AccountDescribed(AccountDescribed { name: "Ada".to_owned(), bot: false });
        let told = without_addresses(event("zulip:a@b.org/described/1", "zulip:a@b.org", data));
        assert_eq!(told.subject, "zulip:a@b.org");
        assert!(!told.id.contains('@'), "{told:?}");
    }
}
