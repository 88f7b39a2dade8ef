//! What the columns of tables and populations say about people.

/// What to do with a column when people are not named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// One person.
    Person,
    /// Several, separated by blanks or semicolons.
    People,
    /// The id of an event: many name their author.
    Event,
    /// Left out: a link to the original, or words that somebody wrote.
    Left,
    /// Says nothing about who.
    Kept,
    /// A person, or an organisation where the person is of one.
    Either,
    /// Nobody says what it is.
    Open,
}

const PERSON: [&str; 19] = [
    "person",
    "account",
    "author",
    "merger",
    "responder",
    "reviewer",
    "answerer",
    "starter",
    "actor",
    "login",
    "name",
    "other",
    "about",
    "maintainer",
    "closer",
    "poster",
    "author_account",
    "author_login",
    "committer",
];

const PEOPLE: [&str; 3] = ["owners", "mentions", "accounts_of"];

const LEFT: [&str; 10] =
    ["url", "title", "text", "message", "summary", "written", "display", "bio", "description", "spellings"];

const EVENT: [&str; 6] = ["event_id", "events", "thread", "reply_to", "sha", "item_id"];

const KEPT: [&str; 36] = [
    "organisation",
    "organisation_key",
    "organisation_group",
    "parent",
    "repository",
    "kind",
    "role",
    "state",
    "status",
    "community",
    "series",
    "meeting",
    "date",
    "channel",
    "channel_name",
    "platform",
    "tag",
    "said_by",
    "evidence",
    "bot_reason",
    "reason",
    "counted",
    "path",
    "source",
    "item",
    "subject",
    "type",
    "file",
    "month",
    "time",
    "from",
    "until",
    "unit",
    "number",
    "family",
    "class",
];

/// Columns that mean something else in one table.
const EXCEPTIONS: [(&str, &str, Meaning); 2] =
    [("channels", "name", Meaning::Kept), ("people", "accounts", Meaning::Kept)];

pub(super) fn meaning(table: &str, column: &str) -> Meaning {
    if let Some((.., meaning)) = EXCEPTIONS.iter().find(|(of, name, _)| *of == table && *name == column) {
        return *meaning;
    }
    match column {
        _ if column.ends_with("_or_person") => Meaning::Either,
        _ if PERSON.contains(&column) || column.ends_with("_person") => Meaning::Person,
        _ if PEOPLE.contains(&column) => Meaning::People,
        _ if LEFT.contains(&column) || column.ends_with("_url") => Meaning::Left,
        _ if EVENT.contains(&column) || column.ends_with("_event") => Meaning::Event,
        _ if KEPT.contains(&column) || column.ends_with("organisation") || column == "company" => Meaning::Kept,
        _ => Meaning::Open,
    }
}
