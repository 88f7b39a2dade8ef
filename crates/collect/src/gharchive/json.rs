//! The parts of a record that matter, borrowed from its bytes; everything else is skipped unread.
//!
//! One shape serves all ages: every field is optional, numbers may be written as integers, floats or strings, and what
//! was once a bare number (`"issue": 12345`) may be an object. What tells a fact, its number, its time and what stands in
//! its id, has to have its type; what is only told beside it (`… | nothing`) costs no record if it has another.

use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Text, borrowed unless it has escapes. (`Option<Cow<str>>` would always copy.)
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Text<'a>(pub Cow<'a, str>);

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
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

/// A number that some programs turned into a float or a string on its way (`2.0407524e+07`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number(pub u64);

struct NumberVisitor;

impl Visitor<'_> for NumberVisitor {
    type Value = Number;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }
    fn visit_u64<E>(self, number: u64) -> Result<Number, E> {
        Ok(Number(number))
    }
    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Number, E> {
        u64::try_from(number).map(Number).map_err(|_| E::invalid_value(de::Unexpected::Signed(number), &self))
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Number, E> {
        // Up to 2^53 a float is exact; beyond it the id is not the one that GitHub gave.
        if number.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(&number) {
            Ok(Number(number as u64))
        } else {
            Err(E::invalid_value(de::Unexpected::Float(number), &self))
        }
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Number, E> {
        text.parse().map(Number).map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor)
    }
}

/// Reads an object where there is one, and takes anything else (a bare number, a string, null) for nothing.
fn object_or_nothing<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct ObjectVisitor<T>(std::marker::PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
        type Value = Option<T>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            T::deserialize(de::value::MapAccessDeserializer::new(map)).map(Some)
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            Ok(None)
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            Ok(None)
        }
    }
    deserializer.deserialize_any(ObjectVisitor(std::marker::PhantomData))
}

/// A value that may be of any type.
enum Loose<'a> {
    Text(Text<'a>),
    Number(Number),
    Bool(bool),
    Nothing,
}

impl<'de: 'a, 'a> Deserialize<'de> for Loose<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LooseVisitor;
        impl<'de> Visitor<'de> for LooseVisitor {
            type Value = Loose<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Loose::Text(Text(Cow::Borrowed(text))))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Loose::Text(Text(Cow::Owned(text.to_owned()))))
            }
            fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
                Ok(Loose::Bool(value))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Loose::Number(Number(number)))
            }
            fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
                Ok(Loose::Nothing)
            }
            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
                Ok(NumberVisitor.visit_f64::<E>(number).map_or(Loose::Nothing, Loose::Number))
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Loose::Nothing)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Loose::Nothing)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Loose::Nothing)
            }
        }
        deserializer.deserialize_any(LooseVisitor)
    }
}

fn text_or_nothing<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Text<'a>>, D::Error> {
    Ok(match Loose::deserialize(deserializer)? {
        Loose::Text(text) => Some(text),
        _ => None,
    })
}

fn number_or_nothing<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Number>, D::Error> {
    Ok(match Loose::deserialize(deserializer)? {
        Loose::Number(number) => Some(number),
        Loose::Text(text) => text.parse().ok().map(Number),
        _ => None,
    })
}

fn bool_or_nothing<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(match Loose::deserialize(deserializer)? {
        Loose::Bool(value) => Some(value),
        Loose::Text(text) => text.parse().ok(),
        _ => None,
    })
}

/// A key that is there, be it null.
fn stated<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Text<'a>>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

#[derive(Deserialize)]
pub(super) struct Record<'a> {
    #[serde(rename = "type", borrow)]
    pub kind: Text<'a>,
    #[serde(borrow)]
    pub created_at: Text<'a>,
    #[serde(borrow)]
    pub actor: Option<User<'a>>,
    #[serde(borrow)]
    pub actor_attributes: Option<User<'a>>,
    #[serde(borrow, default, deserialize_with = "object_or_nothing")]
    pub repo: Option<Repo<'a>>,
    /// Before 2015.
    #[serde(borrow, default, deserialize_with = "object_or_nothing")]
    pub repository: Option<OldRepository<'a>>,
    #[serde(borrow, default, deserialize_with = "object_or_nothing")]
    pub payload: Option<Payload<'a>>,
    /// Before 2015: the page of what happened.
    #[serde(borrow, default, deserialize_with = "text_or_nothing")]
    pub url: Option<Text<'a>>,
}

/// An account: an object, or its login alone, as actors were written before 2015. Of anything else it is not said who.
#[derive(Debug, Default)]
pub(super) struct User<'a> {
    pub login: Option<Text<'a>>,
    pub id: Option<Number>,
    pub kind: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct UserObject<'a> {
    #[serde(borrow, default, deserialize_with = "text_or_nothing")]
    login: Option<Text<'a>>,
    #[serde(default, deserialize_with = "number_or_nothing")]
    id: Option<Number>,
    #[serde(rename = "type", borrow, default, deserialize_with = "text_or_nothing")]
    kind: Option<Text<'a>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for User<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct UserVisitor;
        impl<'de> Visitor<'de> for UserVisitor {
            type Value = User<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a login or an object with one")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(User { login: Some(Text(Cow::Borrowed(text))), ..User::default() })
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(User { login: Some(Text(Cow::Owned(text.to_owned()))), ..User::default() })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let UserObject { login, id, kind } =
                    UserObject::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(User { login, id, kind })
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(User::default())
            }
            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(User::default())
            }
            fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
                Ok(User::default())
            }
            fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
                Ok(User::default())
            }
            fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                Ok(User::default())
            }
        }
        deserializer.deserialize_any(UserVisitor)
    }
}

#[derive(Deserialize)]
pub(super) struct Repo<'a> {
    #[serde(borrow, default, deserialize_with = "text_or_nothing")]
    pub name: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct OldRepository<'a> {
    #[serde(borrow, default, deserialize_with = "text_or_nothing")]
    pub owner: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "text_or_nothing")]
    pub name: Option<Text<'a>>,
}

#[derive(Default, Deserialize)]
pub(super) struct Payload<'a> {
    #[serde(borrow)]
    pub action: Option<Text<'a>>,
    pub number: Option<Number>,
    #[serde(borrow, default, deserialize_with = "object_or_nothing")]
    pub issue: Option<Item<'a>>,
    #[serde(borrow, default, deserialize_with = "object_or_nothing")]
    pub pull_request: Option<Item<'a>>,
    #[serde(borrow, default, deserialize_with = "object_or_nothing")]
    pub comment: Option<Comment<'a>>,
    /// Before 2015 a comment is only its number.
    pub comment_id: Option<Number>,
    #[serde(borrow, default, deserialize_with = "object_or_nothing")]
    pub review: Option<Review<'a>>,
    #[serde(borrow, default, deserialize_with = "object_or_nothing")]
    pub release: Option<Release<'a>>,
    #[serde(borrow, default, deserialize_with = "object_or_nothing")]
    pub forkee: Option<Forkee<'a>>,
    #[serde(borrow, default, deserialize_with = "object_or_nothing")]
    pub label: Option<Label<'a>>,
    #[serde(borrow)]
    pub assignee: Option<User<'a>>,
    #[serde(borrow, default, deserialize_with = "object_or_nothing")]
    pub discussion: Option<Item<'a>>,
    /// In 2011: `owner/name`, where `repo` has it not.
    #[serde(borrow, default, deserialize_with = "text_or_nothing")]
    pub repo: Option<Text<'a>>,
    #[serde(rename = "ref", borrow)]
    pub reference: Option<Text<'a>>,
    #[serde(borrow)]
    pub head: Option<Text<'a>>,
    /// Before 2015: the commit of a commit comment.
    #[serde(borrow)]
    pub commit: Option<Text<'a>>,
    pub push_id: Option<Number>,
    #[serde(default, deserialize_with = "number_or_nothing")]
    pub size: Option<Number>,
    #[serde(borrow)]
    pub commits: Option<Vec<Option<Commit<'a>>>>,
    /// Before 2015: `[sha, e-mail, message, name, distinct]` each.
    #[serde(borrow)]
    pub shas: Option<Vec<Option<OldCommit<'a>>>>,
}

/// An issue or a pull request.
#[derive(Default, Deserialize)]
pub(super) struct Item<'a> {
    pub number: Option<Number>,
    #[serde(borrow)]
    pub user: Option<User<'a>>,
    #[serde(borrow)]
    pub created_at: Option<Text<'a>>,
    #[serde(borrow)]
    pub closed_at: Option<Text<'a>>,
    /// That it is there tells whether the pull request was merged.
    #[serde(borrow, default, deserialize_with = "stated")]
    pub merged_at: Option<Option<Text<'a>>>,
    #[serde(default, deserialize_with = "bool_or_nothing")]
    pub merged: Option<bool>,
    #[serde(borrow)]
    pub merged_by: Option<User<'a>>,
    /// Present in an issue that is a pull request.
    #[serde(default, deserialize_with = "object_or_nothing")]
    pub pull_request: Option<Present>,
}

impl Item<'_> {
    /// Whether it is an issue that is a pull request.
    pub fn is_pull_request(&self) -> bool {
        self.pull_request.as_ref().is_some_and(|pull| pull.html_url.is_some() || pull.url.is_some())
    }
}

#[derive(Deserialize)]
pub(super) struct Present {
    /// Before 2015 every issue had this object, with a null address where it is no pull request.
    pub html_url: Option<Nothing>,
    pub url: Option<Nothing>,
}

/// A value of which only the presence matters.
pub(super) struct Nothing;

impl<'de> Deserialize<'de> for Nothing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

#[derive(Deserialize)]
pub(super) struct Comment<'a> {
    pub id: Option<Number>,
    #[serde(borrow)]
    pub user: Option<User<'a>>,
    #[serde(borrow)]
    pub created_at: Option<Text<'a>>,
    #[serde(borrow)]
    pub commit_id: Option<Text<'a>>,
    /// Its page, and the address of its pull request in the API: until 2014 the record has no pull request.
    #[serde(borrow, default, deserialize_with = "text_or_nothing")]
    pub html_url: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "text_or_nothing")]
    pub pull_request_url: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Review<'a> {
    pub id: Option<Number>,
    #[serde(borrow)]
    pub user: Option<User<'a>>,
    #[serde(borrow)]
    pub submitted_at: Option<Text<'a>>,
    #[serde(borrow)]
    pub state: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Release<'a> {
    pub id: Option<Number>,
    #[serde(borrow)]
    pub tag_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub published_at: Option<Text<'a>>,
    #[serde(borrow)]
    pub author: Option<User<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Forkee<'a> {
    #[serde(borrow, default, deserialize_with = "text_or_nothing")]
    pub full_name: Option<Text<'a>>,
    #[serde(borrow)]
    pub created_at: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Label<'a> {
    #[serde(borrow)]
    pub name: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Commit<'a> {
    #[serde(borrow, default, deserialize_with = "text_or_nothing")]
    pub sha: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "object_or_nothing")]
    pub author: Option<CommitAuthor<'a>>,
    #[serde(default, deserialize_with = "bool_or_nothing")]
    pub distinct: Option<bool>,
}

#[derive(Deserialize)]
pub(super) struct CommitAuthor<'a> {
    #[serde(borrow, default, deserialize_with = "text_or_nothing")]
    pub email: Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "text_or_nothing")]
    pub name: Option<Text<'a>>,
}

/// `[sha, e-mail, message, name, distinct]`.
#[derive(Deserialize)]
pub(super) struct OldCommit<'a>(
    #[serde(borrow, default, deserialize_with = "text_or_nothing")] pub Option<Text<'a>>,
    #[serde(borrow, default, deserialize_with = "text_or_nothing")] pub Option<Text<'a>>,
    #[allow(dead_code)]
    #[serde(default)]
    IgnoredAny,
    #[serde(borrow, default, deserialize_with = "text_or_nothing")] pub Option<Text<'a>>,
    #[serde(default, deserialize_with = "bool_or_nothing")] pub Option<bool>,
);
