//! The rule of a roll.
//!
//! ```toml
//! name   = "Technical election 2026"
//! window = "365d"                  # before the as-of instant; or two days, 2025-01-01..2026-01-01
//! needs  = "any"                   # or "all"
//! exclude = ["github:octo"]
//!
//! [[condition]]
//! contributions = 50               # at least so many, in the window
//! kinds         = ["commit", "review"]
//! repositories  = ["acme/*"]
//!
//! [[condition]]
//! meetings = 5
//!
//! [[condition]]
//! listed = true                    # as a maintainer, at the as-of instant
//! ```

use muster_model::WindowKind;
use serde::{Deserialize, Deserializer, Serialize};

/// Who may vote.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What the roll is for.
    pub name: String,
    /// When contributions count: `365d`, `2025-01-01..2026-01-01`.
    #[serde(deserialize_with = "window", default = "year")]
    pub window: WindowKind,
    /// Whether one condition is enough.
    #[serde(default)]
    pub needs: Needs,
    /// Accounts of people who are not eligible whatever they did.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// What makes somebody eligible.
    #[serde(default, rename = "condition")]
    conditions: Vec<Written>,
}

/// Whether one condition is enough, or all are needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Needs {
    /// One is enough.
    #[default]
    Any,
    /// All are needed.
    All,
}

/// One condition, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// What is counted.
    pub wanted: Wanted,
    /// How much of it is enough.
    pub at_least: u64,
}

/// What a condition counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Contributions, of some kinds and repositories (`owner/name` with `*`) or, where empty, all.
    Contributions {
        /// Kinds as in the table `contributions`.
        kinds: Vec<String>,
        /// Patterns.
        repositories: Vec<String>,
    },
    /// Meetings attended.
    Meetings,
    /// Messages posted in chat or mail.
    Messages,
    /// A place in a roster as a maintainer, at the as-of instant.
    Listed,
    /// Rows of a metric's population that name the person.
    Metric(String),
}

/// A condition as it is written: one of the counted things, and what belongs to it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    contributions: Option<u64>,
    #[serde(default)]
    kinds: Vec<String>,
    #[serde(default)]
    repositories: Vec<String>,
    meetings: Option<u64>,
    messages: Option<u64>,
    listed: Option<bool>,
    metric: Option<String>,
    at_least: Option<u64>,
}

/// A rule that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// No TOML, an unknown key, a wrong type; with the place.
    #[error("{0}")]
    Toml(String),
    /// A condition that says nothing or too much.
    #[error("condition {number}: {message}")]
    Condition {
        /// From 1, in the order of the file.
        number: usize,
        /// What is wrong, and what to write.
        message: String,
    },
}

/// The kinds of contribution that a rule may name: those of the table `contributions` that count in every family.
const KINDS: [&str; 10] = [
    "commit",
    "co_authored_commit",
    "issue",
    "pull_request",
    "review",
    "comment",
    "merge",
    "merged_pull_request",
    "discussion",
    "release",
];

impl Rule {
    /// Reads a rule.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let rule: Self =
            toml::from_str(text).map_err(|error| RuleError::Toml(error.to_string().trim_end().to_owned()))?;
        rule.conditions().map(|_| rule)
    }

    /// Its conditions, checked.
    ///
    /// # Errors
    /// A condition that names nothing to count, or several things.
    pub fn conditions(&self) -> Result<Vec<Condition>, RuleError> {
        if self.conditions.is_empty() {
            let message =
                "a rule needs at least one [[condition]]: contributions = 50, or meetings = 5, or listed = true";
            return Err(RuleError::Toml(message.to_owned()));
        }
        let numbered = self.conditions.iter().enumerate();
        numbered
            .map(|(at, written)| written.checked().map_err(|message| RuleError::Condition { number: at + 1, message }))
            .collect()
    }
}

impl Written {
    fn checked(&self) -> Result<Condition, String> {
        let metric = self.metric.clone().map(|id| (Wanted::Metric(id), self.at_least.unwrap_or(1)));
        let listed = self.listed.filter(|listed| *listed).map(|_| (Wanted::Listed, 1));
        let contributions =
            || Wanted::Contributions { kinds: self.kinds.clone(), repositories: self.repositories.clone() };
        let given = [
            self.contributions.map(|number| (contributions(), number)),
            self.meetings.map(|number| (Wanted::Meetings, number)),
            self.messages.map(|number| (Wanted::Messages, number)),
            listed,
            metric,
        ];
        let mut given = given.into_iter().flatten();
        let (Some((wanted, at_least)), None) = (given.next(), given.next()) else {
            return Err("write exactly one of contributions, meetings, messages, listed = true and metric".to_owned());
        };
        if at_least == 0 {
            return Err("0 is met by everybody; write a number from 1 on".to_owned());
        }
        let narrowed = !self.kinds.is_empty() || !self.repositories.is_empty();
        if narrowed && !matches!(wanted, Wanted::Contributions { .. }) {
            return Err("kinds and repositories belong to contributions".to_owned());
        }
        if let Some(unknown) = self.kinds.iter().find(|kind| !KINDS.contains(&kind.as_str())) {
            return Err(format!("no kind of contribution is called {unknown:?}; there are {}", KINDS.join(", ")));
        }
        if self.at_least.is_some() && self.metric.is_none() {
            return Err("at_least belongs to metric; the others have their number themselves".to_owned());
        }
        Ok(Condition { wanted, at_least })
    }
}

impl Condition {
    /// In words, for the roll.
    pub fn words(&self) -> String {
        let number = self.at_least;
        match &self.wanted {
            Wanted::Contributions { kinds, repositories } => {
                let kinds = if kinds.is_empty() { "contributions".to_owned() } else { kinds.join(", ") };
                let place =
                    if repositories.is_empty() { String::new() } else { format!(" in {}", repositories.join(", ")) };
                format!("at least {number} {kinds}{place}")
            }
            Wanted::Meetings => format!("at least {number} meetings attended"),
            Wanted::Messages => format!("at least {number} messages posted"),
            Wanted::Listed => "listed as a maintainer at the as-of instant".to_owned(),
            Wanted::Metric(id) => format!("at least {number} rows of {id}"),
        }
    }
}

fn year() -> WindowKind {
    WindowKind::TrailingDays(365)
}

fn window<'de, D: Deserializer<'de>>(deserializer: D) -> Result<WindowKind, D::Error> {
    let text = String::deserialize(deserializer)?;
    let kind: WindowKind = text.parse().map_err(serde::de::Error::custom)?;
    if kind.is_single() {
        return Ok(kind);
    }
    Err(serde::de::Error::custom("a roll has one window: 365d, or two days such as 2025-01-01..2026-01-01"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "name = \"x\"\n[[condition]]\n";

    fn error(condition: &str) -> String {
        Rule::parse(&format!("{HEAD}{condition}")).unwrap_err().to_string()
    }

    #[test]
    fn a_rule_says_who_may_vote() {
        let rule = Rule::parse(
            "name = \"Election\"\nwindow = \"2025-01-01..2026-01-01\"\nneeds = \"all\"\nexclude = [\"github:octo\"]\n\
             [[condition]]\ncontributions = 50\nkinds = [\"commit\", \"review\"]\nrepositories = [\"acme/*\"]\n\
             [[condition]]\nlisted = true\n[[condition]]\nmetric = \"growth.core_contributors\"\n",
        )
        .unwrap();
        let words: Vec<_> = rule.conditions().unwrap().iter().map(Condition::words).collect();
        assert_eq!(
            words,
            [
                "at least 50 commit, review in acme/*",
                "listed as a maintainer at the as-of instant",
                "at least 1 rows of growth.core_contributors"
            ]
        );
        assert_eq!((rule.needs, rule.window.to_string()), (Needs::All, "2025-01-01..2026-01-01".to_owned()));
    }

    #[test]
    fn a_mistake_is_named_with_what_to_write() {
        for (condition, message) in [
            ("", "exactly one of contributions"),
            ("listed = false", "exactly one of contributions"),
            ("meetings = 5\nmessages = 3", "exactly one of contributions"),
            ("meetings = 0", "a number from 1 on"),
            ("meetings = 5\nkinds = [\"commit\"]", "belong to contributions"),
            ("contributions = 5\nkinds = [\"comit\"]", "there are commit, co_authored_commit"),
            ("meetings = 5\nat_least = 3", "belongs to metric"),
            ("meeting = 5", "unknown field `meeting`"),
            ("meetings = -1", "line 3"),
        ] {
            assert!(error(condition).contains(message), "{condition}: {}", error(condition));
        }
        assert!(Rule::parse("name = \"x\"").unwrap_err().to_string().contains("at least one [[condition]]"));
        let quarter = Rule::parse("name = \"x\"\nwindow = \"quarter\"\n[[condition]]\nlisted = true");
        assert!(quarter.unwrap_err().to_string().contains("one window"));
    }
}
