//! A meeting to events.

use super::action::Owner;
use super::attendee::{Attendee, Vocabulary};
use super::note::Meeting;
use super::{COLLECTOR, rich};
use jiff::tz::TimeZone;
use muster_model::payload::{
    AccountLinked, ActionRecorded, AffiliationDeclared, DecisionRecorded, ItemReviewed, MeetingAttended, MeetingHeld,
    SpeakerRecorded, TopicRaised,
};
use muster_model::{Event, Payload, Problem, Timestamp, account};
use std::collections::HashMap;
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;

/// The events of one meeting. A fact that the notes state twice is given twice, with the first wording: the log counts
/// the second as a duplicate. Where the second contradicts the first, a notice says so.
pub(super) fn events(
    meeting: &Meeting,
    file: &str,
    community: &str,
    vocabulary: &Vocabulary,
    problems: &mut Vec<Problem>,
) -> Vec<Event> {
    let mut emitter = Emitter::new(meeting, file, community);
    emitter.held(meeting);
    let mut names: Vec<String> =
        file.rsplit_once('/').map_or(Vec::new(), |(folders, _)| folders.split('/').map(str::to_lowercase).collect());
    names.push(community.to_lowercase());
    for attendee in &meeting.attendees {
        emitter.attendee(attendee, vocabulary, &names);
    }
    for topic in &meeting.topics {
        let id = format!("topic/{}", hash8(topic));
        emitter.add(&id, None, None, Payload::TopicRaised(TopicRaised { text: topic.clone() }));
    }
    emitter.actions(meeting, file, problems);
    emitter.items(meeting, file, problems);
    for decision in &meeting.decisions {
        let id = format!("decision/{}", hash8(decision));
        emitter.add(&id, None, None, Payload::DecisionRecorded(DecisionRecorded { text: decision.clone() }));
    }
    for written in &meeting.speakers {
        let actor = format!("initials:{community}/{}/{}/{written}", series(meeting, community), meeting.day);
        let payload = Payload::SpeakerRecorded(SpeakerRecorded { written: written.clone() });
        emitter.add(&format!("speaker/{written}"), Some(actor), None, payload);
    }
    emitter.events
}

struct Emitter<'a> {
    prefix: String,
    source: Arc<str>,
    subject: String,
    time: Timestamp,
    community: &'a str,
    events: Vec<Event>,
    /// Where in `events` an id came first.
    seen: HashMap<String, usize>,
}

impl<'a> Emitter<'a> {
    fn new(meeting: &Meeting, file: &str, community: &'a str) -> Self {
        let series = series(meeting, community);
        let midnight = meeting.day.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp());
        Self {
            prefix: format!("notes:{community}/{series}/{}", meeting.day),
            source: format!("notes:{community}/{file}").into(),
            subject: format!("meeting:{series}/{}", meeting.day),
            time: meeting.start.or(midnight.ok()).unwrap_or(Timestamp::UNIX_EPOCH),
            community,
            events: Vec::new(),
            seen: HashMap::new(),
        }
    }

    /// Adds an event; the first one's copy where the id is known. Whether the payload differs from the first's.
    fn add(&mut self, id: &str, actor: Option<String>, url: Option<String>, data: Payload) -> bool {
        if let Some(&first) = self.seen.get(id) {
            let again = self.events[first].clone();
            let differs = again.data != data;
            self.events.push(again);
            return differs;
        }
        self.seen.insert(id.to_owned(), self.events.len());
        self.events.push(Event {
            // Ids are printed with figures: no address may stand in one.
            id: account::masked(&format!("{}/{id}", self.prefix)),
            source: self.source.clone(),
            time: self.time,
            subject: self.subject.clone(),
            actor,
            url,
            data,
            collector: COLLECTOR.into(),
        });
        false
    }

    fn held(&mut self, meeting: &Meeting) {
        let held = MeetingHeld {
            community: self.community.to_owned(),
            series: series(meeting, self.community),
            date: meeting.day.to_string(),
            title: meeting.title.clone().filter(|title| !title.is_empty()),
            location: meeting.location.clone(),
        };
        self.add("held", None, None, Payload::MeetingHeld(held));
    }

    fn attendee(&mut self, attendee: &Attendee, vocabulary: &Vocabulary, names: &[String]) {
        let meaning = vocabulary.meaning(attendee, names);
        let named = account::name(self.community, &attendee.name);
        let account = attendee.login.as_deref().map_or_else(|| named.clone(), account::github);
        let attended = MeetingAttended {
            name: attendee.name.clone(),
            organisation: meaning.organisation.clone(),
            role: meaning.role,
        };
        let payload = Payload::MeetingAttended(attended);
        self.add(&format!("attended/{account}"), Some(account.clone()), None, payload);
        if let Some(login) = attendee.login.as_deref().filter(|_| attendee.linked && !attendee.name.starts_with('@')) {
            let linked = AccountLinked {
                account: named.clone(),
                canonical: account::github(login),
                evidence: "profile-link".to_owned(),
                name: Some(attendee.name.clone()).filter(|name| !name.eq_ignore_ascii_case(login)),
                ..Default::default()
            };
            let url = Some(format!("https://github.com/{login}"));
            self.add(&format!("linked/{named}"), None, url, Payload::AccountLinked(linked));
        }
        if let Some(organisation) = meaning.organisation {
            let said_by = "notes".to_owned();
            let declared = AffiliationDeclared {
                account: account.clone(),
                organisation,
                projects: meaning.projects,
                said_by,
                ..Default::default()
            };
            self.add(&format!("affiliation/{account}"), None, None, Payload::AffiliationDeclared(declared));
        }
    }

    fn actions(&mut self, meeting: &Meeting, file: &str, problems: &mut Vec<Problem>) {
        for action in &meeting.actions {
            let owners = action.owners.iter().map(|owner| match owner {
                Owner::Login(login) => account::github(login),
                Owner::Team(team) => account::team(team),
                Owner::Name(name) => account::name(self.community, name),
            });
            let state = if action.done { "done" } else { "open" }.to_owned();
            let recorded = ActionRecorded { text: action.text.clone(), owners: owners.collect(), state };
            let id = format!("action/{}", hash8(&action.whole));
            if self.add(&id, None, None, Payload::ActionRecorded(recorded)) {
                let message = "an action item is stated twice, differently; the first statement was taken";
                let problem = Problem::notice(file, meeting.line, message, "keep one of the two");
                problems.push(problem.with_text(&action.whole));
            }
        }
    }

    fn items(&mut self, meeting: &Meeting, file: &str, problems: &mut Vec<Problem>) {
        for item in &meeting.items {
            let status = item.status.map(str::to_owned);
            let reviewed = ItemReviewed { item: item.item.clone(), kind: item.kind.to_owned(), status: status.clone() };
            let id = format!("item/{}", item.item);
            let first = self.seen.get(&id).map(|&at| self.events[at].data.clone());
            self.add(&id, None, item.url.clone(), Payload::ItemReviewed(reviewed));
            if let Some(Payload::ItemReviewed(ItemReviewed { status: Some(first), .. })) = first
                && status.as_ref().is_some_and(|status| *status != first)
            {
                let message = format!("{} is listed as {first} and again as {}", item.item, status.unwrap_or_default());
                problems.push(Problem::notice(file, item.line, message, "keep one of the two; the first was taken"));
            }
        }
    }
}

/// The series; notes that lie at the top of their source are the community's own meetings.
fn series(meeting: &Meeting, community: &str) -> String {
    if meeting.series.is_empty() { community.to_owned() } else { meeting.series.clone() }
}

/// Eight hexadecimal digits of a text, without regard to case, white space and the way its letters are composed.
fn hash8(text: &str) -> String {
    let normal: String = rich::fold(text).to_lowercase().nfc().collect();
    format!("{:016x}", xxhash_rust::xxh3::xxh3_64(normal.as_bytes()))[..8].to_owned()
}
