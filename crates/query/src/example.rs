//! `queries/examples/*.sql`: questions that a maintainer asks. Each is run over the demo in a test, with an answer that was
//! counted by hand.

use crate::QueryError;
use crate::definition::{SHIPPED, files_of, front_matter, split};
use serde::Deserialize;

/// A question, what its answer means, and the SELECT that gives it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The file's stem.
    #[serde(skip)]
    pub name: String,
    /// As a maintainer would ask it.
    pub question: String,
    /// What a row is, and what to mind when reading it.
    pub answer: String,
    /// The SELECT.
    #[serde(skip)]
    pub sql: String,
}

/// The examples that the program carries, by name.
///
/// # Errors
/// A file whose front matter is wrong, which the tests do not let through.
pub fn examples() -> Result<Vec<Example>, QueryError> {
    let mut examples = Vec::new();
    for file in files_of(&SHIPPED) {
        let path = file.path().to_string_lossy().replace('\\', "/");
        let Some(name) = path.strip_prefix("examples/").and_then(|name| name.strip_suffix(".sql")) else { continue };
        let named = format!("queries/{path}");
        let parts = split(&named, file.contents_utf8().unwrap_or_default())?;
        let mut example: Example = front_matter(&named, &parts.front)?;
        name.clone_into(&mut example.name);
        parts.sql.clone_into(&mut example.sql);
        examples.push(example);
    }
    examples.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(examples)
}
