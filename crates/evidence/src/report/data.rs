//! What the report is given: finished answers, and where the rows behind each are.

use crate::figure::{Figure, Provenance, Rejected};
use crate::report::population::{Cells, Population};
use serde::Serialize;
use std::collections::BTreeMap;

/// Everything that the report shows. Names in it are already as the reader may see them.
#[derive(Debug, Clone)]
pub struct Report {
    /// What the figures were made from.
    pub provenance: Provenance,
    /// The definition of every metric.
    pub metrics: Vec<Definition>,
    /// Every figure.
    pub figures: Vec<Figure>,
    /// What is behind those that the report shows ([`crate::report::shown`]), by their places.
    pub behind: BTreeMap<usize, Behind>,
    /// Populations, each once; metrics with the same SELECT share theirs.
    pub populations: Vec<Population>,
    /// Survival curves of waiting times.
    pub curves: Vec<Curve>,
    /// Claims, checked.
    pub claims: Vec<Claim>,
    /// Criteria of bodies, answered.
    pub criteria: Vec<Criteria>,
    /// What could not be read.
    pub rejected: Vec<Rejected>,
    /// Tables for a proposal.
    pub rosters: Rosters,
    /// The pipeline file, as it is.
    pub pipeline: String,
    /// How names are shown.
    pub privacy: String,
}

/// What a metric is.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Definition {
    /// Its id.
    pub id: String,
    /// The version of its definition.
    pub version: u32,
    /// Its name for people.
    pub title: String,
    /// One sentence.
    pub definition: String,
    /// Where the definition comes from.
    pub source: String,
    /// What the value counts.
    pub unit: String,
    /// The statistic.
    pub statistic: String,
    /// Its numbers, by name.
    pub parameters: Vec<(String, f64)>,
    /// Which way is better, where either is.
    pub direction: Option<String>,
    /// What to know before comparing.
    pub caveats: Vec<String>,
    /// Of another tool's metric: ours that answers the same question.
    pub compares: Option<String>,
    /// The SELECT of its population.
    pub sql: String,
    /// Which population is its own.
    pub population: Option<usize>,
}

/// What is behind a figure.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Behind {
    /// Its rows.
    pub rows: Rows,
    /// Who makes up the figure, where the statistic weighs people or organisations; the heaviest first.
    pub members: Vec<Member>,
}

/// The rows behind a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rows {
    /// Runs of rows of the population: the first, and how many.
    Runs(Vec<(u32, u32)>),
    /// Those of a run in which a column has a value; `None` is empty.
    Where {
        /// The first row of the run.
        first: u32,
        /// How many rows the run has.
        length: u32,
        /// Which column.
        column: usize,
        /// Its value, as the page shows it.
        value: Option<String>,
    },
    /// More rows, or more scattered ones, than the page has room for; how many.
    TooMany(usize),
}

impl Default for Rows {
    fn default() -> Self {
        Self::Runs(Vec::new())
    }
}

/// So many runs are written one by one.
const MOST_RUNS: usize = 5_000;

impl Rows {
    /// The runs of ascending row numbers.
    pub fn of(rows: &[u32]) -> Self {
        let mut runs: Vec<(u32, u32)> = Vec::new();
        for &row in rows {
            match runs.last_mut() {
                Some((first, length)) if *first + *length == row => *length += 1,
                _ => runs.push((row, 1)),
            }
        }
        if runs.len() > MOST_RUNS { Self::TooMany(rows.len()) } else { Self::Runs(runs) }
    }

    /// The same for a group, whose rows are scattered among others: those of one run in which the group's column has one
    /// value, if these are the same rows.
    pub fn of_group(rows: &[u32], column: usize, cells: &Cells) -> Self {
        let (Some(&first), Some(&last)) = (rows.first(), rows.last()) else { return Self::of(rows) };
        let value = cells.get(first);
        if (first..=last).filter(|row| cells.get(*row) == value).eq(rows.iter().copied()) {
            let value = value.map(str::to_owned);
            return Self::Where { first, length: last - first + 1, column, value };
        }
        Self::of(rows)
    }
}

/// Somebody among those who make up a figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Member {
    /// The person or organisation; `None` where it is unknown.
    pub name: Option<String>,
    /// Rows, or their weight.
    pub weight: f64,
    /// Of all, 0 to 1; `None` where the figure leaves it out.
    pub share: Option<f64>,
    /// With all before it, 0 to 1.
    pub cumulative: Option<f64>,
    /// Whether it is in the smallest set.
    pub counted: bool,
}

/// How many still wait after a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// The metric.
    pub metric: String,
    /// The window.
    pub window: String,
    /// The unit of the times.
    pub unit: String,
    /// Where the curve falls, in order of time.
    pub steps: Vec<CurveStep>,
}

/// One fall of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurveStep {
    /// When, in the curve's unit.
    pub time: f64,
    /// The part still waiting after it.
    pub survival: f64,
    /// The 95 % band, where there is one.
    pub band: Option<(f64, f64)>,
}

/// How a claim or a criterion stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It holds, or is met.
    Yes,
    /// It does not.
    No,
    /// The data at hand does not say.
    Undecided,
    /// Only a document can answer it.
    NeedsLink,
}

impl Standing {
    /// Its word, of a claim or of a criterion.
    pub fn word(self, is_claim: bool) -> &'static str {
        match (self, is_claim) {
            (Self::Yes, true) => "holds",
            (Self::Yes, false) => "met",
            (Self::No, true) => "fails",
            (Self::No, false) => "not met",
            (Self::Undecided, _) => "undecided",
            (Self::NeedsLink, _) => "needs a link",
        }
    }

    /// Its mark: nothing is said by colour alone.
    pub(crate) fn mark(self) -> &'static str {
        match self {
            Self::Yes => "✓",
            Self::No => "✗",
            Self::Undecided => "?",
            Self::NeedsLink => "↗",
        }
    }
}

/// A claim and its answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Claim {
    /// Its id.
    pub id: String,
    /// The sentence.
    pub text: String,
    /// Whether a proposal may not go without it.
    pub required: bool,
    /// How it stands.
    pub standing: Standing,
    /// Every reading of its words.
    pub readings: Vec<Reading>,
    /// What else to know: the nearest statement that holds, what to collect to decide.
    pub remarks: Vec<String>,
}

/// One reading of a claim or criterion.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reading {
    /// What is counted, and over which window, in words.
    pub label: String,
    /// The value.
    pub value: String,
    /// What it has to be.
    pub expected: String,
    /// How it stands under this reading.
    pub standing: Standing,
    /// The figure: metric, window, group.
    pub figure: Option<FigureName>,
}

/// Which figure: what `muster trace` is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FigureName {
    /// The metric's id.
    pub metric: String,
    /// The window's label.
    pub window: String,
    /// The group; empty for all.
    pub group: String,
}

/// A body's criteria and their answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Criteria {
    /// The profile's id, `cncf-graduation`.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// Each criterion.
    pub criteria: Vec<Criterion>,
}

/// A criterion and its answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Criterion {
    /// Its id in the profile.
    pub id: String,
    /// What it asks, in our own words.
    pub wording: String,
    /// Where the body says so.
    pub reference: String,
    /// Whether it is required, or suggested.
    pub required: bool,
    /// How it stands.
    pub standing: Standing,
    /// The figures that answer it.
    pub readings: Vec<Reading>,
    /// The document that answers it, from the pipeline file.
    pub link: Option<String>,
    /// What else to know.
    pub remarks: Vec<String>,
}

/// Tables as proposals have them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rosters {
    /// Who is listed as a maintainer as of the instant.
    pub maintainers: Vec<Maintainer>,
    /// Who contributed in the last year, by organisation.
    pub organisations: Vec<Organisation>,
    /// The meetings of the last year.
    pub meetings: Vec<Meeting>,
}

/// A listed maintainer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Maintainer {
    /// The name to show.
    pub name: String,
    /// The account, where it is public.
    pub account: String,
    /// The organisation; empty where unknown.
    pub organisation: String,
    /// The role as written.
    pub role: String,
    /// Whose roster.
    pub repository: String,
    /// The day of the listing.
    pub since: String,
    /// Contributions in the year before the as-of instant.
    pub contributions: u64,
    /// The day of the last of all; empty where there is none.
    pub last: String,
    /// The page to check.
    pub url: String,
}

/// An organisation in the year before the as-of instant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Organisation {
    /// Its name; empty for the unknown.
    pub name: String,
    /// Distinct people with a contribution.
    pub people: u64,
    /// Contributions.
    pub contributions: u64,
    /// Listed maintainers as of the instant.
    pub maintainers: u64,
    /// Meetings at which somebody of it was.
    pub meetings: u64,
}

/// A meeting.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Meeting {
    /// The day.
    pub date: String,
    /// Which of the community's meetings.
    pub series: String,
    /// Its title.
    pub title: String,
    /// How many were there, where the record says so.
    pub attendees: Option<u64>,
    /// Their distinct organisations.
    pub organisations: Option<u64>,
    /// The file of the record.
    pub source: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_runs_or_those_of_one_value() {
        assert_eq!(Rows::of(&[3, 4, 5, 9]), Rows::Runs(vec![(3, 3), (9, 1)]));
        let scattered: Vec<u32> = (0..20_000).step_by(2).collect();
        assert_eq!(Rows::of(&scattered), Rows::TooMany(10_000));
        let employed: Vec<_> = (0..20_000_u32).map(|row| row.is_multiple_of(2).then_some(0)).collect();
        let cells = Cells::new(&["Acme".to_owned()], &employed, |text| Some(text.to_owned()));
        let value = Some("Acme".to_owned());
        assert_eq!(Rows::of_group(&scattered, 1, &cells), Rows::Where { first: 0, length: 19_999, column: 1, value });
        // Not all rows with that value: the run says more than the figure counts.
        assert_eq!(Rows::of_group(&[0, 4], 1, &cells), Rows::Runs(vec![(0, 1), (4, 1)]));
        assert_eq!(Rows::of_group(&[1, 3], 1, &cells), Rows::Where { first: 1, length: 3, column: 1, value: None });
        assert_eq!(Rows::of_group(&[], 1, &cells), Rows::Runs(Vec::new()));
    }
}
