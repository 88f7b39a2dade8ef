//! One request and its answer: who asks, what goes wrong, what is left of the quota, and the line in the log.

use crate::answer::Answer;
use crate::faults::{Fault, fingerprint};
use crate::log::{Request, text};
use crate::server::{Shared, held};
use crate::tokens::{Quota, Resource, Who};
use crate::{graphql, rest};
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Request as HttpRequest, Response};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// The bell of the connection that a request came by.
#[derive(Clone)]
pub(crate) struct Exchange {
    pub(crate) reset: Arc<Notify>,
}

/// No document of this size is a query.
const MOST_BYTES: usize = 4 << 20;

/// Counts a request as open until it is dropped, which is also when a client goes away.
struct Open<'a>(&'a Shared, usize);

impl<'a> Open<'a> {
    fn new(shared: &'a Shared) -> Self {
        let at_once = shared.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        shared.most_at_once.fetch_max(at_once, Ordering::SeqCst);
        Self(shared, at_once)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.at_once.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Answers any request.
pub(crate) async fn answer(State(shared): State<Arc<Shared>>, request: HttpRequest<Body>) -> Response<Body> {
    let open = Open::new(&shared);
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MOST_BYTES).await else {
        return send(Answer::message(413, "Payload too large"));
    };
    let path = head.uri.path().to_owned();
    let query = head.uri.query().unwrap_or_default().to_owned();
    let asked = (path == "/graphql").then(|| graphql::Asked::parse(&body));
    let (document, variables) = asked.as_ref().map_or((None, None), |asked| {
        (Some(asked.document.clone()), Some(Value::Object(asked.variables.clone()).to_string()))
    });
    let mut line = Request {
        method: head.method.to_string(),
        path,
        query,
        document,
        variables,
        status: 0,
        token: None,
        unchanged: false,
        cost: 0,
        fault: None,
    };
    let fault = fault_of(&shared, &line);
    line.fault = fault;
    tokio::time::sleep(shared.options.latency).await;
    // What sends no answer is logged before the client can be gone.
    match fault {
        Some(Fault::Silence) => {
            held(&shared.requests).push(line);
            return std::future::pending().await;
        }
        Some(Fault::Reset) => {
            held(&shared.requests).push(line);
            if let Some(exchange) = head.extensions.get::<Exchange>() {
                exchange.reset.notify_one();
            }
            return std::future::pending().await;
        }
        _ => {}
    }
    let answer = respond(&shared, &head.headers, asked.as_ref(), &mut line, open.1);
    line.status = answer.status;
    line.unchanged = answer.status == 304;
    line.cost = answer.cost;
    held(&shared.requests).push(line);
    match fault {
        Some(Fault::Truncated) => send_part(answer, false),
        Some(Fault::Drip) => send_part(answer, true),
        _ => send(answer),
    }
}

fn fault_of(shared: &Shared, line: &Request) -> Option<Fault> {
    let request = text(
        &line.method,
        &line.path,
        &line.query,
        line.document.as_deref().unwrap_or_default(),
        line.variables.as_deref().unwrap_or_default(),
    );
    let attempt = {
        let mut attempts = held(&shared.attempts);
        let count = attempts.entry(fingerprint(&request)).or_insert(0);
        *count += 1;
        *count - 1
    };
    held(&shared.faults).decide(&request, attempt)
}

/// The answer with all its headers, and the quota charged.
fn respond(
    shared: &Shared,
    headers: &HeaderMap,
    asked: Option<&graphql::Asked>,
    line: &mut Request,
    at_once: usize,
) -> Answer {
    let now = now();
    let authorization = header(headers, "authorization");
    if let Some(installation) = rest::access_tokens(&line.method, &line.path) {
        return held(&shared.tokens).installation_token(installation, authorization, now);
    }
    let who = match held(&shared.tokens).who(authorization, now) {
        Ok(who) => who,
        Err(refusal) => return *refusal,
    };
    line.token = who;
    let resource = match asked {
        Some(_) => Resource::Graphql,
        None if line.path.starts_with("/search/") => Resource::Search,
        None => Resource::Core,
    };
    if resource == Resource::Graphql && who.is_none() {
        return Answer::message(401, "This endpoint requires you to be authenticated.");
    }
    let quota = held(&shared.tokens).quota(who, resource, now);
    let answer = refusal(shared, line, resource, quota, who, at_once)
        .unwrap_or_else(|| fulfil(shared, headers, asked, line, quota, who));
    let answer = match line.fault {
        Some(fault) => spoil(answer, fault, shared.options.retry_after, asked.is_some()),
        None => answer,
    };
    let mut tokens = held(&shared.tokens);
    tokens.charge(who, resource, answer.cost);
    let quota = tokens.quota(who, resource, now);
    let scopes = tokens.token(who).and_then(|token| token.scopes.clone());
    with_limits(answer, resource, quota, scopes)
}

/// The limits: the secondary by requests at once, the primary by the quota.
fn refusal(
    shared: &Shared,
    line: &Request,
    resource: Resource,
    quota: Quota,
    who: Who,
    at_once: usize,
) -> Option<Answer> {
    if at_once > shared.options.concurrency {
        return Some(secondary(403, shared.options.retry_after));
    }
    if line.path == "/rate_limit" || quota.remaining() > 0 {
        return None;
    }
    let message = match who {
        Some(place) => format!("API rate limit exceeded for user ID {}.", place + 1),
        None => {
            "API rate limit exceeded for 127.0.0.1. (But here's the good news: Authenticated requests get a higher \
                 rate limit. Check out the documentation for more details.)"
                .to_owned()
        }
    };
    let mut answer = if resource == Resource::Graphql {
        Answer::json(200, &json!({"errors": [{"type": "RATE_LIMITED", "message": message}]}))
    } else {
        Answer::message(if shared.options.limit_with_429 { 429 } else { 403 }, &message)
    };
    answer.cost = 0;
    Some(answer)
}

fn secondary(status: u16, retry_after: u64) -> Answer {
    let message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
    let mut answer = Answer::message(status, message).header("retry-after", retry_after.to_string());
    answer.cost = 0;
    answer
}

/// The answer of an undisturbed server.
fn fulfil(
    shared: &Shared,
    headers: &HeaderMap,
    asked: Option<&graphql::Asked>,
    line: &Request,
    quota: Quota,
    who: Who,
) -> Answer {
    let world = shared.world.read().unwrap_or_else(PoisonError::into_inner);
    let login = held(&shared.tokens).token(who).map(|token| token.login.clone());
    if let Some(asked) = asked {
        return graphql::answer(&world, asked, quota, login);
    }
    let quotas = |resource| held(&shared.tokens).quota(who, resource, now());
    let ask = rest::Ask {
        url: &shared.url,
        method: &line.method,
        path: &line.path,
        query: &line.query,
        accept: header(headers, "accept").unwrap_or_default(),
        login: login.as_deref(),
        quotas: &quotas,
    };
    let answer = rest::answer(&world, &ask);
    if line.method == "GET" && answer.status == 200 { tagged(answer, headers, line, who) } else { answer }
}

/// An `ETag`, and 304 where the client has that answer already. A 304 costs nothing, if a token came with it.
fn tagged(answer: Answer, headers: &HeaderMap, line: &Request, who: Who) -> Answer {
    // /rate_limit is free, and never the same.
    if line.path == "/rate_limit" {
        return Answer { cost: 0, ..answer };
    }
    let hash = fingerprint(&String::from_utf8_lossy(&answer.body));
    let tag = format!("W/\"{hash:016x}{:016x}\"", fingerprint(header(headers, "accept").unwrap_or_default()));
    let known = header(headers, "if-none-match").is_some_and(|held| {
        held.split(',').any(|one| one.trim().trim_start_matches("W/") == tag.trim_start_matches("W/"))
    });
    let private = if who.is_some() { "private" } else { "public" };
    let answer = if known {
        // A 304 has the Link header too, as the answer would have had.
        let headers = answer.headers.into_iter().filter(|(name, _)| *name != "content-type").collect();
        Answer { status: 304, headers, body: Vec::new(), cost: u64::from(who.is_none()) }
    } else {
        answer
    };
    answer
        .header("etag", tag)
        .header("cache-control", format!("{private}, max-age=60, s-maxage=60"))
        .header("vary", "Accept, Authorization, Cookie, X-GitHub-OTP")
}

fn with_limits(answer: Answer, resource: Resource, quota: Quota, scopes: Option<String>) -> Answer {
    // A planned 429 of the primary limit brings its own.
    if answer.headers.iter().any(|(name, _)| *name == "x-ratelimit-remaining") {
        return answer;
    }
    let answer = answer
        .header("x-ratelimit-limit", quota.limit.to_string())
        .header("x-ratelimit-remaining", quota.remaining().to_string())
        .header("x-ratelimit-reset", quota.reset.to_string())
        .header("x-ratelimit-used", quota.used.to_string())
        .header("x-ratelimit-resource", resource.name())
        .header("x-github-media-type", "github.v3; format=json")
        .header("x-github-api-version-selected", "2022-11-28");
    match scopes {
        Some(scopes) => answer.header("x-oauth-scopes", scopes),
        None => answer,
    }
}

const UNICORN: &str = "<!DOCTYPE html>\n<html>\n  <head><title>Unicorn! &middot; GitHub</title></head>\n  \
    <body><p>We had issues producing the response to your request.</p></body>\n</html>\n";

/// The answer in place of the right one, or the right one spoilt. Whatever failed before GitHub did its work is free.
fn spoil(answer: Answer, fault: Fault, retry_after: u64, graphql: bool) -> Answer {
    let page = |status| Answer {
        status,
        headers: vec![("content-type", "text/html; charset=utf-8".to_owned())],
        body: UNICORN.as_bytes().to_vec(),
        cost: 0,
    };
    match fault {
        Fault::InternalError => Answer { cost: 0, ..Answer::message(500, "Server Error") },
        Fault::BadGateway => page(502),
        Fault::Unavailable => page(503),
        Fault::GatewayTimeout => Answer {
            cost: 0,
            ..Answer::message(
                504,
                "We couldn't respond to your request in time. Sorry about that. Please try resubmitting your request and contact us if the problem persists.",
            )
        },
        Fault::Html => page(200),
        Fault::Empty => Answer { body: Vec::new(), ..answer },
        Fault::CutJson => cut(answer),
        Fault::GraphqlError | Fault::GraphqlTimeout if !graphql => {
            Answer { cost: 0, ..Answer::message(502, "Server Error") }
        }
        Fault::GraphqlError => Answer::json(200, &json!({"errors": [{"message": SOMETHING_WRONG}]})),
        Fault::GraphqlTimeout => hollow(answer),
        Fault::SecondaryForbidden => secondary(403, retry_after),
        Fault::SecondaryTooMany => secondary(429, retry_after),
        Fault::PrimaryTooMany => {
            let mut answer = Answer::message(429, "API rate limit exceeded for user ID 1.")
                .header("x-ratelimit-limit", "5000")
                .header("x-ratelimit-remaining", "0")
                .header("x-ratelimit-reset", (now() + 1).to_string());
            answer.cost = 0;
            answer
        }
        Fault::Reset | Fault::Silence | Fault::Drip | Fault::Truncated => answer,
    }
}

const SOMETHING_WRONG: &str = "Something went wrong while executing your query. This may be the result of a timeout, or it \
    could be a GitHub bug. Please include `0000:0000:0000000:0000000:00000000` when reporting this issue.";

/// Half of the JSON, never the whole.
fn cut(mut answer: Answer) -> Answer {
    // "[]" cut in half is "[", and nothing is as wrong as half of it.
    answer.body.truncate(answer.body.len() / 2);
    answer
}

/// The first field of the answer's data is null, and an error says that something went wrong.
fn hollow(answer: Answer) -> Answer {
    let mut body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let mut path = Vec::new();
    if let Some((name, field)) = body["data"].as_object_mut().and_then(|data| data.iter_mut().next()) {
        *field = Value::Null;
        path.push(name.clone());
    }
    body["errors"] = json!([{"path": path, "message": SOMETHING_WRONG}]);
    Answer { cost: answer.cost, ..Answer::json(200, &body) }
}

fn send(answer: Answer) -> Response<Body> {
    let body = Bytes::from(answer.body.clone());
    head(&answer, Body::from(body))
}

/// A part of the body, and then the end of the connection, or nothing more for ever.
fn send_part(answer: Answer, hold: bool) -> Response<Body> {
    use futures::StreamExt as _;
    let all = answer.body.len();
    let part = Bytes::from(answer.body[..all / 2].to_vec());
    let sent = futures::stream::once(async move { Ok::<_, std::io::Error>(part) });
    let rest = futures::stream::once(async move {
        if hold {
            std::future::pending::<()>().await;
        }
        // Time for the part to go out before the connection is cut behind it.
        tokio::time::sleep(Duration::from_millis(10)).await;
        Err(std::io::Error::other("the plan says so"))
    });
    let mut response = head(&answer, Body::from_stream(sent.chain(rest)));
    response.headers_mut().insert("content-length", HeaderValue::from(all.max(1)));
    response
}

fn head(answer: &Answer, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = axum::http::StatusCode::from_u16(answer.status).unwrap_or_default();
    for (name, value) in &answer.headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().append(*name, value);
        }
    }
    response
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "windows of the limits and lifetimes of tokens are of the real clock")]
fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
