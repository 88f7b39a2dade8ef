//! A GitHub App's installation: its token lasts an hour and is renewed before it ends.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
use muster_model::{CollectError, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::time::Instant;

/// Renewed so long before its end.
const BEFORE: Duration = Duration::from_secs(300);

/// What an App says of itself: <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app>.
#[derive(Serialize)]
struct Claims {
    iss: u64,
    /// Seconds since 1970, like `exp`.
    iat: u64,
    exp: u64,
}

/// An installation of an App.
pub(super) struct App {
    number: u64,
    pub installation: u64,
    key: EncodingKey,
}

/// The token that GitHub gives an installation.
#[derive(Deserialize)]
pub(super) struct Granted {
    pub token: String,
    pub expires_at: Option<Timestamp>,
}

impl App {
    pub fn new(number: u64, installation: u64, pem: &str) -> Result<Self, CollectError> {
        let key = EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(|error| {
            CollectError::new(
                format!("the private key of GitHub App {number} cannot be read: {error}"),
                "give the PEM file that GitHub made for the App, `-----BEGIN RSA PRIVATE KEY-----` and all",
            )
        })?;
        Ok(Self { number, installation, key })
    }

    /// What the App shows for itself when it asks for a token.
    pub fn introduction(&self) -> Result<String, CollectError> {
        let now = get_current_timestamp();
        // From a minute ago, as GitHub advises for clocks that differ, and for nine of the ten minutes that it allows.
        let claims = Claims { iss: self.number, iat: now - 60, exp: now + 9 * 60 };
        encode(&Header::new(Algorithm::RS256), &claims, &self.key).map_err(|error| {
            CollectError::new(
                format!("nothing can be signed with the private key of GitHub App {}: {error}", self.number),
                "give the PEM file that GitHub made for the App",
            )
        })
    }

    pub fn path(&self) -> String {
        format!("/app/installations/{}/access_tokens", self.installation)
    }
}

/// When a token is to be renewed, by the date of the answer that brought it.
pub(super) fn renewal(granted: &Granted, date: Option<Timestamp>) -> Option<Instant> {
    let seconds = granted.expires_at?.as_second() - date?.as_second();
    let lasts = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
    Some(Instant::now() + lasts.saturating_sub(BEFORE))
}
