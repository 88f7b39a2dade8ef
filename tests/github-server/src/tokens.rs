//! Who asks, what they may, and what is left of their quota.

use crate::answer::Answer;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A token, as a test hands it to the server.
#[derive(Debug, Clone)]
pub struct Token {
    /// What the client sends.
    pub secret: String,
    /// Whose it is.
    pub login: String,
    /// Points an hour (or whatever [`crate::Options::window`] says), for REST and for GraphQL each.
    pub limit: u64,
    /// `X-OAuth-Scopes`; none for fine-grained and installation tokens.
    pub scopes: Option<String>,
    /// Whether it is accepted.
    pub state: TokenState,
}

/// Whether a token is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenState {
    /// It is.
    Valid,
    /// It is until so many requests were answered, and never after: expired in the middle of a run.
    ExpiresAfter(u64),
    /// Its time is over.
    Expired,
    /// It was taken back.
    Revoked,
}

impl Token {
    /// A valid token with GitHub's quota.
    #[must_use]
    pub fn new(secret: &str) -> Self {
        Self {
            secret: secret.to_owned(),
            login: "collector".to_owned(),
            limit: 5_000,
            scopes: Some("public_repo, read:org".to_owned()),
            state: TokenState::Valid,
        }
    }

    /// The same with another quota.
    #[must_use]
    pub fn limit(mut self, limit: u64) -> Self {
        self.limit = limit;
        self
    }

    /// The same in another state.
    #[must_use]
    pub fn state(mut self, state: TokenState) -> Self {
        self.state = state;
        self
    }
}

/// An App that may make tokens for its installation.
#[derive(Debug, Clone)]
pub struct App {
    /// The App's number: `iss` of the JWT.
    pub id: u64,
    /// The installation's number.
    pub installation: u64,
    /// So many seconds an installation's token is good for.
    pub lifetime: i64,
    /// Points an hour.
    pub limit: u64,
}

/// Which quota a request draws on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// REST.
    Core,
    /// `/search`.
    Search,
    /// GraphQL.
    Graphql,
}

impl Resource {
    /// `X-RateLimit-Resource`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Search => "search",
            Self::Graphql => "graphql",
        }
    }
}

/// What is left of one quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Points a window.
    pub limit: u64,
    /// Points used.
    pub used: u64,
    /// When the window ends, in seconds since 1970.
    pub reset: i64,
}

impl Quota {
    /// Points left.
    #[must_use]
    pub fn remaining(&self) -> u64 {
        self.limit.saturating_sub(self.used)
    }

    /// As `/rate_limit` writes it.
    #[must_use]
    pub fn json(&self, resource: Resource) -> Value {
        json!({
            "limit": self.limit, "used": self.used, "remaining": self.remaining(), "reset": self.reset,
            "resource": resource.name(),
        })
    }
}

/// Without a token.
const ANONYMOUS: u64 = 60;
/// Searches a minute: GitHub's window for them is a minute, here it is the server's.
const SEARCHES: u64 = 30;

/// Who asks: the place of the token in the list; nobody is the first of all.
pub type Who = Option<usize>;

/// All tokens and their quotas.
#[derive(Debug, Clone)]
pub struct Tokens {
    tokens: Vec<(Token, Option<i64>)>,
    answered: BTreeMap<usize, u64>,
    app: Option<App>,
    window: i64,
    searches: Option<u64>,
    quotas: BTreeMap<(Who, Resource), Quota>,
}

impl Tokens {
    pub(crate) fn new(tokens: Vec<Token>, app: Option<App>, window: i64, searches: Option<u64>) -> Self {
        let tokens = tokens.into_iter().map(|token| (token, None)).collect();
        Self { tokens, answered: BTreeMap::new(), app, window, searches, quotas: BTreeMap::new() }
    }

    pub(crate) fn token(&self, who: Who) -> Option<&Token> {
        who.and_then(|place| self.tokens.get(place)).map(|(token, _)| token)
    }

    /// Who sent the header `Authorization`, or the refusal.
    pub(crate) fn who(&self, authorization: Option<&str>, now: i64) -> Result<Who, Box<Answer>> {
        let Some(header) = authorization else { return Ok(None) };
        // The scheme is read without regard to case, and `token` is as good as `Bearer`.
        let secret = match header.split_once(' ') {
            Some((scheme, secret)) if ["bearer", "token"].iter().any(|one| scheme.eq_ignore_ascii_case(one)) => secret,
            _ => header,
        };
        let place = self.tokens.iter().position(|(token, _)| token.secret == secret);
        let Some(place) = place else { return Err(Box::new(bad_credentials())) };
        let (token, expires) = &self.tokens[place];
        let answered = self.answered.get(&place).copied().unwrap_or(0);
        let good = match token.state {
            TokenState::Valid => true,
            TokenState::ExpiresAfter(requests) => answered < requests,
            TokenState::Expired | TokenState::Revoked => false,
        };
        if good && expires.is_none_or(|expires| now < expires) {
            Ok(Some(place))
        } else {
            Err(Box::new(bad_credentials()))
        }
    }

    /// The quota of a window that has not ended; a new window is a new quota.
    pub(crate) fn quota(&mut self, who: Who, resource: Resource, now: i64) -> Quota {
        let limit = match (resource, self.token(who)) {
            (Resource::Search, _) => self.searches.unwrap_or(SEARCHES),
            (_, Some(token)) => token.limit,
            (_, None) => ANONYMOUS,
        };
        let reset = now + self.window;
        let quota = self.quotas.entry((who, resource)).or_insert(Quota { limit, used: 0, reset });
        if quota.reset <= now {
            *quota = Quota { limit, used: 0, reset };
        }
        *quota
    }

    /// Takes points off the quota and counts the request.
    pub(crate) fn charge(&mut self, who: Who, resource: Resource, points: u64) {
        if let Some(quota) = self.quotas.get_mut(&(who, resource)) {
            quota.used = (quota.used + points).min(quota.limit);
        }
        if let Some(place) = who {
            *self.answered.entry(place).or_insert(0) += 1;
        }
    }

    /// Takes the token back.
    pub fn revoke(&mut self, secret: &str) {
        for (token, _) in self.tokens.iter_mut().filter(|(token, _)| token.secret == secret) {
            token.state = TokenState::Revoked;
        }
    }

    /// Adds a token.
    pub fn add(&mut self, token: Token) {
        self.tokens.push((token, None));
    }

    /// Answers `POST /app/installations/{id}/access_tokens`: a token that expires, for a JWT in the App's name. The
    /// signature is not checked: the server has no public key, and GitHub's answer to a bad one is that to a bad `iss`.
    pub(crate) fn installation_token(&mut self, installation: u64, authorization: Option<&str>, now: i64) -> Answer {
        let Some(app) = self.app.clone() else { return Answer::not_found() };
        match authorization.and_then(|header| header.strip_prefix("Bearer ")).map(claims) {
            None | Some(None) => {
                return Answer::message(401, "A JSON web token could not be decoded");
            }
            Some(Some(claims)) => {
                if let Some(refusal) = refuse(&claims, app.id, now) {
                    return refusal;
                }
            }
        }
        if installation != app.installation {
            return Answer::not_found();
        }
        let secret = format!("ghs_installation{}", self.tokens.len());
        let expires = now + app.lifetime;
        let token = Token { secret: secret.clone(), scopes: None, ..Token::new(&secret) }.limit(app.limit);
        self.tokens.push((token, Some(expires)));
        let expires_at = jiff::Timestamp::from_second(expires).map_or_else(|_| String::new(), |at| at.to_string());
        Answer::json(
            201,
            &json!({
                "token": secret, "expires_at": expires_at, "repository_selection": "all",
                "permissions": {"issues": "read", "metadata": "read", "pull_requests": "read"},
            }),
        )
    }
}

fn bad_credentials() -> Answer {
    Answer::message(401, "Bad credentials")
}

/// What a JWT says, if it is one.
fn claims(jwt: &str) -> Option<Value> {
    let parts: Vec<&str> = jwt.split('.').collect();
    let [header, claims, signature] = parts.as_slice() else { return None };
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
    let header: Value = serde_json::from_slice(&decode(header)?).ok()?;
    (header["alg"] == "RS256" && !decode(signature)?.is_empty()).then_some(())?;
    serde_json::from_slice(&decode(claims)?).ok()
}

/// GitHub's refusals of a JWT, in its words.
fn refuse(claims: &Value, app: u64, now: i64) -> Option<Answer> {
    let issuer = match &claims["iss"] {
        Value::String(text) => text.parse().ok(),
        number => number.as_u64(),
    };
    let message = match (issuer, claims["exp"].as_i64(), claims["iat"].as_i64()) {
        (Some(issuer), _, _) if issuer != app => "Integration not found",
        (None, _, _) => "'Issuer' claim ('iss') must be an Integer",
        (_, None, _) => "Missing 'exp' claim in assertion",
        (_, Some(exp), _) if exp <= now => {
            "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires"
        }
        (_, Some(exp), _) if exp > now + 600 => "'Expiration time' claim ('exp') is too far in the future",
        (_, _, Some(iat)) if iat > now + 5 => {
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
        }
        (_, _, None) => "Missing 'iat' claim in assertion",
        _ => return None,
    };
    let status = if message == "Integration not found" { 404 } else { 401 };
    Some(Answer::message(status, message))
}
