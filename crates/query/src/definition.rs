//! A table or a metric is a file: a comment with TOML front matter and one SELECT.
//!
//! ```sql
//! /*---
//! title = "Reviews"
//! ---*/
//! SELECT …
//! ```

use crate::QueryError;
use crate::describe::About;
use include_dir::{Dir, include_dir};
use muster_model::MetricSpec;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

pub(crate) static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../queries");

/// A table: a fold of the log, or of tables before it. The folds and the evidence about people have the same form.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The file's stem: the name in SQL and of the Parquet file.
    #[serde(skip)]
    pub name: String,
    /// What a row is, in a few words.
    pub title: String,
    /// What is in it and what is not, in a sentence or two.
    #[serde(default)]
    pub definition: String,
    /// The columns that put its rows in an order without ties; most folds have none.
    #[serde(default)]
    pub order: Vec<String>,
    /// Column to meaning.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// The SELECT.
    #[serde(skip)]
    pub sql: String,
}

impl Table {
    /// What its file says about itself.
    pub fn about(&self) -> About {
        let (title, definition) = (self.title.clone(), self.definition.clone());
        About { title, definition, columns: self.columns.clone() }
    }
}

/// A metric: a population (the SELECT) and how its statistic is taken (the front matter).
#[derive(Debug, Clone)]
pub struct Metric {
    /// The front matter; its id is the file's path.
    pub spec: MetricSpec,
    /// The SELECT of the population, with its numbers.
    pub sql: String,
    /// The SELECT as the file has it, with `$name`s.
    written: String,
    /// The metric of which this one has the whole population, where it has no SELECT of its own.
    pub population_of: Option<String>,
    /// The file: `queries/metrics/…` for one of ours, else as the user's folder names it.
    pub file: String,
    /// Whether it comes with the program.
    pub shipped: bool,
    /// The front matter as it is written.
    pub front: String,
    /// The line of the file on which the SELECT begins.
    pub select_line: usize,
    /// The parameters that the pipeline file gives, with the numbers of the metric's own file, which do not hold.
    pub replaced: BTreeMap<String, Option<f64>>,
}

impl Metric {
    /// Where a key of the front matter stands, `a/b.sql:7`: its line, or that of the front matter.
    pub fn place(&self, key: &str) -> String {
        format!("{}:{}", self.file, line_of(&self.front, key))
    }

    /// What a number is worth, wherever it is used: in the SELECT or in the statistic.
    pub fn parameter(&self, name: &str) -> Option<f64> {
        self.spec.parameters.get(name).or_else(|| self.spec.select.get(name)).copied()
    }

    /// What a reader of its figures must know when the pipeline file gives other numbers.
    pub fn note(&self) -> Option<String> {
        let change = |(name, own): (&String, &Option<f64>)| {
            let now = self.parameter(name)?;
            let own = own.map_or("has none".to_owned(), |own| format!("has {own}"));
            Some(format!("{name} = {now} by the pipeline file (the definition {own})"))
        };
        let changes: Vec<String> = self.replaced.iter().filter_map(change).collect();
        (!changes.is_empty()).then(|| changes.join(", "))
    }
}

/// Other numbers for metrics: by the metric's id, then by the parameter's name.
pub type Parameters = BTreeMap<String, BTreeMap<String, f64>>;

/// Every table and metric there is: those shipped in the program and the user's own.
#[derive(Debug, Clone, Default)]
pub struct Library {
    /// Published tables by name.
    pub tables: BTreeMap<String, Table>,
    /// What tables are made from: kept for the time of a computation only. `muster sql` knows those that need no people as
    /// views.
    pub folds: BTreeMap<String, Table>,
    /// The run history by name: views of `run_events` for `muster sql`, never published, because a run that changes nothing
    /// changes no file.
    pub runs: BTreeMap<String, Table>,
    /// What the log states about who is who: the columns that [`crate::Engine`] reads as [`muster_people::Evidence`].
    pub people: BTreeMap<String, Table>,
    /// Metrics by id.
    pub metrics: BTreeMap<String, Metric>,
    /// `queries/columns.toml`: what columns of populations mean that no table has, or each otherwise.
    pub columns: BTreeMap<String, String>,
}

impl Library {
    /// What the program ships, and on top of it the metrics of the user's `folder`
    /// (`<folder>/<family>/<metric>.sql`); a metric of the same id replaces ours.
    ///
    /// # Errors
    /// A file whose front matter cannot be read, or a folder that is not there.
    pub fn load(folder: Option<&Path>) -> Result<Self, QueryError> {
        Self::load_with(folder, &Parameters::new())
    }

    /// The same with other numbers for some of the metrics. Those for metrics that are not there change nothing.
    ///
    /// # Errors
    /// As [`Library::load`].
    pub fn load_with(folder: Option<&Path>, parameters: &Parameters) -> Result<Self, QueryError> {
        let mut library = Self::default();
        for file in files_of(&SHIPPED) {
            let path = file.path().to_string_lossy().replace('\\', "/");
            let text = file.contents_utf8().unwrap_or_default();
            let named = format!("queries/{path}");
            if path == "columns.toml" {
                library.columns = front_matter(&named, text)?;
            }
            match path.strip_suffix(".sql").and_then(|stem| stem.split_once('/')) {
                Some(("tables", name)) => drop(library.tables.insert(name.to_owned(), table(name, &named, text)?)),
                Some(("folds", name)) => drop(library.folds.insert(name.to_owned(), table(name, &named, text)?)),
                Some(("runs", name)) => drop(library.runs.insert(name.to_owned(), table(name, &named, text)?)),
                Some(("people", name)) => drop(library.people.insert(name.to_owned(), table(name, &named, text)?)),
                Some(("metrics", stem)) => drop(library.add_metric(stem, &named, text, parameters, true)?),
                _ => {}
            }
        }
        if let Some(folder) = folder {
            library.load_folder(folder, parameters)?;
        }
        library.fill()?;
        Ok(library)
    }

    /// What a column of a population means that is made from these tables: what the one table with such a column says, or
    /// all that have one; else `queries/columns.toml`, else the first of them.
    pub fn meaning(&self, column: &str, tables: &BTreeSet<String>) -> Option<&str> {
        let mut said: Vec<&str> =
            tables.iter().filter_map(|name| Some(self.tables.get(name)?.columns.get(column)?.as_str())).collect();
        said.dedup();
        match (said.as_slice(), self.columns.get(column)) {
            ([], general) => general.map(String::as_str),
            ([only], _) => Some(only),
            (_, Some(general)) => Some(general),
            ([first, ..], None) => Some(first),
        }
    }

    /// Gives every metric its SELECT. One that is nothing but another metric's population is that metric's SELECT, with the
    /// numbers of the metric itself where it gives them; with the same text it is computed once.
    fn fill(&mut self) -> Result<(), QueryError> {
        let filled: Result<Vec<_>, QueryError> = self.metrics.values().map(|metric| self.filled(metric)).collect();
        for (metric, (population_of, sql, numbers)) in self.metrics.values_mut().zip(filled?) {
            metric.spec.parameters.retain(|name, _| !numbers.contains_key(name));
            (metric.population_of, metric.sql, metric.spec.select) = (population_of, sql, numbers);
        }
        Ok(())
    }

    /// Whose population a metric has, the SELECT with its numbers, and these.
    fn filled(&self, metric: &Metric) -> Result<Filled, QueryError> {
        let source = self.whose_population(metric);
        let number = |name: &str| metric.parameter(name).or_else(|| source.parameter(name));
        let (sql, numbers) = with_numbers(&source.written, number).map_err(|(line, message)| {
            QueryError::Definition { file: format!("{}:{}", source.file, source.select_line + line), message }
        })?;
        let population_of = (source.spec.id != metric.spec.id).then(|| source.spec.id.clone());
        Ok((population_of, sql, numbers))
    }

    /// The metric whose own SELECT gives a metric's rows.
    fn whose_population<'a>(&'a self, metric: &'a Metric) -> &'a Metric {
        let mut source = metric;
        // As many steps as there are metrics: those that need each other stay so, which their order then tells.
        for _ in 0..self.metrics.len() {
            let Some(next) = whole_population(&source.written).and_then(|id| self.metrics.get(id)) else { break };
            source = next;
        }
        source
    }

    fn load_folder(&mut self, folder: &Path, parameters: &Parameters) -> Result<(), QueryError> {
        let families = sorted_entries(folder)?;
        for family in families.iter().filter(|family| family.is_dir()) {
            for file in sorted_entries(family)? {
                if file.extension().is_some_and(|ending| ending == "sql") {
                    self.add_file(&file, parameters)?;
                }
            }
        }
        Ok(())
    }

    /// Adds the metric of one file, `<family>/<name>.sql` in any folder, and its variants; their ids.
    ///
    /// # Errors
    /// A file that cannot be read, or whose front matter is wrong.
    pub fn add_file(&mut self, file: &Path, parameters: &Parameters) -> Result<Vec<String>, QueryError> {
        let name = |path: Option<&std::ffi::OsStr>| path.unwrap_or_default().to_string_lossy().into_owned();
        let family = name(file.parent().and_then(Path::file_name));
        let (stem, path) = (name(file.file_stem()), file.to_string_lossy());
        let wrong = |message: String| QueryError::Definition { file: path.clone().into_owned(), message };
        let is_word = |word: &str| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
                && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        };
        if !is_word(&family) || !is_word(&stem) {
            return Err(wrong(format!(
                "a metric's id is its folder's name and its own, and {family:?}.{stem:?} is none\n  = \
                 name them with small letters, digits and _: growth/first_reviews.sql"
            )));
        }
        let text = std::fs::read_to_string(file).map_err(|error| QueryError::file(file, &error))?;
        let ids = self.add_metric(&format!("{family}/{stem}"), &path, &text, parameters, false)?;
        self.fill().inspect_err(|_| self.metrics.retain(|id, _| !ids.contains(id)))?;
        Ok(ids)
    }

    /// Adds a file's metric and its variants; [`Library::fill`] gives them their SELECT when all are there.
    fn add_metric(
        &mut self,
        stem: &str,
        path: &str,
        text: &str,
        parameters: &Parameters,
        shipped: bool,
    ) -> Result<Vec<String>, QueryError> {
        let parts = split(path, text)?;
        let mut spec: MetricSpec = front_matter(path, &parts.front)?;
        spec.id = stem.replace('/', ".");
        let mut ids = Vec::new();
        for mut spec in spec.expanded() {
            let mut replaced = BTreeMap::new();
            for (name, value) in parameters.get(&spec.id).into_iter().flatten() {
                replaced.insert(name.clone(), spec.parameters.insert(name.clone(), *value));
            }
            spec.validate().map_err(|message| {
                let line = line_of(&parts.front, "statistic");
                QueryError::Definition { file: format!("{path}:{line}"), message }
            })?;
            ids.push(spec.id.clone());
            let metric = Metric {
                sql: String::new(),
                written: parts.sql.to_owned(),
                population_of: None,
                file: path.to_owned(),
                shipped,
                front: parts.front.clone(),
                select_line: parts.select_line,
                replaced,
                spec,
            };
            self.metrics.insert(metric.spec.id.clone(), metric);
        }
        Ok(ids)
    }
}

/// Whose population a metric has where it is another's, the SELECT, and the numbers in it.
type Filled = (Option<String>, String, BTreeMap<String, f64>);

/// The metric of which the SELECT takes every row as it is.
fn whole_population(sql: &str) -> Option<&str> {
    let id = sql.strip_prefix("SELECT * FROM ")?;
    id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.').then_some(id)
}

/// The SELECT with the numbers of its `$name`s, and these. They are numbers, so that nothing but a number can come in.
fn with_numbers(
    written: &str,
    number: impl Fn(&str) -> Option<f64>,
) -> Result<(String, BTreeMap<String, f64>), (usize, String)> {
    let mut parts = written.split('$');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    let mut numbers = BTreeMap::new();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        let value = number(name).ok_or_else(|| {
            let line = filled.matches('\n').count();
            (line, format!("the SELECT has ${name}, and [parameters] has no {name}; give its value there"))
        })?;
        numbers.insert(name.to_owned(), value);
        filled.push_str(&format!("{value}{rest}"));
    }
    Ok((filled, numbers))
}

fn sorted_entries(folder: &Path) -> Result<Vec<std::path::PathBuf>, QueryError> {
    let entries = std::fs::read_dir(folder).map_err(|error| QueryError::file(folder, &error))?;
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

pub(crate) fn files_of<'a>(folder: &'a Dir<'a>) -> Vec<&'a include_dir::File<'a>> {
    let mut files: Vec<_> = folder.files().collect();
    files.extend(folder.dirs().flat_map(files_of));
    files
}

fn table(name: &str, path: &str, text: &str) -> Result<Table, QueryError> {
    let parts = split(path, text)?;
    let mut table: Table = front_matter(path, &parts.front)?;
    name.clone_into(&mut table.name);
    parts.sql.clone_into(&mut table.sql);
    Ok(table)
}

pub(crate) fn front_matter<T: for<'de> Deserialize<'de>>(path: &str, front: &str) -> Result<T, QueryError> {
    toml::from_str(front).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start).max(front.len() - front.trim_start().len());
        let line = front[..at.min(front.len())].matches('\n').count() + 1;
        let message = format!("the front matter is not as expected: {}", error.message().trim_end());
        QueryError::Definition { file: format!("{path}:{line}"), message }
    })
}

/// The line on which the front matter gives a key; else the one on which it begins.
fn line_of(front: &str, key: &str) -> usize {
    let gives = |line: &str| {
        let after = line.trim_start().strip_prefix(key);
        after.is_some_and(|after| after.trim_start().starts_with('='))
    };
    let begins = |line: &str| !line.trim().is_empty();
    let place = front.lines().position(gives).or_else(|| front.lines().position(begins));
    place.map_or(1, |line| line + 1)
}

/// The two halves of a file.
pub(crate) struct Parts<'a> {
    /// The front matter, below as many empty lines as come before it, so that its lines are the file's.
    pub(crate) front: String,
    /// The SELECT.
    pub(crate) sql: &'a str,
    /// The line on which it begins.
    select_line: usize,
}

pub(crate) fn split<'a>(path: &str, text: &'a str) -> Result<Parts<'a>, QueryError> {
    let lines = |text: &str| text.matches('\n').count();
    let parts = || {
        let (before, rest) = text.split_once("/*---")?;
        let (front, sql) = rest.split_once("---*/").filter(|_| before.trim().is_empty())?;
        let select = sql.trim_start();
        Some(Parts {
            front: "\n".repeat(lines(before)) + front,
            sql: select.trim_end().trim_end_matches(';').trim_end(),
            select_line: lines(&text[..text.len() - select.len()]) + 1,
        })
    };
    parts().ok_or_else(|| QueryError::Definition {
        file: format!("{path}:1"),
        message: "no front matter; begin the file with /*--- title = … ---*/ and then the SELECT".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "/*---
version = 1
title = \"Close\"
definition = \"d\"
source = \"s\"
unit = \"days\"
statistic = \"quantile_discrete\"
value = \"seconds\"
windows = [\"quarter\", \"2024-01-01..2024-07-01\"]
[parameters]
quantile = 0.5
days = 30
[variants]
p85 = { quantile = 0.85, title = \"Slow close\" }
90d = { days = 90 }
---*/
SELECT * FROM issues WHERE age < INTERVAL '$days days'";

    #[test]
    fn a_metric_with_variants_is_several() {
        let mut library = Library::default();
        library.add_metric("latency/close", "x.sql", FILE, &Parameters::new(), false).expect("a good file");
        library.fill().expect("numbers for all");
        let told: Vec<_> =
            library.metrics.values().map(|m| (m.spec.id.as_str(), m.spec.title.as_str(), &m.sql[32..])).collect();
        assert_eq!(
            told,
            [
                ("latency.close", "Close", " INTERVAL '30 days'"),
                ("latency.close_90d", "Close, 90d", " INTERVAL '90 days'"),
                ("latency.close_p85", "Slow close", " INTERVAL '30 days'"),
            ]
        );
        let slow = &library.metrics["latency.close_p85"].spec;
        assert_eq!((slow.parameters["quantile"], slow.parameters.len(), slow.select["days"]), (0.85, 1, 30.0));
    }

    #[test]
    fn a_metric_over_the_whole_of_anothers_population_has_its_select() {
        let over = |select: &str| FILE.split_once("SELECT").expect("a SELECT").0.to_owned() + select;
        let mut library = Library::default();
        for (id, select) in [
            ("a/base", "SELECT * FROM issues WHERE age < INTERVAL '$days days'"),
            ("a/same", "SELECT * FROM a.base_90d;"),
            ("a/too", "SELECT * FROM a.same"),
            ("a/part", "SELECT * FROM a.base WHERE $days > 1"),
            ("a/round", "SELECT * FROM a.round"),
            ("a/table", "SELECT * FROM issues"),
            ("a/week", "SELECT * FROM a.base"),
        ] {
            let days = if id == "a/week" { "days = 7\n" } else { "" };
            let text = if select.contains('$') { over(select) } else { over(select).replace("days = 30\n", days) };
            library.add_metric(id, "x.sql", &text, &Parameters::new(), false).expect("a good file");
        }
        library.fill().expect("numbers for all");
        let sql = |id: &str| library.metrics[id].sql.as_str();
        assert_eq!(sql("a.base_90d"), "SELECT * FROM issues WHERE age < INTERVAL '90 days'");
        assert_eq!((sql("a.same"), sql("a.too")), (sql("a.base_90d"), sql("a.base_90d")));
        assert_eq!(sql("a.part"), "SELECT * FROM a.base WHERE 30 > 1");
        assert_eq!((sql("a.round"), sql("a.table")), ("SELECT * FROM a.round", "SELECT * FROM issues"));
        assert_eq!(sql("a.week"), "SELECT * FROM issues WHERE age < INTERVAL '7 days'");
        assert_eq!(sql("a.week_90d"), sql("a.base_90d"));
        assert_eq!(library.metrics["a.too"].population_of.as_deref(), Some("a.base_90d"));
        assert_eq!(
            (&library.metrics["a.part"].population_of, &library.metrics["a.round"].population_of),
            (&None, &None)
        );
    }

    #[test]
    fn a_parameter_without_a_value_is_named() {
        let wrong = FILE.replace("days = 30\n", "");
        let error = added(&wrong).expect_err("no value");
        assert!(error.to_string().starts_with("x.sql:16: the SELECT has $days"), "{error}");
    }

    fn added(text: &str) -> Result<Library, QueryError> {
        let mut library = Library::default();
        library.add_metric("a/b", "x.sql", text, &Parameters::new(), false)?;
        library.fill().map(|()| library)
    }

    #[test]
    fn a_mistake_is_told_with_its_line() {
        for (wrong, said) in [
            (FILE.replace("quantile_discrete", "quantil"), "x.sql:7: unknown statistic \"quantil\"; there are count, "),
            (FILE.replace("value = \"seconds\"\n", ""), "x.sql:7: statistic quantile_discrete needs `value`"),
            (FILE.replace("unit = ", "unti = "), "x.sql:6: the front matter is not as expected: unknown field `unti`"),
            (FILE.replace("version = 1", "version ="), "x.sql:2: the front matter is not as expected: "),
            (
                format!("\n\n{}", FILE.replace("\"quarter\"", "\"quater\"")),
                "x.sql:11: the front matter is not as expected: not a window",
            ),
            ("SELECT 1".to_owned(), "x.sql:1: no front matter"),
        ] {
            let error = added(&wrong).expect_err(said);
            assert!(error.to_string().starts_with(said), "{error}");
        }
    }

    #[test]
    fn the_pipeline_may_give_other_numbers_and_the_metric_says_so() {
        let mut library = Library::default();
        let given = BTreeMap::from([("days".to_owned(), 7.0)]);
        let parameters = Parameters::from([("latency.close".to_owned(), given)]);
        library.add_metric("latency/close", "x.sql", FILE, &parameters, false).expect("a good file");
        library.fill().expect("numbers for all");
        let metric = &library.metrics["latency.close"];
        assert!(metric.sql.ends_with("INTERVAL '7 days'"), "{}", metric.sql);
        assert_eq!(metric.note().as_deref(), Some("days = 7 by the pipeline file (the definition has 30)"));
        assert_eq!(library.metrics["latency.close_p85"].note(), None);
    }
}
