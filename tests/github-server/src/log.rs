//! What was asked: tests count requests by it.

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST`.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query as sent.
    pub query: String,
    /// The GraphQL document.
    pub document: Option<String>,
    /// The GraphQL variables, as JSON.
    pub variables: Option<String>,
    /// The status answered; zero where the connection ended without one.
    pub status: u16,
    /// The place of the token in [`crate::Options::tokens`]; installation tokens come behind those.
    pub token: Option<usize>,
    /// It had `If-None-Match`, and the answer was 304.
    pub unchanged: bool,
    /// What it cost in points.
    pub cost: u64,
    /// What befell it.
    pub fault: Option<crate::Fault>,
}

impl Request {
    /// All that makes it the request it is: two with the same text are a repetition.
    #[must_use]
    pub fn text(&self) -> String {
        text(
            &self.method,
            &self.path,
            &self.query,
            self.document.as_deref().unwrap_or_default(),
            self.variables.as_deref().unwrap_or_default(),
        )
    }
}

pub(crate) fn text(method: &str, path: &str, query: &str, document: &str, variables: &str) -> String {
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{method} {path}{mark}{query} {document} {variables}").trim_end().to_owned()
}
