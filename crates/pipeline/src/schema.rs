//! Every key of the pipeline file, as data. The checks, the error messages and the reference page are made from it.

mod evidence;
mod notify;
mod schedule;
mod source;
mod transport;

pub use evidence::{CLAIM, EVIDENCE, EXPECTATION, MILESTONE};
pub use notify::NOTIFY;
pub use schedule::SCHEDULE;
pub use source::SOURCES;
pub use transport::{SECURITY, TRANSPORT};

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A string.
    Text,
    /// A path of a file or folder; relative to the pipeline file.
    Path,
    /// A path or the URL of an object store.
    Location,
    /// An address.
    Url,
    /// `owner/name`.
    Repository,
    /// An instant (`2025-12-05T00:00:00Z`) or a date (its midnight, UTC).
    Instant,
    /// A list of globs over paths; relative to the pipeline file.
    PathGlobs,
    /// A list of globs over names or over paths inside a source.
    Globs,
    /// A list of windows.
    Windows,
    /// A list of regular expressions.
    Patterns,
    /// A list of strings.
    Texts,
    /// `true` or `false`.
    Flag,
    /// A whole number from 1 on.
    Number,
    /// A number from 0 to 1.
    Share,
    /// A table from what muster needs to the names of columns.
    Columns,
    /// A day.
    Day,
    /// One window: a kind, or the label of one.
    Window,
    /// Any number.
    Figure,
    /// A list of two numbers.
    Bounds,
    /// A table from the name of a thing to its address.
    Links,
    /// A list of tables: what a claim expects.
    Expectations,
    /// A table from metrics to the numbers they are taken with.
    Parameters,
    /// A table: how to log in.
    Security,
    /// A table from names to values.
    Properties,
    /// A cron expression.
    Cron,
    /// A whole number, zero too.
    Count,
    /// A length of time.
    Duration,
    /// A table from headers to environment variables.
    Variables,
}

impl Shape {
    /// How a message names it: "… must be *a list of strings*".
    pub fn description(self) -> &'static str {
        match self {
            Self::Text | Self::Path | Self::Location | Self::Url | Self::Repository => "a string",
            Self::Day => "a date",
            Self::Window => "a window",
            Self::Figure => "a number",
            Self::Bounds => "a list of two numbers",
            Self::Links => "a table of addresses",
            Self::Expectations => "a list of tables",
            Self::Instant => "a date or an instant",
            Self::PathGlobs => "a string or a list of strings",
            Self::Globs | Self::Windows | Self::Patterns | Self::Texts => "a list of strings",
            Self::Flag => "true or false",
            Self::Number => "a whole number from 1 on",
            Self::Share => "a number from 0 to 1",
            Self::Columns => "a table of column names",
            Self::Parameters => "a table from metrics to tables of numbers",
            Self::Security | Self::Properties => "a table",
            Self::Cron => "a cron expression",
            Self::Count => "a whole number",
            Self::Duration => "a length of time",
            Self::Variables => "a table of names of environment variables",
        }
    }

    /// How the reference page names it.
    pub fn reference(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Path => "path",
            Self::Location => "path or object-store URL",
            Self::Url => "URL",
            Self::Repository => "`owner/name`",
            Self::Instant => "date or instant",
            Self::PathGlobs => "path or glob, or a list of them",
            Self::Globs => "list of globs",
            Self::Windows => "list of windows",
            Self::Patterns => "list of regular expressions",
            Self::Texts => "list of strings",
            Self::Flag => "true or false",
            Self::Number => "whole number",
            Self::Share => "number from 0 to 1",
            Self::Columns => "table of column names",
            Self::Day => "date",
            Self::Window => "window",
            Self::Figure => "number",
            Self::Bounds => "two numbers",
            Self::Links => "table of addresses",
            Self::Expectations => "list of tables",
            Self::Parameters => "table from metrics to tables of numbers",
            Self::Security => "table",
            Self::Properties => "table of values",
            Self::Cron => "cron expression",
            Self::Count => "whole number",
            Self::Duration => "length of time",
            Self::Variables => "table of environment variables",
        }
    }

    /// Whether a value is a list.
    pub fn is_list(self) -> bool {
        matches!(self, Self::PathGlobs | Self::Globs | Self::Windows | Self::Patterns | Self::Texts)
    }
}

/// Whether a key must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It must.
    Required,
    /// It may be left out; the words say what holds then.
    Optional(&'static str),
    /// Exactly one of this key and the named one must be there.
    OrElse(&'static str),
}

/// One key.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What its value must be.
    pub shape: Shape,
    /// Whether it must be there.
    pub need: Need,
    /// What it does, one sentence.
    pub what: &'static str,
    /// A value, as TOML.
    pub example: &'static str,
}

/// A table of the file: `[project]`, `[metrics]`, or a `[[source]]` of one kind.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// As it is written without brackets: `project`, `source`, `claim`.
    pub table: &'static str,
    /// The kind, when it is a source.
    pub kind: Option<&'static str>,
    /// How a message names it: `[project]`, `a git source`.
    pub title: &'static str,
    /// What it is for, in a sentence or two.
    pub what: &'static str,
    /// Its keys, in the order people write them. A source's `kind` is not among them.
    pub keys: &'static [Key],
}

impl Section {
    /// A key by its name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// "a git source takes: name, repository, path or url, branch, mailmap".
    pub fn takes(&self) -> String {
        let mut list = String::new();
        for (at, key) in self.keys.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|at| self.keys.get(at));
            match (before, key.need) {
                (None, _) => {}
                (Some(before), Need::OrElse(other)) if other == before.name => list.push_str(" or "),
                (Some(_), _) => list.push_str(", "),
            }
            list.push_str(key.name);
        }
        format!("{} takes: {list}", self.title)
    }
}

/// `[project]`.
pub const PROJECT: Section = Section {
    table: "project",
    kind: None,
    title: "[project]",
    what: "The community, the log and where the results go.",
    keys: &[
        Key {
            name: "name",
            shape: Shape::Text,
            need: Need::Required,
            what: "The community's name, as the evidence prints it.",
            example: "\"dragonfly\"",
        },
        Key {
            name: "log",
            shape: Shape::Location,
            need: Need::Required,
            what: "The event log: a folder, or an object-store URL such as `s3://bucket/dragonfly`. \
                   One log belongs to one community.",
            example: "\"../data/dragonfly/log\"",
        },
        Key {
            name: "out",
            shape: Shape::Location,
            need: Need::Required,
            what: "Where tables, populations, metrics and evidence go: a folder, or an object-store URL such as \
                   `s3://bucket/dragonfly/out`. All of it can be deleted and made again.",
            example: "\"../data/dragonfly/out\"",
        },
        Key {
            name: "keep",
            shape: Shape::Number,
            need: Need::Optional("5"),
            what: "How many runs of outputs are kept; `out/current` is the last (docs/outputs.md).",
            example: "12",
        },
        Key {
            name: "as_of",
            shape: Shape::Instant,
            need: Need::Optional("midnight UTC of the day of the log's last append"),
            what: "The instant that figures look back from. A date is its midnight, UTC.",
            example: "\"2025-12-05\"",
        },
    ],
};

/// `[metrics]`.
pub const METRICS: Section = Section {
    table: "metrics",
    kind: None,
    title: "[metrics]",
    what: "How the metrics are cut, the project's own metrics, and who is a bot. The whole table is optional.",
    keys: &[
        Key {
            name: "windows",
            shape: Shape::Windows,
            need: Need::Optional("each metric's own windows"),
            what: "How time is cut: `day`, `week`, `month`, `quarter`, `year`, `all`, a number of days before the \
                   as-of instant such as `365d`, or two days such as `2024-06-01..2025-06-01` (without the second: until then).",
            example: "[\"quarter\", \"365d\"]",
        },
        Key {
            name: "completeness",
            shape: Shape::Share,
            need: Need::Optional("0.98"),
            what: "How much of what a source states it holds must be in the log for a figure to stand without reserve.",
            example: "0.95",
        },
        Key {
            name: "folder",
            shape: Shape::Path,
            need: Need::Optional("the folder `queries` beside the pipeline file, where there is one"),
            what: "A folder of the project's own metric files, `<family>/<name>.sql` or `metrics/<family>/<name>.sql`.",
            example: "\"metrics\"",
        },
        Key {
            name: "only",
            shape: Shape::Globs,
            need: Need::Optional("all of them"),
            what: "Which metrics are computed, by id, with `*`; those that they read, and those that claims name, are too.",
            example: "[\"growth.*\", \"latency.issue_*\"]",
        },
        Key {
            name: "parameters",
            shape: Shape::Parameters,
            need: Need::Optional("the numbers of the metrics' own files"),
            what: "Other numbers for metrics; each figure taken with them says so.",
            example: "{ \"diversity.contributor_absence_factor\" = { threshold = 0.6 } }",
        },
        Key {
            name: "bots",
            shape: Shape::Patterns,
            need: Need::Optional("only the patterns that come with muster"),
            what: "Further bots: regular expressions over the login or the name.",
            example: "[\"^acme-ci$\"]",
        },
        Key {
            name: "bot_list",
            shape: Shape::Text,
            need: Need::Optional("`muster`"),
            what: "Whose list of bot patterns holds: `muster` or `devstats` (its wildcards and exact logins, whatever GitHub's \
                   account type says).",
            example: "\"devstats\"",
        },
        Key {
            name: "not_bots",
            shape: Shape::Texts,
            need: Need::Optional("no exceptions"),
            what: "Logins or names that look like bots and are people.",
            example: "[\"robotlover\"]",
        },
    ],
};

/// `[tables]`.
pub const PUBLISHED: Section = Section {
    table: "tables",
    kind: None,
    title: "[tables]",
    what: "Which tables are published. The whole table is optional.",
    keys: &[Key {
        name: "only",
        shape: Shape::Globs,
        need: Need::Optional("all of them"),
        what: "Which tables are computed, by name, with `*`; those that metrics, the report and voter rolls read, are too.",
        example: "[\"issues\", \"pull_requests\", \"comments\"]",
    }],
};

/// The tables at the top of the file.
pub const TABLES: &[&str] =
    &["project", "source", "transport", "schedule", "tables", "metrics", "evidence", "milestone", "claim", "notify"];

/// Those of them that there is one of, so that a `--set` can name their keys.
pub const SINGLE: &[&Section] = &[&PROJECT, &TRANSPORT, &PUBLISHED, &METRICS, &EVIDENCE, &SCHEDULE];

/// What a file has, for a message.
pub fn has() -> String {
    let title = |table: &&str| match SINGLE.iter().any(|section| section.table == *table) {
        true => format!("[{table}]"),
        false => format!("[[{table}]]"),
    };
    TABLES.iter().map(title).collect::<Vec<_>>().join(", ")
}

/// Every section.
pub fn sections() -> impl Iterator<Item = &'static Section> {
    let computed = [&PUBLISHED, &METRICS, &EVIDENCE, &MILESTONE, &CLAIM, &EXPECTATION, &NOTIFY];
    let run = [&TRANSPORT, &SECURITY, &SCHEDULE];
    [&PROJECT].into_iter().chain(SOURCES).chain(run).chain(computed)
}

/// The section of a kind of source.
pub fn source(kind: &str) -> Option<&'static Section> {
    SOURCES.iter().find(|section| section.kind == Some(kind))
}

/// The names of the kinds of source.
pub fn kinds() -> Vec<&'static str> {
    SOURCES.iter().filter_map(|section| section.kind).collect()
}

/// The known name that a mistyped one most likely means, if any is near enough.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = written.to_lowercase().replace('-', "_");
    let far = (written.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|name| (distance(&folded, &name.to_lowercase().replace('-', "_")), name))
        .filter(|(distance, _)| *distance <= far)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many slips apart two names are; one that begins the other (`repo`, `repository`) is one slip.
fn distance(a: &str, b: &str) -> usize {
    let shorter = a.len().min(b.len());
    if shorter >= 3 && (a.starts_with(b) || b.starts_with(a)) {
        return usize::from(a != b);
    }
    strsim::damerau_levenshtein(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_find_their_word_and_other_words_find_none() {
        let git = || source("git").expect("git").keys.iter().map(|key| key.name);
        assert_eq!(nearest("repositry", git()), Some("repository"));
        assert_eq!(nearest("repo", git()), Some("repository"));
        assert_eq!(nearest("Mail-Map", git()), Some("mailmap"));
        assert_eq!(nearest("pth", git()), Some("path"));
        assert_eq!(nearest("colour", git()), None);
        assert_eq!(nearest("x", git()), None);
    }

    #[test]
    fn a_section_says_what_it_takes() {
        let takes = source("git").expect("git").takes();
        assert_eq!(takes, "a git source takes: name, repository, path or url, branch, mailmap, schedule");
        assert_eq!(PROJECT.takes(), "[project] takes: name, log, out, keep, as_of");
    }
}
