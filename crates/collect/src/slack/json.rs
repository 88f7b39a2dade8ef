//! The parts of Slack's objects that matter, borrowed from their bytes; everything else is skipped unread.
//!
//! One shape serves all ages and tools: every field is optional, and what one tool writes as text another writes as a
//! number (`ts`, `created`).

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Text, borrowed unless it has escapes. (`Option<Cow<str>>` would always copy.) A number is taken as it would be written
/// with six decimals: a `ts` that some program turned into a float is exact to that many until the year 2242. `false` is what
/// some old exports write for nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Text<'a>(pub Cow<'a, str>);

impl std::ops::Deref for Text<'_> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(number.to_string())))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(number.to_string())))
            }
            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(Text::default())
            }
            fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(format!("{number:.6}"))))
            }
        }
        deserializer.deserialize_any(TextVisitor)
    }
}

/// Text that says something: null, missing and empty are the same to every tool.
pub(crate) fn said<'a>(text: &'a Option<Text<'_>>) -> Option<&'a str> {
    text.as_deref().map(|text| text.trim()).filter(|text| !text.is_empty())
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Message<'a> {
    #[serde(borrow)]
    pub subtype: Option<Text<'a>>,
    #[serde(borrow)]
    pub ts: Option<Text<'a>>,
    #[serde(borrow)]
    pub user: Option<Text<'a>>,
    #[serde(borrow)]
    pub bot_id: Option<Text<'a>>,
    #[serde(borrow)]
    pub username: Option<Text<'a>>,
    #[serde(borrow)]
    pub text: Option<Text<'a>>,
    #[serde(borrow)]
    pub thread_ts: Option<Text<'a>>,
    #[serde(borrow)]
    pub edited: Option<Edited<'a>>,
    #[serde(borrow)]
    pub reactions: Option<&'a RawValue>,
    pub files: Option<Vec<IgnoredAny>>,
    /// Before 2018, when a message had one file at most.
    #[serde(borrow)]
    pub file: Option<OldFile<'a>>,
    /// Of a `file_comment`: who said what.
    #[serde(borrow)]
    pub comment: Option<Comment<'a>>,
    #[serde(borrow)]
    pub blocks: Option<&'a RawValue>,
    #[serde(borrow)]
    pub attachments: Option<&'a RawValue>,
    /// Of a `message_changed`: the message as it is since.
    #[serde(borrow)]
    pub message: Option<&'a RawValue>,
    /// Of a `message_deleted`: the message as it was.
    #[serde(borrow)]
    pub previous_message: Option<&'a RawValue>,
    #[serde(borrow)]
    pub deleted_ts: Option<Text<'a>>,
    #[serde(borrow)]
    pub slackdump_thread_replies: Option<&'a RawValue>,
    /// Of a parent, in the Web API's answers: the newest reply.
    #[serde(borrow)]
    pub latest_reply: Option<Text<'a>>,
    pub reply_count: Option<u32>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Edited<'a> {
    #[serde(borrow)]
    pub user: Option<Text<'a>>,
    #[serde(borrow)]
    pub ts: Option<Text<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Reaction<'a> {
    #[serde(borrow)]
    pub name: Text<'a>,
    #[serde(borrow)]
    pub users: Option<Vec<Option<Text<'a>>>>,
    pub count: Option<u32>,
}

#[derive(Debug, Deserialize)]
pub(super) struct OldFile<'a> {
    #[serde(borrow)]
    pub initial_comment: Option<Comment<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Comment<'a> {
    #[serde(borrow)]
    pub user: Option<Text<'a>>,
    #[serde(borrow)]
    pub comment: Option<Text<'a>>,
}

/// The workspaces that a message names.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Teams<'a> {
    #[serde(borrow)]
    pub team: Option<Text<'a>>,
    /// Of a user; of `auth.test` and slackdump's workspace.
    #[serde(borrow)]
    pub team_id: Option<Text<'a>>,
    #[serde(borrow)]
    pub user_profile: Option<ProfileTeam<'a>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ProfileTeam<'a> {
    #[serde(borrow)]
    pub team: Option<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct User<'a> {
    #[serde(borrow)]
    pub id: Option<Text<'a>>,
    #[serde(borrow)]
    pub name: Option<Text<'a>>,
    #[serde(borrow)]
    pub real_name: Option<Text<'a>>,
    pub is_bot: Option<bool>,
    #[serde(borrow)]
    pub updated: Option<Text<'a>>,
    #[serde(borrow)]
    pub profile: Option<Profile<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Profile<'a> {
    #[serde(borrow)]
    pub real_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub display_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub email: Option<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Channel<'a> {
    #[serde(borrow)]
    pub id: Option<Text<'a>>,
    #[serde(borrow)]
    pub name: Option<Text<'a>>,
    #[serde(borrow)]
    pub created: Option<Text<'a>>,
    pub is_archived: Option<bool>,
    pub is_im: Option<bool>,
    pub is_mpim: Option<bool>,
    pub is_private: Option<bool>,
    pub is_group: Option<bool>,
    pub is_channel: Option<bool>,
}
