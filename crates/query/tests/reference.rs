//! docs/tables.md and docs/metrics.md are printed from the definitions: they cannot be stale.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use muster_model::MetricSpec;
use muster_query::{Library, Metric};
use std::fmt::Write;
use std::path::Path;

fn tables(library: &Library) -> String {
    let mut page = "# Tables\n\nPrinted from `queries/tables/`: edit there. Each is `out/tables/<name>.parquet`, and a name in `muster sql`.\n\
        Beside them `muster sql` knows `events` (the log itself), `metrics` (every figure) and each metric's population by its id.\n"
        .to_owned();
    for table in library.tables.values() {
        let _ = write!(
            page,
            "\n## {}\n\n{}. {}\n\nOrdered by {}.\n\n| column | meaning |\n| --- | --- |\n",
            table.name,
            table.title,
            table.definition,
            table.order.join(", ")
        );
        for (column, meaning) in &table.columns {
            let _ = writeln!(page, "| `{column}` | {meaning} |");
        }
    }
    page.push_str(
        "\n# Folds\n\nPrinted from `queries/folds/`. Tables are made from them. They are not published; `muster sql` computes those \
        that need no people when it is asked, and their accounts are unmasked there.\n",
    );
    for fold in library.folds.values() {
        let _ = write!(
            page,
            "\n## {}\n\n{}. {}\n\n| column | meaning |\n| --- | --- |\n",
            fold.name, fold.title, fold.definition
        );
        for (column, meaning) in &fold.columns {
            let _ = writeln!(page, "| `{column}` | {meaning} |");
        }
    }
    page.push_str(
        "\n# Run history\n\nPrinted from `queries/runs/`. Views of the run history (`run_events`), which lies beside the log; they are \
        not published, because a run that finds nothing new changes no file. See [operate.md](operate.md).\n",
    );
    for view in library.runs.values() {
        let _ = write!(
            page,
            "\n## {}\n\n{}. {}\n\n| column | meaning |\n| --- | --- |\n",
            view.name, view.title, view.definition
        );
        for (column, meaning) in &view.columns {
            let _ = writeln!(page, "| `{column}` | {meaning} |");
        }
    }
    page
}

/// What stands before the metrics: how to look at them, write them, and read them elsewhere.
const METRICS: &str = "# Metrics

Printed from `queries/metrics/`: edit there, then `MUSTER_UPDATE_DOCS=1 cargo test -p muster-query --test reference`.

| to | run |
| --- | --- |
| list them, with windows and where each comes from | `muster metrics FILE` |
| read one: definition, SQL, caveats, the last values | `muster explain FILE METRIC` |
| see the rows behind a figure, and the proof that they make it | `muster trace FILE METRIC --window 2025Q2` (`--group repository=acme/lantern`, `--members`, `--format markdown`) |
| prove every figure | `muster trace FILE --every` |
| lay one beside those of other tools, or beside what they published | `muster compare FILE METRIC` (`--published answer.json`) |
| check your own | `muster metrics check FILE` or `muster metrics check queries/growth/mine.sql` |

Each of them answers from the log as it was with `--as-of 41` (a version of the log), `--as-of 2025-06-01` (an instant), or both; what
is computed for that stands in `out/as-of/`, of which the last eight used are kept.

## A metric of your own

A file `<family>/<name>.sql` in a folder `queries/` beside the pipeline file (or the one that `folder` in `[metrics]` names) is the metric
`<family>.<name>`; one with the id of a metric here replaces it. It begins with TOML between `/*---` and `---*/`; then comes one SELECT
over [tables](tables.md) or other metrics (`FROM growth.active_contributors`). Every row is an event: `event_id` and `time` must be among
the columns; `person`, `name`, `organisation`, `repository` and `url` make a trace readable.

| key | what |
| --- | --- |
| `version`, `title`, `definition`, `source`, `unit` | what people read; `days` and `hours` are made from seconds |
| `statistic` | one of those below |
| `value`, `observed`, `weight`, `per`, `from`, `until` | the columns that the statistic takes |
| `unknown` | the column that is null where the organisation is unknown: its share is printed |
| `parameters` | numbers for the statistic; any other stands in the SELECT as `$name` |
| `variants` | `p85 = { quantile = 0.85 }` makes `<id>_p85` with the same SELECT; may give `title` and `definition` |
| `windows` | `day`, `week`, `month`, `quarter`, `year`, `all`, `365d`, `2024-06-01..2025-06-01`, `2024-01-12..`, `milestones` |
| `group_by` | columns whose values make figures of their own |
| `direction`, `caveats` | what a reader must know |
| `compares` | the metric here that answers the same question, for `muster compare` |

Other numbers for a metric that is there: `parameters = { \"diversity.contributor_absence_factor\" = { threshold = 0.6 } }` in `[metrics]`
of the pipeline file. Every figure taken with them says so in its note.

## The figures elsewhere

| file in `out` | form |
| --- | --- |
| `metrics.parquet`, `metrics/<id>.parquet` | tidy: a row a figure |
| `metrics.csv`, `metrics/<id>.csv` | the same as CSV; text that a spreadsheet would run is neutralised |
| `metrics.jsonl` | the same, an object a line; what is not there is `null` |
| `metrics.prom` | Prometheus' text format, for node_exporter's textfile collector: gauges `muster_<family>_<name>` of the latest finished window of each kind, labels `metric`, `scope`, `window` (`quarter`, `365d`), `by` and `group` (both empty for everything); beside them `muster_as_of_timestamp_seconds` and `muster_log_version` |
| `opendigger/<metric>.json`, `opendigger/github/<owner>/<name>/<metric>.json` | the metrics of the pack in OpenDigger's shape |
| `populations/<id>.parquet` | the rows behind the figures |

| column | meaning |
| --- | --- |
| `metric`, `version` | the id, and the version of its definition |
| `scope` | the project |
| `group` | empty for everything, else `<column>=<value>`; `unknown` where the value is not known |
| `window`, `window_kind` | `2025Q2` and `quarter`; `365d` and `365d` |
| `window_start`, `window_end`, `unfinished` | half-open, UTC; an unfinished window ends after the as-of instant |
| `value` | the figure; missing where the statistic has none |
| `low`, `high` | its 95 % interval, or the range that unknown organisations leave open |
| `naive` | beside a Kaplan-Meier quantile, that of the finished alone |
| `unit` | what the value counts; `share` is a part of one |
| `n` | the size of the population |
| `unknown_share` | the part of it whose organisation is unknown |
| `censored` | how many still wait |
| `completeness` | collected of what the sources state |
| `log_version` | the version of the log |
| `note` | what a reader must know besides |

";

fn metrics(library: &Library) -> String {
    let mut page = METRICS.to_owned();
    page.push_str("## Statistics\n\nTheir formulas are in `crates/stats`. ");
    let names: Vec<String> = MetricSpec::STATISTICS.iter().map(|name| format!("`{name}`")).collect();
    let _ = writeln!(page, "{}.", names.join(", "));
    let mut family = "";
    for (id, metric) in &library.metrics {
        let here = id.split('.').next().unwrap_or_default();
        if here != family {
            family = here;
            let _ = writeln!(page, "\n# {family}");
        }
        page.push_str(&entry(library, id, metric));
    }
    page
}

fn entry(library: &Library, id: &str, metric: &Metric) -> String {
    let spec = &metric.spec;
    let windows: Vec<_> = spec.windows.iter().map(ToString::to_string).collect();
    let mut page = format!("\n## {id}\n\n**{}** (version {}). {}\n\n", spec.title, spec.version, spec.definition);
    let numbers: Vec<String> =
        spec.select.iter().chain(&spec.parameters).map(|(name, value)| format!("{name} = {value}")).collect();
    let others = |is: &dyn Fn(&Metric) -> bool| {
        library.metrics.values().filter(|other| is(other)).map(|other| other.spec.id.clone()).collect::<Vec<_>>()
    };
    let variants = others(&|other| other.file == metric.file && other.spec.id != spec.id);
    let theirs = others(&|other| other.spec.compares.as_deref() == Some(id));
    for (word, said) in [
        ("source", spec.source.clone()),
        ("unit", spec.unit.clone()),
        ("direction", spec.direction.clone().unwrap_or_default()),
        (
            "statistic",
            format!(
                "`{}`{}",
                spec.statistic,
                spec.value.as_ref().map_or(String::new(), |value| format!(" of `{value}`"))
            ),
        ),
        ("numbers", numbers.join(", ")),
        ("windows", windows.join(", ")),
        ("groups", spec.group_by.join(", ")),
        ("variants of the same rows", variants.join(", ")),
        ("answers the question of", spec.compares.clone().unwrap_or_default()),
        ("compared with", theirs.join(", ")),
    ] {
        if !said.is_empty() {
            let _ = writeln!(page, "- {word}: {said}");
        }
    }
    for caveat in &spec.caveats {
        let _ = writeln!(page, "- note: {caveat}");
    }
    let _ = writeln!(page, "- file: [{file}](../{file})", file = metric.file);
    page
}

#[test]
fn a_metric_of_a_pack_is_laid_beside_one_that_there_is() {
    let library = Library::load(None).unwrap();
    let dangling =
        |metric: &&Metric| metric.spec.compares.as_ref().is_some_and(|ours| !library.metrics.contains_key(ours));
    let dangling: Vec<_> = library.metrics.values().filter(dangling).map(|metric| &metric.spec.id).collect();
    assert!(dangling.is_empty(), "{dangling:?} compare with no metric");
}

#[test]
fn the_reference_pages_are_what_the_definitions_say() {
    let library = Library::load(None).unwrap();
    for (name, page) in [("tables.md", tables(&library)), ("metrics.md", metrics(&library))] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
        if std::env::var_os("MUSTER_UPDATE_DOCS").is_some() {
            std::fs::write(&path, &page).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(written == page, "docs/{name} is stale; run MUSTER_UPDATE_DOCS=1 cargo test --workspace");
    }
}
