//! The same figure twice: by the statistics crate, and by SQL alone over the same population. Where SQL can say what a
//! statistic is, both must say the same, in every window and group.

use crate::support::World;
use muster_model::MetricSpec;
use muster_query::Library;
use serde_json::Value;
use std::path::Path;

/// The statistic as an aggregate over the population's rows `p` of a cell; none where SQL has no short word for it.
fn aggregate(spec: &MetricSpec) -> Option<String> {
    let column = |name: &Option<String>| name.as_ref().map(|name| format!("p.\"{name}\""));
    let number = |name: &Option<String>| column(name).map(|column| format!("CAST({column} AS DOUBLE)"));
    let known = |name: &Option<String>| column(name).map(|column| format!("nullif(CAST({column} AS VARCHAR), '')"));
    let unit = match spec.unit.as_str() {
        "days" => 86_400.0,
        "hours" => 3_600.0,
        _ => 1.0,
    };
    let value = number(&spec.value);
    Some(match spec.statistic.as_str() {
        "count" => "count(p.event_id)".to_owned(),
        "count_distinct" => format!("count(DISTINCT {})", known(&spec.value)?),
        "sum" => format!("coalesce(sum({}), 0) / {unit}", value?),
        "mean" => format!("avg({}) / {unit}", value?),
        "share" => format!("avg(CASE WHEN {0} THEN 1.0 WHEN NOT {0} THEN 0.0 END)", column(&spec.value)?),
        "ratio" => format!("sum({}) / nullif(sum({}), 0)", numeric(&spec.value)?, numeric(&spec.per)?),
        "mean_per" => format!("count(p.event_id) / nullif(CAST(count(DISTINCT {}) AS DOUBLE), 0)", known(&spec.per)?),
        "mean_distinct_per" => {
            let (value, per) = (known(&spec.value)?, known(&spec.per)?);
            let pairs = format!(
                "count(DISTINCT CASE WHEN {value} IS NOT NULL AND {per} IS NOT NULL THEN {value} || chr(1) || {per} END)"
            );
            format!("{pairs} / nullif(CAST(count(DISTINCT {per}) AS DOUBLE), 0)")
        }
        _ => return None,
    })
}

/// A number, or a Boolean as 0 or 1.
fn numeric(column: &Option<String>) -> Option<String> {
    column.as_ref().map(|name| format!("CAST(p.\"{name}\" AS DOUBLE)"))
}

/// Cells of the metric where the two differ.
fn question(spec: &MetricSpec, aggregate: &str) -> String {
    let value = |column: &String| {
        format!(
            "WHEN m.\"group\" LIKE '{column}=%' THEN '{column}=' || coalesce(nullif(CAST(p.\"{column}\" AS VARCHAR), ''), 'unknown')"
        )
    };
    let cases: String = spec.group_by.iter().map(value).collect::<Vec<_>>().join(" ");
    let of_group =
        if cases.is_empty() { "''".to_owned() } else { format!("CASE WHEN m.\"group\" = '' THEN '' {cases} END") };
    format!(
        "SELECT m.\"window\", m.\"group\", m.value AS ours, {aggregate} AS theirs FROM metrics m LEFT JOIN {id} p \
         ON p.time >= m.window_start AND p.time < m.window_end AND m.\"group\" = {of_group} \
         WHERE m.metric = '{id}' GROUP BY m.\"window\", m.\"group\", m.window_start, m.value ORDER BY 1, 2",
        id = spec.id
    )
}

fn differ(row: &Value) -> bool {
    match (row["ours"].as_f64(), row["theirs"].as_f64()) {
        (Some(ours), Some(theirs)) => (ours - theirs).abs() > 1e-9 * ours.abs().max(1.0),
        (ours, theirs) => ours.is_some() != theirs.is_some(),
    }
}

#[test]
fn sql_alone_gives_the_same_figures() {
    let world = World::new();
    let pipeline = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines/demo.toml");
    let pipeline = pipeline.to_str().unwrap();
    let sets = ["--set", "project.log=log", "--set", "project.out=out"];
    let ran = world.muster(&[&["run", pipeline], &sets[..]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let library = Library::load(None).unwrap();
    let (mut compared, mut cells, mut differing) = (0, 0, Vec::new());
    for metric in library.metrics.values() {
        let Some(aggregate) = aggregate(&metric.spec) else { continue };
        let question = question(&metric.spec, &aggregate);
        let ran = world.muster(&[&["sql", pipeline, &question, "--format", "json"], &sets[..]].concat());
        assert_eq!(ran.code, 0, "{}: {}", metric.spec.id, ran.err);
        let rows: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
        compared += 1;
        cells += rows.len();
        differing.extend(rows.iter().filter(|row| differ(row)).map(|row| format!("{}: {row}", metric.spec.id)));
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    assert!(compared >= 10 && cells > 100, "only {compared} metrics and {cells} cells were compared");
}
