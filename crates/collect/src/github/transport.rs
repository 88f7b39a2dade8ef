//! One request to GitHub over octocrab, and its whole answer. No patience here: that is [`super::client`]'s.

use super::limits::{Resource, Stated};
use flate2::read::GzDecoder;
use http_body_util::{BodyExt, Limited};
use muster_model::{CollectError, Timestamp};
use octocrab::Octocrab;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH, LINK};
use serde_json::{Value, json};
use std::io::Read;
use std::time::Duration;

/// A larger answer is not taken: a page with so many long texts is asked for again in halves.
const LARGEST: usize = 32 << 20;

/// What is asked.
#[derive(Debug, Clone)]
pub(super) enum Request {
    Graphql {
        query: &'static str,
        variables: Value,
    },
    Rest {
        path: String,
        etag: Option<String>,
    },
    /// An App asks for the token of an installation.
    Token {
        path: String,
    },
}

impl Request {
    pub fn resource(&self) -> Resource {
        match self {
            Self::Graphql { .. } => Resource::Graphql,
            Self::Rest { .. } | Self::Token { .. } => Resource::Rest,
        }
    }
}

/// What came back.
#[derive(Debug)]
pub(super) struct Raw {
    pub status: u16,
    headers: HeaderMap,
    pub body: Vec<u8>,
}

/// The way to GitHub.
pub(super) struct Transport {
    octocrab: Octocrab,
    rest: String,
    graphql: String,
}

impl Transport {
    /// To be called in a runtime: octocrab starts a task.
    pub fn new(url: &str, timeout: Duration) -> Result<Self, CollectError> {
        let wrong = |error: &dyn std::fmt::Display| {
            CollectError::new(
                format!("{url:?} is no address of a GitHub API: {error}"),
                "write https://api.github.com, or https://github.example.org/api/v3 for a GitHub Enterprise server",
            )
        };
        let parsed = reqwest::Url::parse(url).map_err(|error| wrong(&error))?;
        let rest = parsed.path().trim_end_matches('/').to_owned();
        // A GitHub Enterprise server has REST at /api/v3 and GraphQL at /api/graphql.
        let graphql = format!("{}/graphql", rest.strip_suffix("/v3").unwrap_or(&rest));
        let octocrab = Octocrab::builder()
            .base_uri(parsed.origin().ascii_serialization())
            .map_err(|error| wrong(&root(&error)))?
            .set_connect_timeout(Some(timeout))
            .add_header(ACCEPT_ENCODING, "gzip".to_owned())
            .build()
            .map_err(|error| wrong(&root(&error)))?;
        Ok(Self { octocrab, rest, graphql })
    }

    /// # Errors
    /// Why no whole answer came: no connection, a name that is not known, a body that breaks off.
    pub async fn send(&self, token: &str, request: &Request) -> Result<Raw, String> {
        let octocrab = self.octocrab.user_access_token(token.to_owned()).map_err(|error| root(&error))?;
        let sent = match request {
            Request::Graphql { query, variables } => {
                let body = json!({ "query": query, "variables": variables });
                octocrab._post(self.graphql.as_str(), Some(&body)).await
            }
            Request::Rest { path, etag } => {
                let mut headers = HeaderMap::new();
                if let Some(etag) = etag.as_ref().and_then(|etag| HeaderValue::from_str(etag).ok()) {
                    headers.insert(IF_NONE_MATCH, etag);
                }
                octocrab._get_with_headers(format!("{}{path}", self.rest), Some(headers)).await
            }
            Request::Token { path } => octocrab._post(format!("{}{path}", self.rest), Some(&json!({}))).await,
        };
        let (parts, body) = sent.map_err(|error| root(&error))?.into_parts();
        let body = Limited::new(body, LARGEST).collect().await.map_err(|error| root(&*error))?.to_bytes();
        let body = match parts.headers.get(CONTENT_ENCODING) {
            Some(encoding) if encoding.as_bytes() == b"gzip" => unzipped(&body)?,
            _ => body.to_vec(),
        };
        Ok(Raw { status: parts.status.as_u16(), headers: parts.headers, body })
    }
}

fn unzipped(body: &[u8]) -> Result<Vec<u8>, String> {
    let mut whole = Vec::new();
    let mut reader = GzDecoder::new(body).take(LARGEST as u64);
    reader.read_to_end(&mut whole).map_err(|error| format!("a broken gzip body: {error}"))?;
    Ok(whole)
}

/// What is at the bottom of an error: octocrab's own texts carry backtraces.
fn root(error: &(dyn std::error::Error + 'static)) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string().lines().next().unwrap_or_default().to_owned()
}

impl Raw {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.header(name)?.trim().parse().ok()
    }

    pub fn etag(&self) -> Option<String> {
        self.header(ETAG.as_str()).map(str::to_owned)
    }

    /// The number of the last page, from `Link`; none if this is the only one.
    pub fn last_page(&self) -> Option<u64> {
        let link = self.header(LINK.as_str())?;
        let last = link.split(',').find(|part| part.contains("rel=\"last\""))?;
        let address = last.split(['<', '>']).nth(1)?;
        let query = address.split_once('?')?.1;
        query.split('&').find_map(|pair| pair.strip_prefix("page=")).and_then(|page| page.parse().ok())
    }

    pub fn date(&self) -> Option<Timestamp> {
        let date = jiff::fmt::rfc2822::parse(self.header("date")?).ok()?;
        Some(date.timestamp())
    }

    pub fn retry_after(&self) -> Option<Duration> {
        self.number("retry-after").map(Duration::from_secs)
    }

    pub fn stated(&self) -> Stated {
        Stated {
            limit: self.number("x-ratelimit-limit"),
            left: self.number("x-ratelimit-remaining"),
            reset: self.number("x-ratelimit-reset"),
            date: self.date(),
        }
    }
}
