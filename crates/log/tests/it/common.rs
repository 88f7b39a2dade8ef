use futures::TryStreamExt;
use muster_log::{Filter, Log, Recorded, Snapshot};
use muster_model::{Cursor, Event, Payload, Timestamp};

/// A fact named by its id, saying a number.
pub fn event(id: &str, number: u64) -> Event {
    Event {
        id: id.to_owned(),
        source: "github:acme/lantern".into(),
        time: Timestamp::from_second(1_700_000_000 + i64::try_from(number).unwrap()).unwrap(),
        subject: format!("github:acme/lantern#{number}"),
        actor: (!number.is_multiple_of(3)).then(|| "github:octo".to_owned()),
        url: number.is_multiple_of(2).then(|| format!("https://example.org/{number}")),
        data: Payload::from_json("issue.closed", &format!(r#"{{"schema":1,"number":{number}}}"#)),
        collector: "test/1".into(),
    }
}

pub fn cursor(text: &str) -> Cursor {
    Cursor(text.to_owned())
}

pub async fn all(snapshot: &Snapshot) -> Vec<Recorded> {
    snapshot.recorded(&Filter::default()).try_collect().await.unwrap()
}

pub async fn ids(snapshot: &Snapshot) -> Vec<String> {
    all(snapshot).await.into_iter().map(|event| event.id).collect()
}

pub async fn assert_sound(log: &Log) {
    let verified = log.verify().await.unwrap();
    assert!(verified.is_clean(), "{:#?}", verified.findings);
}

/// Numbers that are the same in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}
