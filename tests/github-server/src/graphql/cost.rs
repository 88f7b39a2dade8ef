//! What a query costs, by GitHub's rule: the requests needed to fulfil each connection if every page were full, over a
//! hundred, and at least one. And what it may ask: pages of at most 100, at most 500,000 nodes in all.

use apollo_compiler::ExecutableDocument;
use apollo_compiler::ast::Value;
use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::response::{JsonMap, JsonValue};

const MOST_NODES: u64 = 500_000;
const PAGE: u64 = 100;

/// The price of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Price {
    /// Points.
    pub(super) points: u64,
    /// Nodes that it may answer at most.
    pub(super) nodes: u64,
}

/// The price, or the type and message of the refusal.
pub(super) fn price(
    document: &ExecutableDocument,
    operation: &Operation,
    variables: &JsonMap,
) -> Result<Price, (&'static str, String)> {
    let mut walk = Walk { document, variables, requests: 0, nodes: 0 };
    walk.set(&operation.selection_set, 1)?;
    if walk.nodes > MOST_NODES {
        let message = format!(
            "This query requests up to {} possible nodes which exceeds the maximum limit of 500,000.",
            grouped(walk.nodes)
        );
        return Err(("MAX_NODE_LIMIT_EXCEEDED", message));
    }
    Ok(Price { points: ((walk.requests + 50) / 100).max(1), nodes: walk.nodes })
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    variables: &'a JsonMap,
    requests: u64,
    nodes: u64,
}

impl Walk<'_> {
    /// `times` is how often the selection is met if every page above is full.
    fn set(&mut self, set: &SelectionSet, times: u64) -> Result<(), (&'static str, String)> {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => self.field(field, times)?,
                Selection::InlineFragment(fragment) => self.set(&fragment.selection_set, times)?,
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = spread.fragment_def(self.document) {
                        self.set(&fragment.selection_set, times)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn field(&mut self, field: &Field, times: u64) -> Result<(), (&'static str, String)> {
        let of = field.definition.ty.inner_named_type().as_str();
        if of.ends_with("Connection") {
            let page = self.page(field)?;
            self.requests += times;
            self.nodes += times * page;
            return self.set(&field.selection_set, times * page);
        }
        if field.name == "nodes" && field.definition.arguments.iter().any(|argument| argument.name == "ids") {
            let ids = self.count(field);
            if ids > PAGE {
                let message = format!("You may not provide more than 100 node ids; you provided {ids}.");
                return Err(("ARGUMENT_LIMIT", message));
            }
            self.nodes += ids;
            return self.set(&field.selection_set, times * ids);
        }
        self.set(&field.selection_set, times)
    }

    /// What a page of the connection holds at most. Who asks only for the count needs no bounds.
    fn page(&self, field: &Field) -> Result<u64, (&'static str, String)> {
        let name = &field.name;
        let bound = |argument| self.number(field, argument).map(|number| (argument, number));
        let Some((argument, asked)) = bound("first").or_else(|| bound("last")) else {
            if lists(&field.selection_set, self.document) {
                let message =
                    format!("You must provide a `first` or `last` value to properly paginate the `{name}` connection.");
                return Err(("MISSING_PAGINATION_BOUNDARIES", message));
            }
            return Ok(0);
        };
        match u64::try_from(asked) {
            Ok(asked) if asked <= PAGE => Ok(asked),
            Ok(asked) => Err((
                "EXCESSIVE_PAGINATION",
                format!(
                    "Requesting {asked} records on the `{name}` connection exceeds the `{argument}` limit of 100 records."
                ),
            )),
            Err(_) => {
                Err(("INVALID_ARGUMENT", format!("`{argument}` on the `{name}` connection cannot be less than zero.")))
            }
        }
    }

    fn number(&self, field: &Field, argument: &str) -> Option<i64> {
        match field.specified_argument_by_name(argument)?.as_ref() {
            Value::Int(number) => number.try_to_i32().ok().map(i64::from),
            Value::Variable(name) => self.variables.get(name.as_str()).and_then(JsonValue::as_i64),
            _ => None,
        }
    }

    fn count(&self, field: &Field) -> u64 {
        match field.specified_argument_by_name("ids").map(AsRef::as_ref) {
            Some(Value::List(ids)) => ids.len() as u64,
            Some(Value::Variable(name)) => {
                let ids = self.variables.get(name.as_str()).and_then(JsonValue::as_array);
                ids.map_or(1, |ids| ids.len() as u64)
            }
            _ => 1,
        }
    }
}

/// Whether the selection asks for more than counts.
fn lists(set: &SelectionSet, document: &ExecutableDocument) -> bool {
    set.selections.iter().any(|selection| match selection {
        Selection::Field(field) => matches!(field.name.as_str(), "nodes" | "edges" | "pageInfo"),
        Selection::InlineFragment(fragment) => lists(&fragment.selection_set, document),
        Selection::FragmentSpread(spread) => {
            spread.fragment_def(document).is_some_and(|fragment| lists(&fragment.selection_set, document))
        }
    })
}

/// `1010100` as `1,010,100`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
