//! Writes a Slack export of any size, or reads one and says what it took:
//! `cargo run --release --example slack_speed write DIR 1000000`, then `… read DIR` (a folder or its zip archive).
//!
//! To compare with: `time find DIR -name '*.json' | sort | xargs jq -c . > /dev/null`.
#![allow(clippy::print_stdout)]

use muster_collect::slack::{Config, Origin, open};
use std::fmt::Write as _;
use std::path::Path;

/// Messages of a day of a channel: as many as a busy channel of an open-source project has.
const A_DAY: u64 = 50;
const CHANNELS: u64 = 40;
const USERS: u64 = 5_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["write", folder, messages] => write(Path::new(folder), messages.parse()?),
        ["read", path] => read(Path::new(path)),
        _ => Err("write DIR MESSAGES, or read PATH".into()),
    }
}

fn read(path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let config = Config {
        name: "speed".to_owned(),
        origin: Origin::Path(path.to_owned()),
        team: None,
        workspace: Some("https://acme.slack.com".to_owned()),
        channels: vec![],
        private: vec![],
        text: false,
    };
    let mut source = open(&config, None)?;
    let (mut events, mut problems, mut bytes) = (0, 0, 0);
    let mut counts = muster_model::Counts::default();
    while let Some(batch) = source.next_batch()? {
        events += batch.events.len();
        bytes += batch.events.iter().map(|event| event.data.to_json().len()).sum::<usize>();
        counts += batch.counts;
        problems += batch.problems.len();
    }
    println!("{events} events, {problems} problems, {counts:?}, {bytes} bytes of payload");
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The 14th field, in hundredths of a second; the second, in brackets, may have blanks.
    let ticks: f64 =
        stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(11)).ok_or("no stat")?.parse()?;
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    println!("{} s of user CPU, {peak}", ticks / 100.0);
    Ok(())
}

/// A message has what Slack's own exports have: its profile, its blocks, here and there an edit, a reaction, a reply; two
/// spaces to a level, as `jq` and slackdump write it.
fn write(folder: &Path, messages: u64) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::create_dir_all(folder)?;
    let users: Vec<_> = (0..USERS).map(|n| format!("{{\"id\":\"U{n:08}\",\"team_id\":\"T00000001\",\"name\":\"user{n}\",\"real_name\":\"User {n}\",\"is_bot\":false,\"updated\":1500000000,\"profile\":{{\"email\":\"user{n}@example.org\"}}}}")).collect();
    std::fs::write(folder.join("users.json"), format!("[{}]", users.join(",\n")))?;
    let channels: Vec<_> = (0..CHANNELS)
        .map(|n| format!("{{\"id\":\"C{n:08}\",\"name\":\"channel-{n}\",\"created\":1500000000,\"is_channel\":true}}"))
        .collect();
    std::fs::write(folder.join("channels.json"), format!("[{}]", channels.join(",\n")))?;
    let (mut written, mut day) = (0, 0_u64);
    while written < messages {
        for channel in 0..CHANNELS {
            let times = A_DAY.min(messages - written);
            if times == 0 {
                break;
            }
            let place = folder.join(format!("channel-{channel}"));
            std::fs::create_dir_all(&place)?;
            let start = 1_500_000_000 + day * 86_400;
            let rows: Vec<_> = (0..times).map(|n| message(channel, start, n)).collect();
            let (year, rest) = (2017 + day / 360, day % 360);
            let name = format!("{year}-{:02}-{:02}.json", rest / 30 + 1, rest % 30 + 1);
            std::fs::write(place.join(name), format!("[\n{}\n]", rows.join(",\n")))?;
            written += times;
        }
        day += 1;
    }
    println!("{written} messages");
    Ok(())
}

fn message(channel: u64, start: u64, n: u64) -> String {
    let mixed = (start / 86_400 + channel * 31 + n * 17) % 9_973;
    let user = mixed % USERS;
    let ts = |n: u64| format!("{}.{:06}", start + n * 600, channel * 100 + n);
    let text = format!(
        "Has anybody seen <https://github.com/acme/lantern/issues/{mixed}|issue {mixed}>? &lt;tag&gt; {}",
        "It fails after the upgrade. ".repeat(usize::try_from(mixed % 9).unwrap_or(1))
    );
    let mut json = format!(
        "  {{\n    \"client_msg_id\": \"00000000-0000-4000-8000-{channel:04}{start:010}\",\n    \"type\": \"message\",\n    \"user\": \"U{user:08}\",\n    \"text\": \"{text}\",\n    \"ts\": \"{}\",\n    \"team\": \"T00000001\",\n",
        ts(n)
    );
    let _ = write!(
        json,
        "    \"user_team\": \"T00000001\",\n    \"source_team\": \"T00000001\",\n    \"user_profile\": {{\n      \"avatar_hash\": \"g{mixed}\",\n      \"image_72\": \"https://secure.gravatar.com/avatar/{mixed:032}.jpg?s=72\",\n      \"first_name\": \"User\",\n      \"real_name\": \"User {user}\",\n      \"display_name\": \"user{user}\",\n      \"team\": \"T00000001\",\n      \"name\": \"user{user}\",\n      \"is_restricted\": false,\n      \"is_ultra_restricted\": false\n    }},\n"
    );
    if n % 3 == 1 {
        let _ = write!(json, "    \"thread_ts\": \"{}\",\n    \"parent_user_id\": \"U00000001\",\n", ts(n - 1));
    }
    if n.is_multiple_of(10) {
        let _ = write!(
            json,
            "    \"reactions\": [\n      {{\n        \"name\": \"+1\",\n        \"users\": [\n          \"U00000001\",\n          \"U00000002\"\n        ],\n        \"count\": 2\n      }}\n    ],\n"
        );
    }
    if n.is_multiple_of(25) {
        let _ = write!(
            json,
            "    \"edited\": {{\n      \"user\": \"U{user:08}\",\n      \"ts\": \"{}\"\n    }},\n",
            ts(n + 1)
        );
    }
    let _ = write!(
        json,
        "    \"blocks\": [\n      {{\n        \"type\": \"rich_text\",\n        \"block_id\": \"b{mixed}\",\n        \"elements\": [\n          {{\n            \"type\": \"rich_text_section\",\n            \"elements\": [\n              {{\n                \"type\": \"text\",\n                \"text\": \"{text}\"\n              }}\n            ]\n          }}\n        ]\n      }}\n    ]\n  }}"
    );
    json
}
