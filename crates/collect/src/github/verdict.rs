//! What an answer of GitHub's is: data, a refusal, a limit, or something that passes.

use super::transport::Raw;
use muster_model::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// Why an answer is of no use.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The token has nothing left.
    Limit,
    /// Too much at once.
    SecondaryLimit,
    /// GitHub does not know the token.
    Unknown(String),
    /// Not this repository, or not this object.
    Refused { status: u16, message: String },
    /// Asked again it may be there.
    Passing(String),
}

/// GraphQL's data.
#[derive(Debug)]
pub(super) struct Answer<T> {
    pub data: T,
    /// When GitHub answered.
    pub date: Option<Timestamp>,
    /// What GitHub left out of the data, and why.
    pub left_out: Vec<String>,
}

/// A page of REST's.
#[derive(Debug)]
pub(super) struct Page<T> {
    /// None: it is still what the ETag stands for.
    pub data: Option<T>,
    pub etag: Option<String>,
    /// The number of the last page, if there is more than one.
    pub last_page: Option<u64>,
    pub date: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    #[serde(default)]
    errors: Vec<GraphqlError>,
    /// REST's errors, and some of the limits, have the text here.
    #[serde(default)]
    message: Option<String>,
}

#[derive(Deserialize)]
struct GraphqlError {
    #[serde(rename = "type", default)]
    kind: Option<String>,
    #[serde(default)]
    message: String,
    #[serde(default)]
    extensions: Option<Extensions>,
}

#[derive(Deserialize)]
struct Extensions {
    #[serde(default)]
    code: Option<String>,
}

/// What the status and the headers say, whatever was asked.
pub(super) fn trouble_of(raw: &Raw) -> Option<Trouble> {
    let message = || {
        let text = serde_json::from_slice::<Envelope>(&raw.body).ok().and_then(|body| body.message);
        text.unwrap_or_else(|| "no message".to_owned())
    };
    match raw.status {
        200 | 304 => None,
        401 => Some(Trouble::Unknown(format!("401 {}", message()))),
        403 | 429 => Some(limit_of(raw, &message())),
        status @ (408 | 500..) => Some(Trouble::Passing(format!("status {status}"))),
        status => Some(Trouble::Refused { status, message: message() }),
    }
}

fn limit_of(raw: &Raw, message: &str) -> Trouble {
    let text = message.to_lowercase();
    if text.contains("secondary rate limit") || text.contains("abuse detection") {
        Trouble::SecondaryLimit
    } else if raw.stated().left == Some(0) {
        Trouble::Limit
    } else if raw.retry_after().is_some() || raw.status == 429 {
        Trouble::SecondaryLimit
    } else if text.contains("rate limit exceeded") {
        Trouble::Limit
    } else {
        Trouble::Refused { status: raw.status, message: message.to_owned() }
    }
}

/// The data of a GraphQL answer. Data beside errors is taken where it is whole as far as it is needed.
pub(super) fn read_graphql<T: DeserializeOwned>(raw: &Raw) -> Result<Answer<T>, Trouble> {
    let body: Envelope = serde_json::from_slice(&raw.body).map_err(|error| not_json(raw, &error))?;
    let trouble = body.errors.iter().map(trouble_in).reduce(worse);
    if let Some(trouble @ (Trouble::Limit | Trouble::SecondaryLimit | Trouble::Passing(_))) = trouble {
        return Err(trouble);
    }
    let data = body.data.map_or("null", RawValue::get);
    match serde_json::from_str(data) {
        Ok(data) => {
            let left_out = body.errors.into_iter().map(|error| error.message).collect();
            Ok(Answer { data, date: raw.date(), left_out })
        }
        Err(error) => {
            Err(trouble.unwrap_or_else(|| Trouble::Passing(format!("an answer without what was asked for: {error}"))))
        }
    }
}

fn trouble_in(error: &GraphqlError) -> Trouble {
    let message = error.message.clone();
    let text = message.to_lowercase();
    match error.kind.as_deref() {
        _ if text.contains("secondary rate limit") => Trouble::SecondaryLimit,
        Some("RATE_LIMITED" | "RATE_LIMIT") => Trouble::Limit,
        Some("MAX_NODE_LIMIT_EXCEEDED" | "RESOURCE_LIMITS_EXCEEDED" | "INTERNAL" | "SERVICE_UNAVAILABLE") => {
            Trouble::Passing(message)
        }
        Some("NOT_FOUND") => Trouble::Refused { status: 404, message },
        Some("FORBIDDEN" | "INSUFFICIENT_SCOPES") => Trouble::Refused { status: 403, message },
        Some(_) => Trouble::Refused { status: 400, message },
        // A field that this server does not know will not be there the next time.
        None if error.extensions.as_ref().is_some_and(|extensions| extensions.code.is_some()) => {
            Trouble::Refused { status: 400, message }
        }
        None => Trouble::Passing(message),
    }
}

/// Of several errors the one that decides: a limit, then what passes, then a refusal.
fn worse(one: Trouble, other: Trouble) -> Trouble {
    let rank = |trouble: &Trouble| match trouble {
        Trouble::Limit | Trouble::SecondaryLimit => 0,
        Trouble::Unknown(_) => 1,
        Trouble::Passing(_) => 2,
        Trouble::Refused { .. } => 3,
    };
    if rank(&other) < rank(&one) { other } else { one }
}

pub(super) fn read_rest<T: DeserializeOwned>(raw: &Raw) -> Result<Page<T>, Trouble> {
    let data = match raw.status {
        304 => None,
        _ => Some(serde_json::from_slice(&raw.body).map_err(|error| not_json(raw, &error))?),
    };
    Ok(Page { data, etag: raw.etag(), last_page: raw.last_page(), date: raw.date() })
}

fn not_json(raw: &Raw, error: &serde_json::Error) -> Trouble {
    Trouble::Passing(match raw.body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => "an empty answer".to_owned(),
        Some(b'<') => "a page of HTML".to_owned(),
        Some(_) => format!("half an answer, or none of GitHub's: {error}"),
    })
}
