//! What the tests of the server share: a small world, and a client that hides nothing.
#![allow(dead_code, reason = "each test file takes what it needs")]

use jiff::Timestamp;
use muster_test_github::{ReviewState, Server, World};
use serde_json::Value;
use std::collections::BTreeMap;

/// Midnight of a day.
pub fn time(day: &str) -> Timestamp {
    format!("{day}T00:00:00Z").parse().unwrap()
}

/// One repository with one of everything.
pub fn lantern() -> World {
    let mut world = World::new();
    let place = "acme/lantern";
    world.add_repository(place, time("2024-01-01"));
    let issue = world.open_issue(place, "ada", time("2024-02-01"), "It is dark");
    for (day, text) in [("2024-02-02", "First."), ("2024-02-03", "Second."), ("2024-02-04", "Third.")] {
        world.comment(place, issue, "bob", time(day), text);
    }
    world.label(place, issue, "bob", time("2024-02-05"), "bug");
    world.assign(place, issue, "bob", time("2024-02-05"), "ada");
    world.close(place, issue, "bob", time("2024-02-06"));
    world.reopen(place, issue, "ada", time("2024-02-07"));
    let pull = world.open_draft(place, "dependabot[bot]", time("2024-03-01"), "More light");
    world.ready(place, pull, "dependabot[bot]", time("2024-03-02"));
    world.request_review(place, pull, "bob", time("2024-03-02"), "team:lamps");
    let review = world.review(place, pull, "ada", time("2024-03-03"), ReviewState::ChangesRequested);
    let comment = world.review_comment(place, pull, review, time("2024-03-03"), "This line?");
    world.dismiss(place, pull, review, "bob", time("2024-03-04"));
    world.review(place, pull, "bob", time("2024-03-04"), ReviewState::Approved);
    world.merge(place, pull, "bob", time("2024-03-05"));
    let open = world.open_pull_request(place, "cleo", time("2024-03-06"), "Still more");
    world.request_review(place, open, "cleo", time("2024-03-06"), "ada");
    world.retitle(place, open, "cleo", time("2024-03-07"), "Still more light");
    let other = world.open_pull_request(place, "cleo", time("2024-03-08"), "Less");
    let other_review = world.review(place, other, "ada", time("2024-03-09"), ReviewState::Commented);
    let line = world.review_comment(place, other, other_review, time("2024-03-09"), "Why?");
    world.reply(place, other, line, "cleo", time("2024-03-10"), "Because.");
    world.close(place, other, "cleo", time("2024-03-11"));
    assert!(comment > review);
    world.release(place, "bob", time("2024-04-01"), "v1.0.0");
    world.star(place, "ada", time("2024-04-02"));
    world.star(place, "cleo", time("2024-04-03"));
    world.fork(place, "cleo", time("2024-04-04"));
    world.commit_comment(place, "ada", time("2024-04-05"), &muster_test_github::sha(7));
    let discussion = world.discuss(place, "ada", time("2024-04-06"), "Which lamp?");
    let answer = world.discussion_comment(place, discussion, "bob", time("2024-04-07"), None);
    world.discussion_comment(place, discussion, "ada", time("2024-04-08"), Some(answer));
    world.answer(place, discussion, answer, "ada", time("2024-04-09"));
    world
}

/// An answer, whole.
#[derive(Debug)]
pub struct Got {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Got {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The address that the `Link` header gives for a relation.
    pub fn link(&self, rel: &str) -> Option<String> {
        let links = self.headers.get("link")?;
        let wanted = format!("rel=\"{rel}\"");
        let part = links.split(", ").find(|part| part.ends_with(&wanted))?;
        Some(part[1..part.find('>').unwrap()].to_owned())
    }
}

/// A request; redirects are not followed and nothing is tried twice.
pub fn send(method: &str, url: &str, headers: &[(&str, &str)], body: Option<String>) -> Result<Got, reqwest::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .timeout(std::time::Duration::from_millis(1_500))
            .build()?;
        let mut request = client.request(method.parse().unwrap(), url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        let headers = answer
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        Ok(Got { status, headers, body: answer.text().await? })
    })
}

/// `GET` with the token.
pub fn get(server: &Server, path: &str) -> Got {
    get_with(server, path, &[])
}

/// `GET` with the token and further headers; a path, or a whole address as links give it.
pub fn get_with(server: &Server, path: &str, headers: &[(&str, &str)]) -> Got {
    let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", server.url()) };
    let mut all = vec![("authorization", "Bearer token")];
    all.extend_from_slice(headers);
    send("GET", &url, &all, None).unwrap()
}

/// A GraphQL query, which is answered with 200.
pub fn graphql(server: &Server, query: &str, variables: &Value) -> Value {
    let body = serde_json::json!({"query": query, "variables": variables}).to_string();
    let got = send("POST", &format!("{}/graphql", server.url()), &[("authorization", "bearer token")], Some(body));
    let got = got.unwrap();
    assert_eq!(got.status, 200, "{}", got.body);
    got.json()
}

/// A JWT in an App's name that is good for so many seconds more; its signature is of nobody.
pub fn jwt(app: u64, seconds: i64) -> String {
    use base64::Engine as _;
    let encode = |value: &Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string());
    #[expect(clippy::disallowed_methods, reason = "a JWT says when it was made")]
    let now = Timestamp::now().as_second();
    let header = encode(&serde_json::json!({"alg": "RS256", "typ": "JWT"}));
    let claims = encode(&serde_json::json!({"iat": now - 60, "exp": now + seconds, "iss": app.to_string()}));
    format!("{header}.{claims}.c2lnbmVk")
}
