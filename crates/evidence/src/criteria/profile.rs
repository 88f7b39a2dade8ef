//! A body's criteria as data: `criteria/<body>.toml`, or a user's own file.

use include_dir::{Dir, include_dir};
use muster_model::{Comparison, Cut, Expectation, WindowKind};
use serde::{Deserialize, Deserializer};

static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../criteria");
/// What lies beside the profiles and is none.
const MEANINGS: &str = "meanings";

/// What a body asks for.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The file's name without `.toml`: `cncf-graduation`. Not written in the file.
    #[serde(skip)]
    pub id: String,
    /// A few words.
    pub title: String,
    /// Who asks.
    pub body: String,
    /// The page that it was taken from.
    pub reference: String,
    /// Which version of that page, as far as it has one, and when it was read.
    pub version: String,
    /// What a reader should know.
    #[serde(default)]
    pub notes: Vec<String>,
    /// One by one, in the body's order.
    #[serde(rename = "criterion")]
    pub criteria: Vec<Criterion>,
}

/// One thing that a body asks for.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// A name for it; no two of a profile are equal.
    pub id: String,
    /// The part of the application that it stands in.
    pub section: String,
    /// What is asked, in our own words.
    pub text: String,
    /// Where it stands, where that is not the profile's page.
    #[serde(default)]
    pub reference: Option<String>,
    /// Whether the body requires it, or suggests it.
    pub required: bool,
    /// Since when, where that is news: `2026-08`.
    #[serde(default)]
    pub since: Option<String>,
    /// What the data must say; all of it.
    #[serde(default, deserialize_with = "expectations")]
    pub expect: Vec<Expectation>,
    /// Figures that the body looks at without a threshold: metrics.
    #[serde(default)]
    pub shows: Vec<String>,
    /// The name of the link that answers it, or a part of it.
    #[serde(default)]
    pub link: Option<String>,
    /// Of what a share is taken, and what counts, where the body says so.
    #[serde(default)]
    pub denominator: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    metric: String,
    #[serde(default = "trailing_year")]
    window: String,
    op: String,
    value: Option<f64>,
    values: Option<(f64, f64)>,
    over: Option<String>,
}

fn trailing_year() -> String {
    "365d".to_owned()
}

/// As in the pipeline file.
fn expectations<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Expectation>, D::Error> {
    let written = Vec::<Written>::deserialize(deserializer)?;
    written.into_iter().map(|one| expectation(one).map_err(serde::de::Error::custom)).collect()
}

fn expectation(written: Written) -> Result<Expectation, String> {
    let must = match (written.value, written.values) {
        (Some(value), None) => Comparison::of(&written.op, value),
        (None, Some((low, high))) if written.op == Comparison::BETWEEN => Some(Comparison::Between(low, high)),
        _ => None,
    };
    let must = must.ok_or("op is >=, >, <=, < or = with value, or between with values")?;
    let window: Cut = written.window.parse().map_err(|error: muster_model::WindowError| error.to_string())?;
    let over = written.over.map(|over| over.parse::<WindowKind>()).transpose().map_err(|error| error.to_string())?;
    Ok(Expectation { metric: written.metric, window, group: None, over, must })
}

impl Profile {
    /// Reads a profile. `id` is how it is called.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn parse(id: &str, text: &str) -> Result<Self, String> {
        let mut profile: Self =
            toml::from_str(text).map_err(|error| format!("{id}: {}", error.to_string().trim_end()))?;
        id.clone_into(&mut profile.id);
        for (at, criterion) in profile.criteria.iter().enumerate() {
            if profile.criteria.iter().take(at).any(|other| other.id == criterion.id) {
                return Err(format!("{id}: two criteria are called {:?}; write another id", criterion.id));
            }
            if criterion.expect.is_empty() && criterion.shows.is_empty() && criterion.link.is_none() {
                return Err(format!(
                    "{id}: criterion {:?} has nothing to answer it; give expect, shows or link",
                    criterion.id
                ));
            }
        }
        Ok(profile)
    }

    /// Those that come with muster, by name.
    pub fn shipped() -> Vec<&'static str> {
        let names = SHIPPED.files().filter_map(|file| file.path().file_stem()?.to_str());
        let mut names: Vec<_> = names.filter(|name| *name != MEANINGS).collect();
        names.sort_unstable();
        names
    }

    /// One of those that come with muster.
    ///
    /// # Errors
    /// There is none of that name; which there are, and which was meant.
    pub fn named(name: &str) -> Result<Self, String> {
        let file = SHIPPED.get_file(format!("{name}.toml")).filter(|_| name != MEANINGS);
        match file.and_then(|file| file.contents_utf8()) {
            Some(text) => Self::parse(name, text),
            None => {
                let near = crate::near::nearest(name, Self::shipped());
                let near = near.map_or(String::new(), |near| format!("did you mean {near}? "));
                Err(format!("no criteria are called {name:?}: {near}there are {}", Self::shipped().join(", ")))
            }
        }
    }

    /// Every metric that it asks about.
    pub fn metrics(&self) -> impl Iterator<Item = &str> {
        self.criteria.iter().flat_map(|criterion| {
            let expected = criterion.expect.iter().map(|expectation| expectation.metric.as_str());
            expected.chain(criterion.shows.iter().map(String::as_str))
        })
    }

    /// The names of its links, each once.
    pub fn links(&self) -> Vec<&str> {
        let mut links: Vec<&str> = self.criteria.iter().filter_map(|criterion| criterion.link.as_deref()).collect();
        links.sort_unstable();
        links.dedup();
        links
    }
}
