//! All politeness towards GitHub, in one place: whatever is asked goes through [`Client::ask`].
//!
//! | what comes | what is done |
//! | --- | --- |
//! | 401 | the end: a token that GitHub refuses is never an empty result. An App's token is renewed once |
//! | 403 or 429 with nothing left | the token rests until its limit is renewed; others go on |
//! | 403 or 429 with `Retry-After` or "secondary rate limit" | the token rests so long; at least a minute, doubled each time, where GitHub does not say |
//! | 404, 410, 451, other 403 | reported of the repository; the others go on |
//! | 5xx, a time-out, no connection, half a body, HTML, "Something went wrong" | asked again with exponential back-off and jitter; a GraphQL page is halved from the second time on, as GitHub gives up on large ones |
//!
//! After so many tries the request is given up and reported; after three such in a row GitHub counts as gone.

use super::app::{App, Granted, renewal};
use super::limits::{Limits, Resource, until_reset};
use super::outbox::Outbox;
use super::transport::{Raw, Request, Transport};
use super::verdict::{Answer, Page, Trouble, read_graphql, read_rest, trouble_of};
use super::{Config, Credentials, Manners};
use muster_model::CollectError;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::Instant;

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// No use in asking for anything.
    Fatal(CollectError),
    /// `max_requests` is reached.
    Budget,
    /// Nobody takes the batches any more.
    Unwanted,
    /// GitHub refuses this repository or object.
    Refused { status: u16, message: String },
    /// No answer that could be read, however often it was asked.
    GaveUp(String),
}

/// So many waits for limits, and a request is given up: a server that never lets it through is not waited for for ever.
const LIMITED: u32 = 30;
/// So many requests given up one after the other, and GitHub is gone.
const GONE: u32 = 3;
const LONGEST: Duration = Duration::from_secs(60);
/// A wait longer than this is told, and what was read is handed over first.
const WORTH_TELLING: Duration = Duration::from_secs(2);
/// GitHub gives up on large GraphQL pages; smaller than this they are not made.
const SMALLEST_PAGE: u64 = 3;

/// Asks GitHub.
pub(super) struct Client {
    transport: Transport,
    tokens: Tokens,
    limits: Limits,
    gate: Semaphore,
    max_requests: Option<u64>,
    sent: AtomicU64,
    given_up: AtomicU32,
    manners: Manners,
    outbox: Arc<Outbox>,
}

enum Tokens {
    Personal(Vec<String>),
    Installation { app: Box<App>, held: Mutex<Option<(String, Option<Instant>)>> },
}

impl Client {
    pub fn new(config: &Config, manners: Manners, outbox: Arc<Outbox>) -> Result<Self, CollectError> {
        let tokens = match &config.credentials {
            Credentials::App { app, installation, key } => {
                let app = Box::new(App::new(*app, *installation, key)?);
                Tokens::Installation { app, held: Mutex::new(None) }
            }
            Credentials::Tokens(tokens) => Tokens::Personal(tokens.clone()),
            Credentials::None => Tokens::Personal(Vec::new()),
        };
        let number = if let Tokens::Personal(tokens) = &tokens { tokens.len() } else { 1 };
        if number == 0 {
            return Err(CollectError::new(
                format!("source {}: no token for GitHub", config.name),
                "GitHub's GraphQL answers nobody anonymous; make a token with `public_repo` read access and name it in the \
                 pipeline file",
            ));
        }
        Ok(Self {
            transport: Transport::new(&config.url, manners.timeout)?,
            tokens,
            limits: Limits::new(number),
            gate: Semaphore::new(config.concurrency.max(1) as usize),
            max_requests: config.max_requests,
            sent: AtomicU64::new(0),
            given_up: AtomicU32::new(0),
            manners,
            outbox,
        })
    }

    /// A query of GraphQL's.
    pub async fn graphql<T: DeserializeOwned>(
        &self,
        query: &'static str,
        variables: Value,
    ) -> Result<Answer<T>, Failure> {
        self.ask(Request::Graphql { query, variables }, read_graphql).await
    }

    /// A list of REST's; no data if it is still what `etag` stands for.
    pub async fn rest<T: DeserializeOwned>(&self, path: String, etag: Option<String>) -> Result<Page<T>, Failure> {
        self.ask(Request::Rest { path, etag }, read_rest).await
    }

    /// How many requests this run has sent.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// What is left of GraphQL's quota, and of how much.
    pub fn quota(&self) -> Option<(u64, u64)> {
        self.limits.left(Resource::Graphql)
    }

    async fn ask<T>(&self, mut request: Request, read: impl Fn(&Raw) -> Result<T, Trouble>) -> Result<T, Failure> {
        let resource = request.resource();
        let _place = self.gate.acquire().await.map_err(|_| Failure::Unwanted)?;
        let (mut tries, mut limited, mut refused) = (0, 0, 0);
        loop {
            let (number, token) = self.token(resource).await?;
            let trouble = match self.send(&token, &request).await? {
                Err(reason) => Trouble::Passing(reason),
                Ok(raw) => {
                    self.limits.note(number, resource, raw.stated());
                    let answer = match trouble_of(&raw) {
                        Some(trouble) => Err(trouble),
                        None => read(&raw),
                    };
                    match answer {
                        Ok(answer) => {
                            self.given_up.store(0, Ordering::Relaxed);
                            return Ok(answer);
                        }
                        Err(trouble) => {
                            if let Trouble::Limit | Trouble::SecondaryLimit = trouble {
                                self.limits.block(number, rest_for(&trouble, resource), limit(&trouble, &raw, limited));
                            }
                            trouble
                        }
                    }
                }
            };
            match trouble {
                Trouble::Limit | Trouble::SecondaryLimit if limited < LIMITED => limited += 1,
                Trouble::Limit | Trouble::SecondaryLimit => {
                    return Err(self.give_up("its limits never let the request through".to_owned()));
                }
                Trouble::Unknown(message) => {
                    refused += 1;
                    self.refused(number, &message, refused).await?;
                }
                Trouble::Refused { status, message } => return Err(Failure::Refused { status, message }),
                Trouble::Passing(reason) => {
                    tries += 1;
                    if tries >= self.manners.tries {
                        return Err(self.give_up(format!("{reason} ({tries} tries)")));
                    }
                    if tries > 1 {
                        halve(&mut request);
                    }
                    self.pause(back_off(self.manners.first_wait, tries), "GitHub does not answer").await?;
                }
            }
        }
    }

    /// Sends one request, if `max_requests` allows it.
    async fn send(&self, token: &str, request: &Request) -> Result<Result<Raw, String>, Failure> {
        let count = self.sent.fetch_add(1, Ordering::Relaxed);
        if self.max_requests.is_some_and(|most| count >= most) {
            self.sent.fetch_sub(1, Ordering::Relaxed);
            return Err(Failure::Budget);
        }
        let timeout = self.manners.timeout;
        let answer = tokio::time::timeout(timeout, self.transport.send(token, request)).await;
        Ok(answer.unwrap_or_else(|_| Err(format!("no answer within {} s", timeout.as_secs_f32()))))
    }

    /// The token whose turn it is, when it may ask.
    async fn token(&self, resource: Resource) -> Result<(usize, String), Failure> {
        loop {
            match self.limits.choose(resource) {
                Ok(number) => {
                    let token = match &self.tokens {
                        Tokens::Personal(tokens) => tokens[number].clone(),
                        Tokens::Installation { app, held } => self.installation_token(app, held).await?,
                    };
                    return Ok((number, token));
                }
                Err(wait) => self.pause(wait, "GitHub's limit is reached").await?,
            }
        }
    }

    async fn installation_token(
        &self,
        app: &App,
        held: &Mutex<Option<(String, Option<Instant>)>>,
    ) -> Result<String, Failure> {
        let mut held = held.lock().await;
        if let Some((token, end)) = &*held
            && end.is_none_or(|end| Instant::now() < end)
        {
            return Ok(token.clone());
        }
        let request = Request::Token { path: app.path() };
        let mut tries = 0;
        loop {
            let introduction = app.introduction().map_err(Failure::Fatal)?;
            let trouble = match self.send(&introduction, &request).await? {
                Ok(raw) if raw.status == 201 || raw.status == 200 => match serde_json::from_slice::<Granted>(&raw.body)
                {
                    Ok(granted) => {
                        *held = Some((granted.token.clone(), renewal(&granted, raw.date())));
                        return Ok(granted.token);
                    }
                    Err(error) => error.to_string(),
                },
                Ok(raw) => match trouble_of(&raw) {
                    Some(Trouble::Refused { status, message }) => {
                        return Err(Failure::Fatal(app_refused(&format!("{status} {message}"))));
                    }
                    Some(Trouble::Unknown(message)) => return Err(Failure::Fatal(app_refused(&message))),
                    _ => format!("status {}", raw.status),
                },
                Err(reason) => reason,
            };
            tries += 1;
            if tries >= self.manners.tries {
                return Err(self.give_up(trouble));
            }
            self.pause(back_off(self.manners.first_wait, tries), "GitHub does not answer").await?;
        }
    }

    /// GitHub does not know the token. That of an installation may have ended early, once.
    async fn refused(&self, number: usize, message: &str, times: u32) -> Result<(), Failure> {
        match &self.tokens {
            Tokens::Installation { held, .. } if times == 1 => {
                *held.lock().await = None;
                Ok(())
            }
            Tokens::Installation { .. } => Err(Failure::Fatal(app_refused(message))),
            Tokens::Personal(tokens) => {
                let which = if tokens.len() == 1 { String::new() } else { format!(" number {}", number + 1) };
                Err(Failure::Fatal(CollectError::new(
                    format!("GitHub refused the token{which} ({message})"),
                    "make a token with `public_repo` read access and give it under the name that the pipeline file has for it",
                )))
            }
        }
    }

    fn give_up(&self, reason: String) -> Failure {
        if self.given_up.fetch_add(1, Ordering::Relaxed) + 1 < GONE {
            return Failure::GaveUp(reason);
        }
        Failure::Fatal(CollectError::new(
            format!("GitHub does not answer: {reason}"),
            "what was read is kept; look at https://www.githubstatus.com and the connection, and run again",
        ))
    }

    /// Waits. Before a long wait, what was read is handed over, so that it is safe.
    async fn pause(&self, wait: Duration, why: &str) -> Result<(), Failure> {
        if wait > WORTH_TELLING {
            self.outbox.hand_over(format!("{why}; waiting {} s", wait.as_secs())).await?;
        }
        tokio::time::sleep(wait).await;
        Ok(())
    }
}

fn app_refused(message: &str) -> CollectError {
    CollectError::new(
        format!("GitHub refused the App ({message})"),
        "check the App's number, the installation's number and the private key in the pipeline file",
    )
}

/// A secondary limit holds for all that a token asks.
fn rest_for(trouble: &Trouble, resource: Resource) -> Option<Resource> {
    matches!(trouble, Trouble::Limit).then_some(resource)
}

fn limit(trouble: &Trouble, raw: &Raw, before: u32) -> Duration {
    match (raw.retry_after(), trouble) {
        (Some(wait), _) => wait,
        (None, Trouble::Limit) => until_reset(raw.stated()),
        (None, _) => LONGEST * 2u32.saturating_pow(before.min(5)),
    }
}

/// Exponential, and between half and one and a half times that, so that many do not ask again at once.
fn back_off(first: Duration, tries: u32) -> Duration {
    let wait = first.saturating_mul(2u32.saturating_pow(tries - 1)).min(LONGEST);
    let random = std::hash::RandomState::new().build_hasher().finish() % 1000;
    wait.mul_f64(0.5 + random as f64 / 1000.0)
}

fn halve(request: &mut Request) {
    let Request::Graphql { variables, .. } = request else { return };
    if let Some(first) = variables.get_mut("first")
        && let Some(number) = first.as_u64()
        && number > SMALLEST_PAGE
    {
        *first = Value::from((number / 2).max(SMALLEST_PAGE));
    }
}
