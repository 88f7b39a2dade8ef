//! Threads, channels and completeness over a small log written by hand.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod common;

use common::chat::workspace;
use common::{Fact, ask, engine};
use muster_query::Engine;

async fn tables() -> (tempfile::TempDir, Engine) {
    let folder = tempfile::tempdir().unwrap();
    let (engine, library) = engine(folder.path(), &workspace()).await;
    engine.write_tables(&library, &folder.path().join("tables")).await.unwrap();
    (folder, engine)
}

#[tokio::test]
async fn a_thread_is_answered_by_somebody_else_who_is_no_program() {
    let (_folder, engine) = tables().await;
    assert_eq!(
        ask(
            &engine,
            "SELECT started_event, name, question, messages, people, answered_event, linked_by FROM threads \
             WHERE channel = 'slack:T1/C1' ORDER BY started_at"
        )
        .await,
        "slack:T1/C1/100.000001 | Ada | true | 4 | 2 | slack:T1/C1/100.000004 | 1\n\
         slack:T1/C1/200.000001/deleted |  | false | 1 | 1 |  | 0\n\
         slack:T1/C1/300.000001 | T1/U2 | true | 1 | 1 |  | 0\n\
         slack:T1/C1/400.000001 | Helper | false | 1 | 0 |  | 0"
    );
}

#[tokio::test]
async fn a_mail_belongs_to_the_thread_that_its_chain_or_its_subject_leads_to() {
    let (_folder, engine) = tables().await;
    assert_eq!(
        ask(
            &engine,
            "SELECT event_id, thread FROM messages WHERE platform = 'mail' AND event_id < 'mail:dev/x' ORDER BY 1"
        )
        .await,
        "mail:dev/a | mail:dev/a\nmail:dev/b | mail:dev/a\nmail:dev/c | mail:dev/a\nmail:dev/d | mail:dev/a\n\
         mail:dev/e | mail:dev/e\nmail:dev/f | mail:dev/e"
    );
    // A circle ends somewhere, and loses neither.
    assert_eq!(
        ask(&engine, "SELECT count(*) FROM messages WHERE event_id >= 'mail:dev/x' AND platform = 'mail'").await,
        "2"
    );
}

#[tokio::test]
async fn what_can_change_is_told_beside_the_message() {
    let (_folder, engine) = tables().await;
    assert_eq!(
        ask(&engine, "SELECT name, channel_name, edited, deleted, reactions FROM messages WHERE event_id = 'slack:T1/C1/100.000001'").await,
        "Ada | general | true | false | 4"
    );
    assert_eq!(
        ask(&engine, "SELECT channel, name, kind, messages FROM channels ORDER BY 1").await,
        "mail:dev | dev | list | 8\nslack:T1/C1 | general | public | 7"
    );
}

#[tokio::test]
async fn who_never_posts_is_nobody_and_programs_say_what_they_are() {
    let (_folder, engine) = tables().await;
    assert_eq!(ask(&engine, "SELECT count(*) FROM accounts WHERE name = 'Silent'").await, "0");
    assert_eq!(
        ask(&engine, "SELECT name, bot_reason FROM accounts WHERE is_bot").await,
        "Helper | the platform says that it is a program"
    );
    // The profile's address joins the chat's Ada to the mail's.
    assert_eq!(
        ask(&engine, "SELECT count(DISTINCT person) FROM messages WHERE NOT is_bot AND name = 'Ada'").await,
        "1"
    );
}

#[tokio::test]
async fn the_latest_statement_of_a_source_is_held_against_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let issues = (1..=2u64).map(|number| {
        let payload =
            muster_model::payload::ItemOpened { number, actor_id: Some(1), actor_type: None, approximate: false };
        let (id, subject): (&str, &str) = match number {
            1 => ("github:acme/lantern#1/opened", "github:acme/lantern#1"),
            _ => ("github:acme/lantern#2/opened", "github:acme/lantern#2"),
        };
        Fact(id, "2025-02-01T00:00:00Z", subject, Some("github:ada"), muster_model::Payload::IssueOpened(payload))
    });
    let facts: Vec<Fact> = workspace().into_iter().chain(issues).collect();
    let (engine, library) = engine(folder.path(), &facts).await;
    engine.write_tables(&library, &folder.path().join("tables")).await.unwrap();
    assert_eq!(
        ask(&engine, "SELECT repository, counted, month, stated, held, share FROM completeness ORDER BY counted").await,
        "Acme/Lantern | issue.opened |  | 4 | 2 | 0.5\n\
         Acme/Lantern | pull_request.merged | 2025-02-01T00:00:00Z | 1 | 0 | 0\n\
         Acme/Lantern | release.published |  | 0 | 0 | "
    );
}
