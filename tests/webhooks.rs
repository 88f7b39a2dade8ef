//! `muster serve --webhooks`: a real server, real requests, signed as GitHub signs them.

use crate::support::{FEW, World};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

const SECRET: &str = "a secret of nobody's";
const PIPELINE: &str = "[project]\nname = \"lantern\"\nlog = \"log\"\nout = \"out\"\nas_of = \"2026-01-01\"\n";

/// The program, listening; stopped at the end.
struct Server {
    child: Child,
    address: String,
    said: BufReader<std::process::ChildStderr>,
}

impl Server {
    fn start(world: &World, more: &[&str]) -> Self {
        let arguments = [&["serve", "p.toml", "--webhooks", "--listen", "127.0.0.1:0"], more].concat();
        let mut child =
            world.command(&arguments).env("GITHUB_WEBHOOK_SECRET", SECRET).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let address =
            line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_else(|| panic!("{line}"));
        Self { address: address.to_owned(), child, said }
    }

    /// Delivers a body; the status of the answer.
    fn deliver(&self, event: &str, body: &str, signature: &str) -> u16 {
        let request = format!(
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-GitHub-Event: {event}\r\n\
             X-GitHub-Delivery: 72d3162e\r\nX-Hub-Signature-256: {signature}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{answer}"))
    }

    fn signed(&self, event: &str, body: &str) -> u16 {
        self.deliver(event, body, &sign(SECRET, body))
    }

    /// Ends it as a service manager does; what it said.
    fn end(mut self) -> String {
        let id = self.child.id().to_string();
        assert!(std::process::Command::new("kill").arg(id).status().unwrap().success());
        let mut said = String::new();
        self.said.read_to_string(&mut said).unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "{said}");
        said
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn sign(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let bytes = mac.finalize().into_bytes();
    format!("sha256={}", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

fn opened(repository: &str, number: u64) -> String {
    format!(
        r#"{{"action":"opened","issue":{{"number":{number},"created_at":"2025-03-01T10:00:00Z","updated_at":"2025-03-01T10:00:00Z",
        "html_url":"https://github.com/{repository}/issues/{number}","user":{{"login":"octo","id":5,"type":"User"}}}},
        "repository":{{"full_name":"{repository}"}},"sender":{{"login":"octo","id":5,"type":"User"}}}}"#
    )
}

#[test]
fn a_signed_delivery_is_in_the_log_before_it_is_acknowledged() {
    let world = World::new();
    world.write("p.toml", format!("{PIPELINE}{FEW}"));
    let server = Server::start(&world, &[]);
    assert_eq!(server.signed("issues", &opened("acme/lantern", 1)), 202);
    // Another process reads the log while the server runs.
    assert_eq!(
        world.sql("p.toml", "SELECT id, actor FROM events"),
        "id,actor\ngithub:acme/lantern#1/opened,github:octo\n"
    );
    // GitHub delivers again what it thinks was lost.
    assert_eq!(server.signed("issues", &opened("acme/lantern", 1)), 202);
    assert_eq!(server.signed("ping", r#"{"zen":"Keep it logically awesome.","hook_id":1}"#), 202);
    let said = server.end();
    assert!(said.contains("3 read") && said.contains("1 duplicate") && said.contains("1 not ours"), "{said}");
}

#[test]
fn what_is_not_githubs_is_refused_and_not_looked_at() {
    let world = World::new();
    world.write("p.toml", format!("{PIPELINE}{FEW}"));
    let server = Server::start(&world, &["--repository", "acme/*"]);
    let body = opened("acme/lantern", 1);
    for signature in ["", "sha256=", "sha256=00", &sign("another secret", &body), &sign(SECRET, "another body")] {
        assert_eq!(server.deliver("issues", &body, signature), 401, "{signature}");
    }
    assert_eq!(server.signed("issues", &opened("evil/lantern", 1)), 202);
    assert_eq!(server.signed("issues", "{\"action\":"), 400);
    server.end();
    assert_eq!(
        world.sql("p.toml", "SELECT type, count(*) AS number FROM events GROUP BY 1"),
        "type,number\nrecord.rejected,1\n"
    );
}

#[test]
fn without_a_secret_nothing_listens() {
    let world = World::new();
    world.write("p.toml", format!("{PIPELINE}{FEW}"));
    let output =
        world.command(&["serve", "p.toml", "--webhooks"]).env_remove("GITHUB_WEBHOOK_SECRET").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("GITHUB_WEBHOOK_SECRET is not set"), "{said}");
}
