//! Every REST answer is held to GitHub's published description, so that the server cannot drift from GitHub.
//!
//! The description is OpenAPI 3.0, whose schemas are those of JSON Schema's draft 4 but for `nullable`, which is translated.
//! A test that cannot fail shows nothing: so each required field is taken out of each answer in turn, and must be missed.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use jsonschema::{Draft, Validator};
use muster_test_github::{App, Options, Server, What};
use serde_json::{Map, Value, json};
use support::{get_with, lantern, send, time};

struct Description(Value);

impl Description {
    #[expect(clippy::disallowed_methods, reason = "CI says where it put the description")]
    fn read() -> Self {
        let path =
            std::env::var("MUSTER_GITHUB_OPENAPI").expect("MUSTER_GITHUB_OPENAPI is the path of api.github.com.json");
        let mut all: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        translate(&mut all);
        Self(all)
    }

    /// The schema of an operation's answer.
    fn of(&self, path: &str, method: &str, status: &str) -> Value {
        let answer = &self.0["paths"][path][method]["responses"][status]["content"];
        let content = answer.as_object().unwrap_or_else(|| panic!("{method} {path} has no answer {status}"));
        content.values().next().unwrap()["schema"].clone()
    }

    fn named(&self, name: &str) -> Value {
        let schema = &self.0["components"]["schemas"][name];
        assert!(schema.is_object(), "no schema {name}");
        schema.clone()
    }

    /// A schema with all that it refers to.
    fn validator(&self, schema: &Value) -> Validator {
        let mut whole = schema.clone();
        let mut held = Map::new();
        let mut open = references(schema);
        while let Some(reference) = open.pop() {
            let name = reference.strip_prefix("#/components/schemas/").unwrap().to_owned();
            if !held.contains_key(&name) {
                let schema = self.named(&name);
                open.extend(references(&schema));
                held.insert(name, schema);
            }
        }
        whole["components"] = json!({"schemas": held});
        jsonschema::options().with_draft(Draft::Draft4).should_validate_formats(true).build(&whole).unwrap()
    }

    /// The fields that an object of the schema must have; nothing where it may be one of several.
    fn required(&self, schema: &Value) -> Vec<String> {
        let schema = match schema["$ref"].as_str() {
            Some(reference) => &self.0["components"]["schemas"][reference.rsplit('/').next().unwrap()],
            None => schema,
        };
        schema["required"].as_array().into_iter().flatten().map(|name| name.as_str().unwrap().to_owned()).collect()
    }

    /// The answer is valid, and is not without any one of its required fields.
    fn hold(&self, what: &str, schema: &Value, body: &Value) {
        let validator = self.validator(schema);
        let errors: Vec<String> =
            validator.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{what}: {errors:#?}");
        for field in self.required(schema) {
            let mut broken = body.clone();
            assert!(broken.as_object_mut().unwrap().remove(&field).is_some(), "{what}: {field}");
            assert!(!validator.is_valid(&broken), "{what} is held valid without {field}");
        }
    }
}

fn references(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(map) => {
            let own = map.get("$ref").and_then(Value::as_str).map(str::to_owned);
            own.into_iter().chain(map.values().flat_map(references)).collect()
        }
        Value::Array(all) => all.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// `nullable: true` in OpenAPI 3.0 is a further type in JSON Schema.
fn translate(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            map.values_mut().for_each(translate);
            // Examples are no schemas, and some hold fields that look like one.
            map.remove("example");
            if map.remove("nullable") != Some(Value::Bool(true)) {
                return;
            }
            if let Some(Value::Array(values)) = map.get_mut("enum") {
                values.push(Value::Null);
            }
            match map.get_mut("type") {
                Some(one @ Value::String(_)) => *one = json!([one.clone(), "null"]),
                _ => {
                    let inner = Value::Object(std::mem::take(map));
                    map.insert("anyOf".to_owned(), json!([inner, {"type": "null"}]));
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(translate),
        _ => {}
    }
}

/// The schema of one entry of a history: the description only says that it is one of many, of which one requires nothing.
fn entry(event: &str) -> &'static str {
    match event {
        "labeled" => "labeled-issue-event",
        "unlabeled" => "unlabeled-issue-event",
        "assigned" => "assigned-issue-event",
        "unassigned" => "unassigned-issue-event",
        "renamed" => "renamed-issue-event",
        "review_requested" => "review-requested-issue-event",
        "review_request_removed" => "review-request-removed-issue-event",
        "review_dismissed" => "review-dismissed-issue-event",
        "commented" => "timeline-comment-event",
        "reviewed" => "timeline-reviewed-event",
        _ => "state-change-issue-event",
    }
}

fn world() -> muster_test_github::World {
    let mut world = lantern();
    let place = "acme/lantern";
    world.unlabel(place, 1, "bob", time("2024-02-08"), "bug");
    world.label(place, 1, "bob", time("2024-02-08"), "dark");
    let ada = world.who("ada");
    world.change(place, 1, "bob", time("2024-02-08"), What::Unassigned(ada));
    world.assign(place, 1, "bob", time("2024-02-08"), "cleo");
    world.change(place, 3, "cleo", time("2024-03-12"), What::Mentioned);
    world.to_draft(place, 3, "cleo", time("2024-03-13"));
    world.request_review(place, 3, "cleo", time("2024-03-13"), "team:lamps");
    let gone = world.comment(place, 1, "eve", time("2024-02-09"), "I was here.");
    world.review(place, 3, "eve", time("2024-03-14"), muster_test_github::ReviewState::Commented);
    world.delete_account("eve");
    assert!(gone > 0);
    world.add_repository("acme/shed", time("2024-01-02"));
    let moved = world.open_issue("acme/shed", "ada", time("2024-01-03"), "Elsewhere");
    world.transfer("acme/shed", moved, place, "bob", time("2024-06-01"));
    world
}

/// The paths of the description, and what is asked.
const LISTS: [(&str, &str); 18] = [
    ("/orgs/{org}/repos", "/orgs/acme/repos"),
    ("/users/{username}/repos", "/users/cleo/repos"),
    ("/repos/{owner}/{repo}/issues", "/repos/acme/lantern/issues?state=all"),
    ("/repos/{owner}/{repo}/pulls", "/repos/acme/lantern/pulls?state=all"),
    ("/repos/{owner}/{repo}/issues/comments", "/repos/acme/lantern/issues/comments"),
    ("/repos/{owner}/{repo}/pulls/comments", "/repos/acme/lantern/pulls/comments"),
    ("/repos/{owner}/{repo}/issues/events", "/repos/acme/lantern/issues/events"),
    ("/repos/{owner}/{repo}/releases", "/repos/acme/lantern/releases"),
    ("/repos/{owner}/{repo}/forks", "/repos/acme/lantern/forks"),
    ("/repos/{owner}/{repo}/comments", "/repos/acme/lantern/comments"),
    ("/repos/{owner}/{repo}/issues/{issue_number}/comments", "/repos/acme/lantern/issues/1/comments"),
    ("/repos/{owner}/{repo}/issues/{issue_number}/events", "/repos/acme/lantern/issues/1/events"),
    ("/repos/{owner}/{repo}/issues/{issue_number}/events", "/repos/acme/lantern/issues/3/events"),
    ("/repos/{owner}/{repo}/issues/{issue_number}/timeline", "/repos/acme/lantern/issues/1/timeline"),
    ("/repos/{owner}/{repo}/issues/{issue_number}/timeline", "/repos/acme/lantern/issues/2/timeline"),
    ("/repos/{owner}/{repo}/issues/{issue_number}/timeline", "/repos/acme/lantern/issues/3/timeline"),
    ("/repos/{owner}/{repo}/pulls/{pull_number}/reviews", "/repos/acme/lantern/pulls/2/reviews"),
    ("/repos/{owner}/{repo}/pulls/{pull_number}/comments", "/repos/acme/lantern/pulls/4/comments"),
];

const OBJECTS: [(&str, &str); 7] = [
    ("/rate_limit", "/rate_limit"),
    ("/repos/{owner}/{repo}", "/repos/acme/lantern"),
    ("/repos/{owner}/{repo}", "/repos/cleo/lantern"),
    ("/repos/{owner}/{repo}/issues/{issue_number}", "/repos/acme/lantern/issues/1"),
    ("/repos/{owner}/{repo}/pulls/{pull_number}", "/repos/acme/lantern/pulls/2"),
    ("/repos/{owner}/{repo}/pulls/{pull_number}", "/repos/acme/lantern/pulls/3"),
    ("/search/issues", "/search/issues?q=repo:acme/lantern"),
];

#[test]
#[ignore = "needs GitHub's OpenAPI description; .ci/run fetches it and runs this"]
fn every_answer_is_as_github_describes_it() {
    let description = Description::read();
    let server = Server::start(world(), Options::default());
    for (template, asked) in OBJECTS {
        let got = get_with(&server, asked, &[]);
        assert_eq!(got.status, 200, "{asked}");
        description.hold(asked, &description.of(template, "get", "200"), &got.json());
    }
    for (template, asked) in LISTS {
        let got = get_with(&server, asked, &[]);
        assert_eq!(got.status, 200, "{asked}");
        let body = got.json();
        let list = description.of(template, "get", "200");
        description.hold(asked, &list, &body);
        assert!(!body.as_array().unwrap().is_empty(), "{asked} shows nothing");
        for one in body.as_array().unwrap() {
            let by_entry = template.ends_with("/timeline") || template.ends_with("{issue_number}/events");
            let schema = if by_entry {
                let name = entry(one["event"].as_str().unwrap());
                description.named(if name == "assigned-issue-event" && template.ends_with("/timeline") {
                    "timeline-assigned-issue-event"
                } else {
                    name
                })
            } else {
                list["items"].clone()
            };
            description.hold(&format!("{asked} {}", one["event"]), &schema, one);
        }
    }
}

#[test]
#[ignore = "needs GitHub's OpenAPI description; .ci/run fetches it and runs this"]
fn accounts_stars_and_search_results_are_as_github_describes_them() {
    let description = Description::read();
    let server = Server::start(world(), Options::default());
    let stars = "/repos/acme/lantern/stargazers";
    for star in get_with(&server, stars, &[("accept", "application/vnd.github.star+json")]).json().as_array().unwrap() {
        description.hold(stars, &description.named("stargazer"), star);
    }
    for star in get_with(&server, stars, &[]).json().as_array().unwrap() {
        description.hold(stars, &description.named("simple-user"), star);
    }
    for path in ["/user", "/users/ada"] {
        description.hold(path, &description.named("public-user"), &get_with(&server, path, &[]).json());
    }
    let found = get_with(&server, "/search/issues?q=repo:acme/lantern", &[]).json();
    assert_eq!(found["total_count"], 5);
    for item in found["items"].as_array().unwrap() {
        description.hold("a search result", &description.named("issue-search-result-item"), item);
    }
}

#[test]
#[ignore = "needs GitHub's OpenAPI description; .ci/run fetches it and runs this"]
fn an_installations_token_is_as_github_describes_it() {
    let description = Description::read();
    let app = App { id: 7, installation: 42, lifetime: 3_600, limit: 5_000 };
    let server = Server::start(world(), Options { app: Some(app), ..Options::default() });
    let jwt = format!("Bearer {}", support::jwt(7, 540));
    let url = format!("{}/app/installations/42/access_tokens", server.url());
    let got = send("POST", &url, &[("authorization", &jwt)], None).unwrap();
    assert_eq!(got.status, 201, "{}", got.body);
    let schema = description.of("/app/installations/{installation_id}/access_tokens", "post", "201");
    description.hold("an installation's token", &schema, &got.json());
}

#[test]
#[ignore = "needs GitHub's OpenAPI description; .ci/run fetches it and runs this"]
fn a_wrong_type_and_a_wrong_null_are_noticed() {
    let description = Description::read();
    let server = Server::start(world(), Options::default());
    let issue = get_with(&server, "/repos/acme/lantern/issues/1", &[]).json();
    let validator = description.validator(&description.named("issue"));
    assert!(validator.is_valid(&issue));
    for (field, wrong) in [
        ("id", json!("1")),
        ("created_at", json!("yesterday")),
        ("title", Value::Null),
        ("user", json!({"login": "ada"})),
        ("state_reason", json!("bored")),
        ("html_url", json!("not a URL")),
    ] {
        let mut broken = issue.clone();
        broken[field] = wrong;
        assert!(!validator.is_valid(&broken), "{field}");
    }
    let mut nothing = issue;
    nothing["closed_at"] = Value::Null;
    nothing["state_reason"] = Value::Null;
    assert!(validator.is_valid(&nothing), "what may be null may be null");
}
