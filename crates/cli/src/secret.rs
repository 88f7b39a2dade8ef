//! Tokens and keys, from the environment or from files. They are never printed.

use muster_collect::github;
use muster_model::CollectError;
use muster_pipeline::Credentials;
use std::path::Path;

/// The value of an environment variable; `what` says what it should hold.
pub fn variable(name: &str, what: &str) -> Result<String, CollectError> {
    set(name).ok_or_else(|| {
        CollectError::new(format!("the environment variable {name} is not set"), format!("set it to {what}"))
    })
}

#[allow(clippy::disallowed_methods, reason = "secrets come from the environment, and this crate alone reads it")]
fn set(name: &str) -> Option<String> {
    std::env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// What GitHub is asked with. Of several variables those that are set are used.
pub fn github(credentials: &Credentials) -> Result<github::Credentials, CollectError> {
    match credentials {
        Credentials::Environment(names) => {
            let tokens: Vec<String> = names.iter().filter_map(|name| set(name)).collect();
            if tokens.is_empty() {
                let names: Vec<String> = names.iter().map(|name| format!("${name}")).collect();
                return Err(CollectError::new(
                    format!("there is no token in {}", names.join(", ")),
                    "make a token with read access to public repositories and set the variable; nothing was collected",
                ));
            }
            Ok(github::Credentials::Tokens(tokens))
        }
        Credentials::File(path) => {
            let text = file(path)?;
            let tokens: Vec<String> = text
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty() && !line.starts_with('#'))
                .map(str::to_owned)
                .collect();
            if tokens.is_empty() {
                return Err(CollectError::new(format!("{} holds no token", path.display()), "write one a line"));
            }
            Ok(github::Credentials::Tokens(tokens))
        }
        Credentials::App { app, installation, key } => {
            Ok(github::Credentials::App { app: *app, installation: *installation, key: file(key)? })
        }
    }
}

/// What a file holds that the pipeline file names.
pub fn file(path: &Path) -> Result<String, CollectError> {
    std::fs::read_to_string(path).map_err(|error| {
        CollectError::new(
            format!("{} cannot be read: {error}", path.display()),
            "the pipeline file names it; make it readable",
        )
    })
}
