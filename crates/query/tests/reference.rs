//! docs/tables.md and docs/metrics.md are printed from the definitions: they cannot be stale.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use muster_query::Library;
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
    page
}

fn metrics(library: &Library) -> String {
    let mut page = "# Metrics\n\nPrinted from `queries/metrics/`: edit there.\n".to_owned();
    for (id, metric) in &library.metrics {
        let spec = &metric.spec;
        let windows: Vec<_> = spec.windows.iter().map(ToString::to_string).collect();
        let _ = write!(
            page,
            "\n## {id}\n\n**{}** (version {}). {}\n\n- source: {}\n- unit: {}{}\n- statistic: `{}`{}\n- windows: {}\n",
            spec.title,
            spec.version,
            spec.definition,
            spec.source,
            spec.unit,
            spec.direction.as_ref().map_or(String::new(), |direction| format!("; {direction}")),
            spec.statistic,
            spec.value.as_ref().map_or(String::new(), |value| format!(" of `{value}`")),
            windows.join(", "),
        );
        for (name, value) in &spec.parameters {
            let _ = writeln!(page, "- {name}: {value}");
        }
        if !spec.group_by.is_empty() {
            let _ = writeln!(page, "- groups: {}", spec.group_by.join(", "));
        }
        for caveat in &spec.caveats {
            let _ = writeln!(page, "- note: {caveat}");
        }
    }
    page
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
