//! One call of the Web API: the request, the waiting that Slack asks for, and what its errors mean.
//!
//! Requests are asynchronous inside, as the client is, and are waited for here: on the runtime of the thread that asks
//! (the pipeline reads sources on its blocking threads), or, where there is none, on a small one of our own. An own thread
//! would only add a queue between two that wait for each other.

use muster_model::CollectError;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};

/// A page of a thousand messages with all their blocks has some MB.
const MAX_ANSWER: usize = 64 << 20;
/// How often a call is repeated because Slack is busy; each waits as long as Slack says.
const MAX_WAITS: u32 = 30;
/// Slack asks for a minute at most.
const MAX_WAIT: u64 = 900;
/// How often a call is repeated that did not come through.
const MAX_FAILURES: u32 = 3;

/// What an answer says, of every method that is used.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Answer<'a> {
    pub ok: bool,
    pub error: Option<String>,
    /// The scope that the token lacks.
    pub needed: Option<String>,
    #[serde(borrow)]
    pub messages: Vec<&'a RawValue>,
    #[serde(borrow)]
    pub members: Vec<&'a RawValue>,
    #[serde(borrow)]
    pub channels: Vec<&'a RawValue>,
    pub team_id: Option<String>,
    pub url: Option<String>,
    response_metadata: Option<Metadata>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    next_cursor: Option<String>,
}

impl Answer<'_> {
    /// What the next page is asked for with.
    pub fn next(&self) -> Option<String> {
        let cursor = self.response_metadata.as_ref()?.next_cursor.as_ref()?;
        Some(cursor.clone()).filter(|cursor| !cursor.is_empty())
    }
}

/// Why a call gave nothing.
#[derive(Debug)]
pub(super) enum Refused {
    /// The source cannot be read on.
    All(CollectError),
    /// What was asked for is not to be had, the rest is: Slack's word for it, and what to do.
    This { error: String, hint: String },
}

/// A workspace's Web API.
pub(super) struct Client {
    source: String,
    root: String,
    token: String,
    http: reqwest::Client,
    /// Where the thread that asks has none.
    runtime: Option<Runtime>,
}

impl Client {
    /// # Errors
    /// No HTTP on this machine.
    pub fn new(source: &str, root: &str, token: &str) -> Result<Self, CollectError> {
        let http = reqwest::Client::builder()
            .user_agent(concat!("muster/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(30))
            .timeout(Duration::from_secs(120))
            .build();
        let http =
            http.map_err(|error| CollectError::new(format!("source {source}: {error}"), "is TLS set up here?"))?;
        let root = root.trim_end_matches('/').to_owned();
        Ok(Self { source: source.to_owned(), root, token: token.trim().to_owned(), http, runtime: None })
    }

    /// Calls a method and gives the bytes of an answer that is `ok`.
    ///
    /// # Errors
    /// See [`Refused`].
    pub fn call(&mut self, method: &str, form: &[(&str, String)]) -> Result<Vec<u8>, Refused> {
        if let Ok(handle) = Handle::try_current() {
            return handle.block_on(self.answered(method, form));
        }
        let runtime = match self.runtime.take() {
            Some(runtime) => runtime,
            None => Builder::new_current_thread().enable_all().build().map_err(|error| self.failed(method, &error))?,
        };
        let answer = runtime.block_on(self.answered(method, form));
        self.runtime = Some(runtime);
        answer
    }

    async fn answered(&self, method: &str, form: &[(&str, String)]) -> Result<Vec<u8>, Refused> {
        let (mut waits, mut failures) = (0, 0);
        loop {
            let wait = match self.once(method, form).await {
                Ok(Once::Answer(bytes)) => return self.judged(method, bytes),
                Ok(Once::Wait(seconds)) if waits < MAX_WAITS && seconds <= MAX_WAIT => {
                    waits += 1;
                    seconds
                }
                Ok(Once::Wait(seconds)) => {
                    let message = format!("Slack still asks to wait, now {seconds} s, after {waits} waits");
                    return Err(self.failed(method, &message));
                }
                Err(error) if failures >= MAX_FAILURES => return Err(self.failed(method, &error)),
                Err(_) => {
                    failures += 1;
                    1 << (failures - 1)
                }
            };
            tokio::time::sleep(Duration::from_secs(wait)).await;
        }
    }

    async fn once(&self, method: &str, form: &[(&str, String)]) -> Result<Once, String> {
        let body: Vec<String> = form.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let request = self
            .http
            .post(format!("{}/{method}", self.root))
            .bearer_auth(&self.token)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.join("&"));
        // The address is in the message already, and an error of the client's repeats it.
        let mut response = request.send().await.map_err(|error| told(&error.without_url()))?;
        let status = response.status();
        if status.as_u16() == 429 {
            let after =
                response.headers().get("retry-after").and_then(|after| after.to_str().ok()?.trim().parse().ok());
            return Ok(Once::Wait(after.unwrap_or(30)));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| told(&error.without_url()))? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MAX_ANSWER {
                return Err(format!("an answer of more than {MAX_ANSWER} bytes"));
            }
        }
        if status.is_server_error() { Err(format!("status {status}")) } else { Ok(Once::Answer(bytes)) }
    }

    fn judged(&self, method: &str, bytes: Vec<u8>) -> Result<Vec<u8>, Refused> {
        let answer = match serde_json::from_slice::<Answer<'_>>(&bytes) {
            Ok(answer) if answer.ok => None,
            Ok(answer) => Some((answer.error.unwrap_or_else(|| "no error named".to_owned()), answer.needed)),
            Err(error) => {
                let begins: String = String::from_utf8_lossy(&bytes).chars().take(60).collect();
                return Err(self.failed(method, &format!("the answer is not Slack's ({error}); it begins {begins:?}")));
            }
        };
        let Some((error, needed)) = answer else { return Ok(bytes) };
        let hint = match error.as_str() {
            "missing_scope" => format!(
                "give the app the scope {} and install it again",
                needed.unwrap_or_else(|| "that it lacks".to_owned())
            ),
            "not_in_channel" => "invite the app to the channel, or leave the channel out of `channels`".to_owned(),
            "channel_not_found" | "thread_not_found" => "it was deleted, or the app may not see it".to_owned(),
            _ => return Err(self.failed(method, &format!("Slack refuses: {error}{}", meaning(&error)))),
        };
        Err(Refused::This { error, hint })
    }

    fn failed(&self, method: &str, why: &dyn std::fmt::Display) -> Refused {
        let message = format!("source {}: {method} at {} failed: {why}", self.source, self.root);
        Refused::All(CollectError::new(message, "what was read before it is kept; mend this and run again"))
    }
}

enum Once {
    Answer(Vec<u8>),
    Wait(u64),
}

/// An error with what is behind it: the client's own words are "error sending request".
fn told(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    text
}

fn meaning(error: &str) -> &'static str {
    match error {
        "invalid_auth" | "not_authed" => " (the token is wrong: is the right environment variable set?)",
        "token_revoked" | "token_expired" | "account_inactive" => " (the token no longer holds: make a new one)",
        "not_allowed_token_type" => " (a user's or bot's token is needed, `xoxp-` or `xoxb-`)",
        _ => "",
    }
}

/// Percent-encoding of a form.
fn encoded(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}
