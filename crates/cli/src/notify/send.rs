//! How a message is sent: to a program's standard input, or by POST.

use super::message::Message;
use crate::secret;
use hmac::{Hmac, KeyInit, Mac};
use muster_pipeline::{Notify, Pipeline, Target, Url};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// So much of what a program or server answers is repeated.
const ANSWER: usize = 200;

/// Sends it, trying again after pauses that double. How often it was tried, and what hindered it at last.
pub async fn send(pipeline: &Pipeline, notify: &Notify, message: &Message) -> (u32, Result<(), String>) {
    let body = serde_json::to_vec(message).unwrap_or_default();
    let mut pause = Duration::from_secs(1);
    let mut attempt = 0;
    loop {
        attempt += 1;
        let sent = tokio::time::timeout(notify.timeout, once(pipeline, &notify.target, message, &body)).await;
        let sent = sent.unwrap_or_else(|_| Err(format!("no answer in {} s", notify.timeout.as_secs())));
        match sent {
            Err(why) if u64::from(attempt) < notify.tries => {
                tracing::debug!(about = message.about, attempt, error = why, "not notified yet");
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            sent => return (attempt, sent),
        }
    }
}

async fn once(pipeline: &Pipeline, target: &Target, message: &Message, body: &[u8]) -> Result<(), String> {
    match target {
        Target::Command(words) => {
            let folder = pipeline.file.parent().filter(|folder| !folder.as_os_str().is_empty());
            command(words, folder.unwrap_or(Path::new(".")), message, body).await
        }
        Target::Http { url, headers_env, secret_env } => {
            let url = match url {
                Url::Written(url) => url.clone(),
                Url::Variable(name) => variable(name)?,
            };
            post(&url, headers(headers_env, secret_env.as_deref(), body)?, body).await
        }
    }
}

/// Runs the program; it is killed when the time is over.
async fn command(words: &[String], folder: &Path, message: &Message, body: &[u8]) -> Result<(), String> {
    let Some((program, arguments)) = words.split_first() else { return Err("no command".to_owned()) };
    // A path is one in the pipeline's folder; a bare name is looked for where programs are.
    let program = if program.contains('/') { folder.join(program).into_os_string() } else { program.into() };
    let program = std::fs::canonicalize(&program).map_or(program, |path| path.into_os_string());
    let mut child = tokio::process::Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("MUSTER_ABOUT", message.about)
        .env("MUSTER_PROJECT", &message.project)
        .env("MUSTER_PIPELINE", &message.pipeline)
        .env("MUSTER_RUN", &message.run)
        .env("MUSTER_OUTCOME", message.outcome)
        .env("MUSTER_TEXT", &message.text)
        .env("MUSTER_REPORT", &message.report)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("it cannot be started: {error}"))?;
    if let Some(mut input) = child.stdin.take() {
        // A program may care for the variables only, and not read.
        let _ = input.write_all(body).await;
    }
    let mut said = Vec::new();
    if let Some(errors) = child.stderr.take() {
        // One that is read no further must not block for ever: its end is waited for below.
        let _ = errors.take(64 << 10).read_to_end(&mut said).await;
    }
    let status = child.wait().await.map_err(|error| error.to_string())?;
    if status.success() { Ok(()) } else { Err(format!("{status}{}", excerpt(&String::from_utf8_lossy(&said)))) }
}

async fn post(url: &str, headers: HeaderMap, body: &[u8]) -> Result<(), String> {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("muster/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(innermost)?;
    let answer = client.post(url).headers(headers).body(body.to_vec()).send().await.map_err(innermost)?;
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    Err(format!("status {}{}", status.as_u16(), excerpt(&answer.text().await.unwrap_or_default())))
}

/// What happened, without the address: it may be a secret.
fn innermost(error: reqwest::Error) -> String {
    let error = error.without_url();
    let last = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source()).last();
    last.map_or_else(String::new, ToString::to_string)
}

fn headers(from: &BTreeMap<String, String>, secret: Option<&str>, body: &[u8]) -> Result<HeaderMap, String> {
    let mut headers =
        HeaderMap::from_iter([(reqwest::header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    for (name, variable_name) in from {
        let header = HeaderName::try_from(name.as_str()).map_err(|_| format!("{name:?} is no name of a header"))?;
        let value = HeaderValue::try_from(variable(variable_name)?)
            .map_err(|_| format!("what {variable_name} holds cannot be a header"))?;
        headers.insert(header, value);
    }
    if let Some(name) = secret {
        let mut mac = Hmac::<Sha256>::new_from_slice(variable(name)?.as_bytes()).map_err(|error| error.to_string())?;
        mac.update(body);
        let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let value = HeaderValue::try_from(format!("sha256={hex}")).map_err(|error| error.to_string())?;
        headers.insert("x-muster-signature-256", value);
    }
    Ok(headers)
}

fn variable(name: &str) -> Result<String, String> {
    secret::variable(name, "what [[notify]] needs").map_err(|error| error.to_string())
}

fn excerpt(said: &str) -> String {
    let said: String = said.trim().chars().take(ANSWER).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if said.is_empty() { said } else { format!(": {said}") }
}
