//! Meeting notes.

use serde::{Deserialize, Serialize};

/// `meeting.held`; subject `meeting:<series>/<date>`, time midnight UTC of the meeting's day, or its start where stated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingHeld {
    /// The name of the notes source.
    pub community: String,
    /// Which of the community's meetings: the folder, and what the file name says beside the date.
    pub series: String,
    /// The meeting's day, `2025-06-17`.
    pub date: String,
    /// The title as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Where, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
}

/// `meeting.attended`; the actor attended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingAttended {
    /// The name as written.
    pub name: String,
    /// The organisation as written, where the notes state one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// The role or group in brackets, as written: `TSC`, `observer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// `topic.raised`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicRaised {
    /// The topic as written, without markup.
    pub text: String,
}

/// `action.recorded`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionRecorded {
    /// What is to be done, without markup, owners and box.
    pub text: String,
    /// Who is to do it: accounts.
    pub owners: Vec<String>,
    /// `open` or `done`, as of that meeting.
    pub state: String,
}

/// `item.reviewed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemReviewed {
    /// `github:acme/lantern#12`, or `slack:<channel>/<ts>`.
    pub item: String,
    /// `issue`, `pull_request`, `discussion`, `message`; `item` when a short reference does not tell.
    pub kind: String,
    /// `todo`, `wip`, `done` or `pending`, where its heading says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// `decision.recorded`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionRecorded {
    /// The decision as written, without markup.
    pub text: String,
}

/// `speaker.recorded`; the actor is `initials:<community>/<series>/<date>/<as written>`, which names somebody of that meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpeakerRecorded {
    /// The initials or the name, as written before the colon.
    pub written: String,
}
