//! Links to issues, pull requests, discussions and chat messages, and to profiles.

use super::rich::Rich;
use crate::link::{target, urls};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// A link to something that a meeting looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    /// `github:acme/lantern#12`, `slack:C01/1741188384.363019`.
    pub item: String,
    /// `issue`, `pull_request`, `discussion`, `message`, `item`.
    pub kind: &'static str,
    /// Where it leads, where the notes have an address.
    pub url: Option<String>,
    /// Where in the text.
    pub range: Range<usize>,
}

static SHORT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"([A-Za-z0-9][A-Za-z0-9-]{0,38})/([A-Za-z0-9_.-]{1,100})#(\d{1,9})").ok());

/// Every such link of a text, in its order.
pub(super) fn find(rich: &Rich) -> Vec<Link> {
    let mut found = Vec::new();
    for (range, to) in &rich.links {
        found.extend(target(to).map(|(item, kind)| Link { item, kind, url: Some(to.clone()), range: range.clone() }));
    }
    let bare = rich.masked(rich.links.iter().map(|(range, _)| range).chain(&rich.code));
    for range in urls(&bare) {
        let to = &bare[range.clone()];
        found.extend(target(to).map(|(item, kind)| Link {
            item,
            kind,
            url: Some(to.to_owned()),
            range: range.clone(),
        }));
    }
    let addresses = urls(&bare);
    let bare = mask(&bare, &addresses);
    for c in SHORT.as_ref().map(|regex| regex.captures_iter(&bare).collect::<Vec<_>>()).unwrap_or_default() {
        let range = c.get(0).map_or(0..0, |m| m.range());
        if bare[..range.start].ends_with(|c: char| c.is_alphanumeric() || "/._-@".contains(c)) {
            continue;
        }
        found.push(Link { item: format!("github:{}/{}#{}", &c[1], &c[2], &c[3]), kind: "item", url: None, range });
    }
    found.sort_by_key(|link| link.range.start);
    found
}

fn mask(text: &str, ranges: &[Range<usize>]) -> String {
    Rich::plain(text, 1).masked(ranges.iter())
}

/// The login behind the address of a GitHub profile.
pub(super) fn profile(url: &str) -> Option<&str> {
    const PAGES: &[&str] =
        &["orgs", "features", "about", "sponsors", "topics", "marketplace", "apps", "settings", "login"];
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    let login = rest.strip_prefix("github.com/")?.split(['?', '#']).next()?.trim_end_matches('/');
    let login = login.strip_prefix('@').unwrap_or(login);
    (muster_model::account::is_github_login(login) && !PAGES.contains(&login)).then_some(login)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_link_is_an_item() {
        for (text, item, kind) in [
            ("see https://github.com/acme/lantern/issues/12, please", "github:acme/lantern#12", "issue"),
            ("(https://github.com/acme/lantern/pull/12/files#r1)", "github:acme/lantern#12", "pull_request"),
            ("https://github.com/acme/lantern/discussions/7.", "github:acme/lantern#7", "discussion"),
            ("acme/lantern#3 again", "github:acme/lantern#3", "item"),
            (
                "https://x.slack.com/archives/C01/p1741188384363019?thread_ts=1.2&cid=C01 @a",
                "slack:C01/1741188384.363019",
                "message",
            ),
        ] {
            let found = find(&Rich::plain(text, 1));
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!((found[0].item.as_str(), found[0].kind), (item, kind));
        }
        for text in ["https://github.com/acme/lantern/issues", "acme/lantern", "https://example.org/a/b#12", "a#1"] {
            assert_eq!(find(&Rich::plain(text, 1)), vec![], "{text}");
        }
    }

    #[test]
    fn a_profile_is_one_login() {
        assert_eq!(profile("https://github.com/Octo-1/"), Some("Octo-1"));
        assert_eq!(profile("https://github.com/acme/lantern"), None);
        assert_eq!(profile("https://github.com/orgs"), None);
        assert_eq!(profile("https://example.org/octo"), None);
    }
}
