//! Addresses in a text, and the issue, pull request or message behind one.

use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

static URL: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"https?://[^\s<>"'`\\^{}|]+"#).ok());

/// The bare addresses in a text, without the punctuation that ends a sentence.
pub(crate) fn urls(text: &str) -> Vec<Range<usize>> {
    let matches = URL.as_ref().map(|regex| regex.find_iter(text).collect::<Vec<_>>()).unwrap_or_default();
    matches
        .into_iter()
        .map(|m| {
            let mut url = m.as_str().trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_', '，', '。', '；']);
            while (url.ends_with(')') && !url.contains('(')) || (url.ends_with(']') && !url.contains('[')) {
                url = url[..url.len() - 1].trim_end_matches(['.', ',', ';']);
            }
            m.start()..m.start() + url.len()
        })
        .collect()
}

/// The item behind an address, and its kind.
pub(crate) fn target(url: &str) -> Option<(String, &'static str)> {
    let (scheme, rest) = url.split_once("://")?;
    if !matches!(scheme, "http" | "https") {
        return None;
    }
    let (host, path) = rest.split_once('/')?;
    let host = host.trim_start_matches("www.").to_ascii_lowercase();
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match (host.as_str(), parts.as_slice()) {
        ("github.com", [owner, repository, kind, number, ..]) => {
            let kind = match *kind {
                "issues" | "issue" => "issue",
                "pull" | "pulls" => "pull_request",
                "discussions" => "discussion",
                _ => return None,
            };
            let number: u64 = number.parse().ok()?;
            Some((format!("github:{owner}/{repository}#{number}"), kind))
        }
        ("discord.com" | "discordapp.com", ["channels", _, channel, message]) if digits(channel) && digits(message) => {
            Some((format!("discord:{channel}/{message}"), "message"))
        }
        (host, ["archives", channel, message, ..]) if host.ends_with(".slack.com") => {
            let number = message.strip_prefix('p').filter(|number| digits(number) && number.len() > 6)?;
            let (seconds, fraction) = number.split_at(number.len() - 6);
            Some((format!("slack:{channel}/{seconds}.{fraction}"), "message"))
        }
        _ => None,
    }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
