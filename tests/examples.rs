//! `queries/examples`: each question is asked of the demo through `muster sql` and through the server. The answers in
//! `tests/examples/*.csv` were counted by hand, from `pipelines/demo/FIGURES.md` and the files that it speaks of.

use crate::sql_server::{Server, demo};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Name and expected answer.
fn expected() -> Vec<(String, String)> {
    let files = std::fs::read_dir(root().join("tests/examples")).unwrap();
    let mut all: Vec<(String, String)> = files
        .map(|file| {
            let path = file.unwrap().path();
            (path.file_stem().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap())
        })
        .collect();
    all.sort();
    all
}

/// The question, what the answer means, and the SELECT.
fn example(name: &str) -> [String; 3] {
    let text = std::fs::read_to_string(root().join(format!("queries/examples/{name}.sql"))).unwrap();
    let (head, sql) = text.split_once("---*/\n").unwrap();
    let front: toml::Table = head.strip_prefix("/*---\n").unwrap().parse().unwrap();
    let word = |key: &str| front[key].as_str().unwrap().to_owned();
    [word("question"), word("answer"), sql.trim_end().to_owned()]
}

#[test]
fn every_example_has_an_answer_that_was_counted_by_hand() {
    let files = std::fs::read_dir(root().join("queries/examples")).unwrap();
    let there: BTreeSet<String> =
        files.map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()).collect();
    let answered: BTreeSet<String> = expected().into_iter().map(|(name, _)| name).collect();
    assert_eq!(there, answered);
    assert!(there.len() >= 20, "{}", there.len());
}

#[test]
fn the_examples_give_their_answers_through_muster_sql() {
    let demo = demo();
    for (name, answer) in expected() {
        let ran = demo.sql(&["--example", &name, "--format", "csv"]);
        assert_eq!(ran.code, 0, "{name}: {}", ran.err);
        assert_eq!(ran.out.replace('\r', ""), answer, "{name}");
    }
    let listed = demo.sql(&["--example", "list"]);
    assert!(expected().iter().all(|(name, _)| listed.out.contains(name)), "{}", listed.out);
    let wrong = demo.sql(&["--example", "nothing"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("there is no example nothing") && wrong.err.contains("newcomers"), "{}", wrong.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_give_the_same_answers_through_the_server() {
    let server = Server::start(&[]);
    let client = server.client().await;
    for (name, answer) in expected() {
        let [_, _, sql] = example(&name);
        // The simple protocol has text, as the CSV.
        let messages = client.simple_query(&sql).await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        let mut said = String::new();
        for message in &messages {
            match message {
                tokio_postgres::SimpleQueryMessage::RowDescription(columns) => {
                    let names: Vec<&str> = columns.iter().map(|column| column.name()).collect();
                    let _ = writeln!(said, "{}", names.join(","));
                }
                tokio_postgres::SimpleQueryMessage::Row(row) => {
                    let cells: Vec<&str> = (0..row.len()).map(|cell| row.get(cell).unwrap_or_default()).collect();
                    let _ = writeln!(said, "{}", cells.join(","));
                }
                _ => {}
            }
        }
        let plain = |text: &str| {
            let cell = |cell: &str| match cell {
                "t" => "true".to_owned(),
                "f" => "false".to_owned(),
                other => other.parse::<f64>().map_or(other.to_owned(), |number| number.to_string()),
            };
            text.lines().map(|line| line.split(',').map(cell).collect::<Vec<_>>()).collect::<Vec<_>>()
        };
        assert_eq!(plain(&said), plain(&answer), "{name}");
        // And prepared, with binary values.
        let rows = client.query(&sql, &[]).await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!(rows.len(), answer.lines().count() - 1, "{name}");
    }
    server.end();
}

#[test]
fn the_page_about_sql_lists_the_examples() {
    let mut list = String::new();
    for (name, _) in expected() {
        let [question, answer, _] = example(&name);
        let _ = writeln!(list, "| [`{name}`](../queries/examples/{name}.sql) | {question} {answer} |");
    }
    let path = root().join("docs/sql.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once("| question | what it answers |\n| --- | --- |\n").unwrap();
    let after = rest.split_once("\n\n").unwrap().1;
    let should = format!("{before}| question | what it answers |\n| --- | --- |\n{list}\n{after}");
    if std::env::var_os("MUSTER_UPDATE_DOCS").is_some() {
        std::fs::write(&path, &should).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap() == should,
        "docs/sql.md is stale: MUSTER_UPDATE_DOCS=1 cargo test --workspace"
    );
}
