//! What the words of a claim could mean: `criteria/meanings.toml`, as data.

use muster_model::{Cut, WindowKind};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeSet;

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meanings {
    /// Things that are counted.
    #[serde(rename = "word")]
    pub words: Vec<Word>,
    /// Windows that mean the same in a sentence.
    #[serde(rename = "span")]
    pub spans: Vec<WindowMeanings>,
    /// Kinds of data.
    pub data: Vec<Data>,
}

/// A thing that is counted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Word {
    /// `contributor`
    pub id: String,
    /// One of it, as a sentence names it.
    pub one: String,
    /// Many of it.
    pub many: String,
    /// How documents write it.
    pub names: Vec<String>,
    /// What a bare number of it claims: `>=` or `=`.
    pub op: String,
    /// Whether it is a share: only a percentage counts it.
    #[serde(default)]
    pub share: bool,
    /// Whether it is what holds at an instant, not what happens in a window.
    #[serde(default)]
    pub lasts: bool,
    /// The words beside which it means something that no metric counts.
    #[serde(default)]
    pub unless: Vec<String>,
    /// The columns by which it may be meant in part.
    #[serde(default)]
    pub by: Vec<String>,
    /// The words beside which it is meant in place of `instead`.
    #[serde(default)]
    pub beside: Vec<String>,
    /// The word that it stands for there.
    #[serde(default)]
    pub instead: Option<String>,
    /// The metrics that count it; the first is what it means where a document says no more.
    pub readings: Vec<Meaning>,
}

/// A metric that a word could mean.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meaning {
    /// Its id.
    pub metric: String,
    /// What it is called among the word's meanings.
    pub label: String,
    /// The names that mean this one and no other.
    #[serde(default)]
    pub names: Vec<String>,
    /// The kinds of data that it needs, where it needs less or more than its tables say.
    #[serde(default)]
    pub data: Option<Vec<String>>,
}

/// Windows that mean the same in a sentence.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowMeanings {
    /// One by one.
    pub readings: Vec<WindowMeaning>,
}

/// A window that a sentence could mean.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowMeaning {
    /// The kind; none where it is since milestones.
    #[serde(default, deserialize_with = "cut")]
    pub window: Option<Cut>,
    /// `milestones`: since each of them.
    #[serde(default)]
    pub since: Option<Since>,
    /// What it is called.
    pub label: String,
}

/// Since when a window is that has no other beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Since {
    /// Each milestone of the pipeline.
    Milestones,
}

/// A kind of data.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// `commits`
    pub id: String,
    /// What a sentence calls it.
    pub what: String,
    /// What the types of its events begin with.
    pub events: Vec<String>,
    /// The tables that need it.
    pub tables: Vec<String>,
    /// What to do where there is none.
    pub collect: String,
}

fn cut<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Cut>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(serde::de::Error::custom)
}

impl Meanings {
    /// Those that come with muster.
    ///
    /// # Errors
    /// A file that cannot be read; the tests read it.
    pub fn shipped() -> Result<Self, String> {
        Self::parse(include_str!("../../../../criteria/meanings.toml"))
    }

    /// Meanings from a text.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| format!("meanings.toml: {error}"))
    }

    /// The word that a metric counts, and as which of its meanings.
    pub fn word_of(&self, metric: &str) -> Option<(&Word, &Meaning)> {
        let of = |word| Word::meaning(word, metric).map(|meaning| (word, meaning));
        self.words.iter().find_map(of)
    }

    /// The windows that mean the same as this one; it is among them. None where it means nothing else.
    pub fn windows_of(&self, window: &Cut) -> &[WindowMeaning] {
        let same = |meanings: &&WindowMeanings| meanings.readings.iter().any(|one| one.window.as_ref() == Some(window));
        self.spans.iter().find(same).map_or(&[], |meanings| &meanings.readings)
    }

    /// These metrics and every other that their words could mean.
    pub fn with_others<'m>(&self, metrics: impl IntoIterator<Item = &'m str>) -> BTreeSet<String> {
        let others = |metric: &'m str| {
            let readings = self.word_of(metric).map(|(word, _)| word.readings.as_slice()).unwrap_or_default();
            readings.iter().map(|meaning| meaning.metric.clone()).chain([metric.to_owned()])
        };
        metrics.into_iter().flat_map(others).collect()
    }

    /// The kinds of data that a metric needs, which reads these tables.
    pub fn needs(&self, metric: &str, tables: &BTreeSet<String>) -> Vec<&Data> {
        let named = self.word_of(metric).and_then(|(_, meaning)| meaning.data.as_ref());
        let is_needed = |data: &&Data| match named {
            Some(named) => named.contains(&data.id),
            None => data.tables.iter().any(|table| tables.contains(table)),
        };
        self.data.iter().filter(is_needed).collect()
    }
}

impl Word {
    fn meaning(&self, metric: &str) -> Option<&Meaning> {
        self.readings.iter().find(|meaning| meaning.metric == metric)
    }

    /// `1 organisation`, `31 organisations`.
    pub fn counted(&self, value: f64) -> &str {
        if value == 1.0 { &self.one } else { &self.many }
    }
}

/// Since a day until the as-of instant.
pub(super) fn since(date: muster_model::Date) -> Cut {
    WindowKind::Range { from: date, until: None }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_meanings_fit_together() {
        let meanings = Meanings::shipped().expect("readable");
        let mut metrics = BTreeSet::new();
        for word in &meanings.words {
            assert!([">=", "="].contains(&word.op.as_str()), "{}", word.id);
            assert!(!word.readings.is_empty(), "{} means nothing", word.id);
            let is_word = |id: &String| meanings.words.iter().any(|word| word.id == *id);
            assert!(word.beside.iter().chain(&word.instead).all(is_word), "{} stands beside what is no word", word.id);
            for meaning in &word.readings {
                assert!(metrics.insert(&meaning.metric), "{} is meant twice", meaning.metric);
                let known = |id: &String| meanings.data.iter().any(|data| data.id == *id);
                assert!(meaning.data.iter().flatten().all(known), "{} needs what is no data", meaning.metric);
            }
        }
        for meanings in &meanings.spans {
            assert!(meanings.readings.iter().all(|one| one.window.is_some() != one.since.is_some()), "{meanings:?}");
        }
    }

    #[test]
    fn a_metric_needs_the_data_of_its_tables_unless_its_word_says_otherwise() {
        let meanings = Meanings::shipped().expect("readable");
        let needs = |metric: &str, table: &str| -> Vec<String> {
            let tables = BTreeSet::from([table.to_owned()]);
            meanings.needs(metric, &tables).iter().map(|data| data.id.clone()).collect()
        };
        assert_eq!(needs("growth.active_contributors", "contributions"), ["commits", "github"]);
        assert_eq!(needs("growth.commit_contributors", "contributions"), ["commits"]);
        assert_eq!(needs("governance.listed_maintainers", "maintainers"), ["rosters"]);
        assert_eq!(needs("own.metric", "meetings"), ["meetings"]);
    }
}
