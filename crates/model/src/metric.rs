//! What a metric's file says about it; the population itself is its SELECT.

use crate::WindowKind;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

/// The front matter of a metric's file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricSpec {
    /// The file's path: `growth.active_contributors`. Not written in the file.
    #[serde(skip)]
    pub id: String,
    /// Counted up when the definition changes, so that two reports can be told apart.
    pub version: u32,
    /// A few words.
    pub title: String,
    /// One sentence that a committee understands.
    pub definition: String,
    /// Where the definition comes from.
    pub source: String,
    /// What the value counts: `people`, `days`, `share`. `days` and `hours` are made from seconds.
    pub unit: String,
    /// One of [`MetricSpec::STATISTICS`].
    pub statistic: String,
    /// The population's column that the statistic is computed over.
    #[serde(default)]
    pub value: Option<String>,
    /// `kaplan_meier`: the Boolean column that says whether the end was seen (else the row is censored). `interval_share`: the
    /// Boolean column whose share is taken.
    #[serde(default)]
    pub observed: Option<String>,
    /// What a row weighs, instead of one: `smallest_set`, `gini`, `effective_number`, `herfindahl`, `top_share`,
    /// `rate_of_change`.
    #[serde(default)]
    pub weight: Option<String>,
    /// `mean_per`, `mean_distinct_per`: the column to average over. `ratio`: the Boolean or numeric column of the
    /// denominator.
    #[serde(default)]
    pub per: Option<String>,
    /// `interval_count_distinct`, `interval_share`: the column where a row begins to hold.
    #[serde(default)]
    pub from: Option<String>,
    /// `interval_count_distinct`, `interval_share`: the column where it no longer holds; null while it does.
    #[serde(default)]
    pub until: Option<String>,
    /// The column that is null where the organisation is unknown; its share is printed beside the figure.
    #[serde(default)]
    pub unknown: Option<String>,
    /// Numbers: those that the statistic takes (`threshold = 0.5`), and those that stand in the SELECT as `$name`.
    #[serde(default)]
    pub parameters: BTreeMap<String, f64>,
    /// Those of the parameters that stand in the SELECT; taken out of them when the file is read.
    #[serde(skip)]
    pub select: BTreeMap<String, f64>,
    /// The same metric with other numbers, by what is added to its id: `[variants.p85]` of `latency.issue_close` is the
    /// metric `latency.issue_close_p85`. Empty in what was made from one.
    #[serde(default)]
    pub variants: BTreeMap<String, Variant>,
    /// Of a pack's metric: the metric of ours that answers the same question.
    #[serde(default)]
    pub compares: Option<String>,
    /// How time is cut, unless the pipeline file says otherwise.
    #[serde(deserialize_with = "windows")]
    pub windows: Vec<WindowKind>,
    /// Columns whose values make cells of their own.
    #[serde(default)]
    pub group_by: Vec<String>,
    /// `higher is better`, `lower is better`, or nothing where neither is.
    #[serde(default)]
    pub direction: Option<String>,
    /// What a reader should know before comparing.
    #[serde(default)]
    pub caveats: Vec<String>,
}

/// What is different in a variant of a metric.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Variant {
    /// Its title; without it the metric's with the variant's name.
    #[serde(default)]
    pub title: Option<String>,
    /// Its definition; without it the metric's.
    #[serde(default)]
    pub definition: Option<String>,
    /// Its numbers, in place of the metric's of the same names.
    #[serde(flatten)]
    pub parameters: BTreeMap<String, f64>,
}

impl MetricSpec {
    /// The metric and its variants, each a metric of its own.
    pub fn expanded(mut self) -> Vec<Self> {
        let variants = std::mem::take(&mut self.variants);
        let varied = variants.into_iter().map(|(name, variant)| {
            let mut spec = self.clone();
            spec.id = format!("{}_{name}", self.id);
            spec.title = variant.title.unwrap_or_else(|| format!("{}, {name}", self.title));
            spec.definition = variant.definition.unwrap_or(spec.definition);
            spec.parameters.extend(variant.parameters);
            spec
        });
        let varied: Vec<Self> = varied.collect();
        std::iter::once(self).chain(varied).collect()
    }

    /// The statistics there are.
    pub const STATISTICS: &'static [&'static str] = &[
        "count",
        "count_distinct",
        "sum",
        "mean",
        "share",
        "ratio",
        "quantile_discrete",
        "quantile_interpolated",
        "kaplan_meier",
        "smallest_set",
        "gini",
        "effective_number",
        "herfindahl",
        "top_share",
        "retention",
        "cohort",
        "new",
        "rate_of_change",
        "slope",
        "mean_per",
        "mean_distinct_per",
        "interval_count_distinct",
        "interval_share",
        "median_gap",
        "longest_gap",
        "days_since_last",
    ];

    /// Whether the front matter fits together.
    ///
    /// # Errors
    /// What is missing or unknown, and what there is.
    pub fn validate(&self) -> Result<(), String> {
        if !Self::STATISTICS.contains(&self.statistic.as_str()) {
            return Err(format!("unknown statistic {:?}; there are {}", self.statistic, Self::STATISTICS.join(", ")));
        }
        let needs = match self.statistic.as_str() {
            "count" | "rate_of_change" | "slope" | "days_since_last" => vec![],
            "mean_per" => vec![("per", &self.per)],
            "kaplan_meier" => vec![("value", &self.value), ("observed", &self.observed)],
            "ratio" | "mean_distinct_per" => vec![("value", &self.value), ("per", &self.per)],
            "interval_count_distinct" => vec![("value", &self.value), ("from", &self.from), ("until", &self.until)],
            "interval_share" => {
                vec![("value", &self.value), ("observed", &self.observed), ("from", &self.from), ("until", &self.until)]
            }
            _ => vec![("value", &self.value)],
        };
        match needs.iter().find(|(_, column)| column.is_none()) {
            Some((key, _)) => Err(format!("statistic {} needs `{key}`, the name of a column", self.statistic)),
            None => Ok(()),
        }
    }
}

fn windows<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<WindowKind>, D::Error> {
    let texts: Vec<String> = Vec::deserialize(deserializer)?;
    texts.iter().map(|text| text.parse().map_err(serde::de::Error::custom)).collect()
}
