//! One request to GitHub, and its whole answer. No patience here: that is [`super::client`]'s.
//!
//! With reqwest, which is here for others too, and not with octocrab: its types reject real answers, and of the rest only
//! one request was of use, at 40 s of every newcomer's first build.

use super::limits::{Resource, Stated};
use flate2::read::GzDecoder;
use muster_model::{CollectError, Timestamp};
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH, LINK};
use reqwest::redirect::Policy;
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
    http: reqwest::Client,
    /// Where REST's paths begin.
    rest: String,
    graphql: String,
}

impl Transport {
    pub fn new(url: &str, timeout: Duration) -> Result<Self, CollectError> {
        let wrong = |error: &dyn std::fmt::Display| {
            CollectError::new(
                format!("{url:?} is no address of a GitHub API: {error}"),
                "write https://api.github.com, or https://github.example.org/api/v3 for a GitHub Enterprise server",
            )
        };
        let parsed = reqwest::Url::parse(url).map_err(|error| wrong(&error))?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(wrong(&format_args!("{:?} is not https", parsed.scheme())));
        }
        let rest = format!("{}{}", parsed.origin().ascii_serialization(), parsed.path().trim_end_matches('/'));
        // A GitHub Enterprise server has REST at /api/v3 and GraphQL at /api/graphql.
        let graphql = format!("{}/graphql", rest.strip_suffix("/v3").unwrap_or(&rest));
        let headers = [
            (ACCEPT, HeaderValue::from_static("application/vnd.github+json")),
            (ACCEPT_ENCODING, HeaderValue::from_static("gzip")),
        ];
        let http = reqwest::Client::builder()
            .user_agent(concat!("muster/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers.into_iter().collect())
            // What moved is asked for under its new name by whoever knows what it is.
            .redirect(Policy::none())
            .connect_timeout(timeout)
            .build()
            .map_err(|error| CollectError::new(root(&error), "is TLS set up here?"))?;
        Ok(Self { http, rest, graphql })
    }

    /// # Errors
    /// Why no whole answer came: no connection, a name that is not known, a body that breaks off.
    pub async fn send(&self, token: &str, request: &Request) -> Result<Raw, String> {
        let asked = match request {
            Request::Graphql { query, variables } => {
                self.http.post(&self.graphql).json(&json!({ "query": query, "variables": variables }))
            }
            Request::Rest { path, etag } => {
                let asked = self.http.get(format!("{}{path}", self.rest));
                match etag.as_ref().and_then(|etag| HeaderValue::from_str(etag).ok()) {
                    Some(etag) => asked.header(IF_NONE_MATCH, etag),
                    None => asked,
                }
            }
            Request::Token { path } => self.http.post(format!("{}{path}", self.rest)).json(&json!({})),
        };
        let mut answer = asked.bearer_auth(token).send().await.map_err(|error| root(&error))?;
        let (status, headers) = (answer.status().as_u16(), std::mem::take(answer.headers_mut()));
        let body = whole(answer).await?;
        let body = match headers.get(CONTENT_ENCODING) {
            Some(encoding) if encoding.as_bytes() == b"gzip" => unzipped(&body)?,
            _ => body,
        };
        Ok(Raw { status, headers, body })
    }
}

async fn whole(mut answer: reqwest::Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| root(&error))? {
        if body.len() + chunk.len() > LARGEST {
            return Err(format!("an answer of more than {} MiB", LARGEST >> 20));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn unzipped(body: &[u8]) -> Result<Vec<u8>, String> {
    let mut whole = Vec::new();
    let mut reader = GzDecoder::new(body).take(LARGEST as u64);
    reader.read_to_end(&mut whole).map_err(|error| format!("a broken gzip body: {error}"))?;
    Ok(whole)
}

/// What is at the bottom of an error: the client's own words are "error sending request".
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
