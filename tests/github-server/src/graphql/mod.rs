//! GraphQL: a document is parsed, validated and executed by apollo-compiler against a part of GitHub's own schema; what
//! is here are the resolvers, GitHub's price of a query, and its way of telling errors.
//!
//! | file | holds |
//! | --- | --- |
//! | `schema.graphql` | what of GitHub's schema is answered |
//! | `cost.rs` | points and nodes of a query, and the bounds of its pages |
//! | `page.rs` | connections: order, cursors, pages |
//! | `resolve.rs` | the query itself, repositories, accounts |
//! | `item.rs` | issues and pull requests, and what happened to them |
//! | `talk.rs` | comments, reviews, discussions, releases |

mod compare;
mod cost;
mod item;
mod page;
mod resolve;
mod talk;

use crate::answer::Answer;
use crate::tokens::Quota;
use crate::world::World;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::resolvers::Execution;
use apollo_compiler::response::{ExecutionResponse, JsonMap};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
pub(crate) use item::{event_id, state_reason};
use resolve::{Graph, Object, Thing};
use serde_json::{Map, Value, json};
use std::sync::OnceLock;

/// Stands between an error's type and its message until the answer is written.
pub(crate) const TYPED: char = '\u{0}';

/// What was posted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    pub(crate) document: String,
    pub(crate) variables: Map<String, Value>,
    operation: Option<String>,
    broken: bool,
}

impl Asked {
    pub(crate) fn parse(body: &[u8]) -> Self {
        let Ok(Value::Object(mut body)) = serde_json::from_slice::<Value>(body) else {
            return Self { broken: true, ..Self::default() };
        };
        let mut text = |key| body.remove(key).and_then(|value| value.as_str().map(str::to_owned));
        let (document, operation) = (text("query"), text("operationName"));
        let variables = match body.remove("variables") {
            Some(Value::Object(variables)) => variables,
            _ => Map::new(),
        };
        Self { broken: document.is_none(), document: document.unwrap_or_default(), variables, operation }
    }
}

fn schema() -> &'static Valid<Schema> {
    static SCHEMA: OnceLock<Valid<Schema>> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        Schema::parse_and_validate(include_str!("schema.graphql"), "schema.graphql")
            .expect("the schema in the source is valid")
    })
}

/// GitHub's published schema. It defines two fields twice, which a strict reader refuses: what is wrong with it is
/// GitHub's, so the first definition counts, and only a text that is no schema is an error.
fn published(text: &str) -> Result<Valid<Schema>, String> {
    let schema = match Schema::parse(text, "github.graphql") {
        Ok(schema) => schema,
        Err(wrong) if wrong.partial.get_object("Query").is_some() => wrong.partial,
        Err(wrong) => return Err(wrong.to_string()),
    };
    if schema.get_object("Query").is_none() {
        return Err("the schema has no type Query".to_owned());
    }
    Ok(Valid::assume_valid(schema))
}

/// Whether a document is valid against a schema: GitHub's own, as text.
///
/// # Errors
/// What is wrong with the schema, or with the document.
pub fn validate(schema: &str, document: &str) -> Result<(), String> {
    ExecutableDocument::parse_and_validate(&published(schema)?, document, "document")
        .map(drop)
        .map_err(|error| error.to_string())
}

/// The types, fields and arguments of the server's schema that another schema has not, or has otherwise.
///
/// # Errors
/// What is wrong with the other schema.
pub fn differences(github: &str) -> Result<Vec<String>, String> {
    let github = published(github)?;
    Ok(compare::differences(schema(), &github))
}

/// Answers `POST /graphql`.
pub(crate) fn answer(world: &World, asked: &Asked, quota: Quota, login: Option<String>) -> Answer {
    if asked.broken {
        return Answer::message(400, "Problems parsing JSON");
    }
    let schema = schema();
    let document = match ExecutableDocument::parse_and_validate(schema, &asked.document, "query.graphql") {
        Ok(document) => document,
        Err(invalid) => {
            let errors: Vec<Value> = invalid
                .errors
                .iter()
                .map(|diagnostic| json!({"message": diagnostic.error.to_string(), "extensions": {"code": "invalid"}}))
                .collect();
            return Answer::json(200, &json!({"errors": errors}));
        }
    };
    let Ok(operation) = document.operations.get(asked.operation.as_deref()) else {
        return error("", "An operation name is required");
    };
    let raw: JsonMap = match serde_json_bytes_map(&asked.variables) {
        Some(raw) => raw,
        None => return error("", "Variables are not a JSON object"),
    };
    let variables = match coerce_variable_values(schema, operation, &raw) {
        Ok(variables) => variables,
        Err(wrong) => return error("", &wrong.message().to_string()),
    };
    let price = match cost::price(&document, operation, &variables) {
        Ok(price) => price,
        Err((kind, message)) => return error(kind, &message),
    };
    let graph = Graph { world, quota, price, login };
    let execution = Execution::new(schema, &document).operation(operation).coerced_variable_values(&variables);
    match execution.execute_sync(&Object { graph: &graph, thing: Thing::Query }) {
        Ok(response) => Answer { cost: price.points, ..Answer::json(200, &written(&response)) },
        Err(wrong) => error("", &wrong.message().to_string()),
    }
}

fn serde_json_bytes_map(variables: &Map<String, Value>) -> Option<JsonMap> {
    serde_json::from_value(Value::Object(variables.clone())).ok()
}

fn error(kind: &str, message: &str) -> Answer {
    let error = if kind.is_empty() { json!({"message": message}) } else { json!({"type": kind, "message": message}) };
    Answer::json(200, &json!({"data": null, "errors": [error]}))
}

/// GitHub puts the type of an error beside its message.
fn written(response: &ExecutionResponse) -> Value {
    let mut body = serde_json::to_value(response).unwrap_or_default();
    let mut errors = body.as_object_mut().and_then(|body| body.remove("errors")).unwrap_or_default();
    for error in errors.as_array_mut().into_iter().flatten() {
        let Some((kind, message)) = error["message"].as_str().and_then(|text| text.split_once(TYPED)) else { continue };
        let kind = kind.trim_start_matches("resolver error: ");
        let (kind, message) = (kind.to_owned(), message.to_owned());
        error["type"] = Value::String(kind);
        error["message"] = Value::String(message);
    }
    if errors.as_array().is_some_and(|errors| !errors.is_empty()) {
        body["errors"] = errors;
    }
    body
}
