//! Accounts: the ways one human appears in sources. An account is a string `<scheme>:<rest>`, never a person.
//!
//! | scheme | example | from |
//! | --- | --- | --- |
//! | `github:` | `github:octo` | a GitHub login, lower case (GitHub compares them so) |
//! | `github-id:` | `github-id:583231` | GitHub's number of an account; it survives a change of login |
//! | `email:` | `email:octo@example.org` | an e-mail address, lower case |
//! | `name:` | `name:lantern/Ada L.` | a name as written in one community's notes or rosters |
//! | `initials:` | `initials:lantern/maintainers/2025-06-17/AL` | initials of somebody at that meeting |
//! | `slack:` | `slack:T01/U02` | a member of a Slack workspace: team and user |
//! | `discord:` | `discord:290914` | a Discord account |
//! | `zulip:` | `zulip:chat.acme.org/17` | a user of a Zulip server |
//! | `mattermost:` | `mattermost:chat.acme.org/8k3d` | a user of a Mattermost server |
//! | `<scheme>:` | `gitlab:gitlab.com/octo` | any other platform: host and login |
//! | `forgotten:` | `forgotten:3` | somebody who asked to be left out |
//! | `team:` | `team:acme/maintainers` | a GitHub team in CODEOWNERS: no person |

/// The account of a GitHub login, with or without its `@`.
pub fn github(login: &str) -> String {
    format!("github:{}", login.trim().trim_start_matches('@').to_lowercase())
}

/// The account of a GitHub account number.
pub fn github_id(id: u64) -> String {
    format!("github-id:{id}")
}

/// The account of an e-mail address.
pub fn email(address: &str) -> String {
    format!("email:{}", address.trim().to_lowercase())
}

/// The account of a name written in a community's notes or rosters. White space is folded; nothing else is.
pub fn name(community: &str, written: &str) -> String {
    format!("name:{community}/{}", written.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The account of somebody on another platform: `platform("slack", "T01", "U02")` is `slack:T01/U02`.
pub fn platform(scheme: &str, place: &str, user: &str) -> String {
    if place.is_empty() { format!("{scheme}:{user}") } else { format!("{scheme}:{place}/{user}") }
}

/// The account of a GitHub team, `acme/maintainers`, with or without its `@`.
pub fn team(team: &str) -> String {
    format!("team:{}", team.trim().trim_start_matches('@').to_lowercase())
}

/// The text with every e-mail address in it replaced by `#` and 64 bits of its XXH3 hash: `email:ada@example.org` becomes
/// `email:#9c1d…`. What leaves the log, and the ids that are printed with it, go through here; equal addresses stay equal,
/// and what is masked stays as it is when it goes through once more.
pub fn masked(text: &str) -> String {
    // In `a@b.org@c.org` the hash of the first address would be the local part of another one: hence until none is left.
    let mut shown = masked_once(text);
    while shown.contains('@') {
        let again = masked_once(&shown);
        if again == shown {
            break;
        }
        shown = again;
    }
    shown
}

fn masked_once(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let is_local = |c: char| c.is_alphanumeric() || "._+-%!".contains(c);
        let is_domain = |c: char| c.is_alphanumeric() || c == '.' || c == '-';
        let start = rest[..at].char_indices().rev().take_while(|(_, c)| is_local(*c)).last().map_or(at, |(i, _)| i);
        let tail = &rest[at + 1..];
        let domain = tail[..tail.find(|c| !is_domain(c)).unwrap_or(tail.len())].trim_end_matches(['.', '-']);
        let end = at + 1 + domain.len();
        let is_address = domain.contains('.') && (rest[..start].ends_with("email:") || !is_version(domain));
        if start < at && is_address {
            masked.push_str(&rest[..start]);
            let address = rest[start..end].to_lowercase();
            masked.push_str(&format!("#{:016x}", xxhash_rust::xxh3::xxh3_64(address.as_bytes())));
        } else {
            masked.push_str(&rest[..end]);
        }
        rest = &rest[end..];
    }
    masked.push_str(rest);
    masked
}

/// Whether what stands behind an `@` is the version of a package, as in the tag `lib@1.4.0`, and cannot be a host: it begins
/// with two numbers, and ends as no domain of the Internet does; four numbers may be the address of a machine.
fn is_version(domain: &str) -> bool {
    let labels: Vec<&str> = domain.split('.').collect();
    let is_number = |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_digit());
    let begins = is_number(labels[0].strip_prefix(['v', 'V']).unwrap_or(labels[0]))
        && labels.get(1).is_some_and(|label| label.starts_with(|c: char| c.is_ascii_digit()));
    let last = labels.last().copied().unwrap_or_default();
    let is_top = last.starts_with("xn--") || last.chars().count() > 1 && last.chars().all(char::is_alphabetic);
    begins && !is_top && !(labels.len() == 4 && labels.iter().all(|label| is_number(label)))
}

/// The GitHub login in a GitHub no-reply address (`123+octo@users.noreply.github.com`, or without the number).
pub fn noreply_login(address: &str) -> Option<&str> {
    let local = address.strip_suffix("@users.noreply.github.com")?;
    Some(local.split_once('+').map_or(local, |(_, login)| login)).filter(|login| !login.is_empty())
}

/// Whether a text can be a GitHub login: letters, digits and single hyphens, at most 39, or a bot's `name[bot]`.
pub fn is_github_login(text: &str) -> bool {
    let login = text.strip_suffix("[bot]").unwrap_or(text);
    !login.is_empty()
        && login.len() <= 39
        && login.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        && !login.starts_with('-')
}

/// The hashes by which a `person.forgotten` knows somebody, sorted, each once: SHA-256, hexadecimal, of each account, of
/// the login or address in it (an address masked, too, as ids have it), and of each proper name. What is too short to be
/// one person's is left out; which, and what each is looked for in, is in the table of `forgotten.rs`.
pub fn forgotten_hashes<'a>(
    accounts: impl Iterator<Item = &'a str>,
    names: impl Iterator<Item = &'a str>,
) -> Vec<String> {
    crate::forgotten::hashes_of(accounts, names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_survives_masking() {
        let hidden = masked("email:ada@example.org");
        assert!(hidden.starts_with("email:#") && !hidden.contains('@'), "{hidden}");
        assert_ne!(hidden, masked("email:bob@example.org"));
        assert_eq!(masked("roster:a/b/email:Ada@Example.org/x"), format!("roster:a/b/{hidden}/x"));
        assert_eq!(masked("Ada <ada@example.org>, @octo"), format!("Ada <{}>, @octo", &hidden[6..]));
        let twice = masked("github:a@b.org@c.org");
        assert!(!twice.contains('@') && masked(&twice) == twice, "{twice}");
        for plain in ["github:octo", "git:acme/lantern@0a1b", "@octo", "a@b", "", "é@", "@"] {
            assert_eq!(masked(plain), plain);
        }
    }

    #[test]
    fn versions_are_no_addresses() {
        for version in ["lib@1.4.0", "@acme/lib@1.4.0-alpha.x", "lib@v2.0", "lib@1.4.0-rc.1", "lib@1.4.0-beta"] {
            assert_eq!(masked(version), version);
        }
        for address in [
            "ada@163.com",
            "root@10.0.0.1",
            "root@[10.0.0.1]",
            "ada@1.2.example.org",
            "ada@1.2.xn--p1ai",
            "ada@host.c3",
            "ada@host.1",
            "ada@1.4.0-beta.rc",
            "email:ada@1.4",
        ] {
            let shown = masked(address);
            assert!(!shown.contains('@') || address.contains('['), "{shown}");
        }
        let both = masked("lib@1.4.0 by ada@example.org");
        assert!(both.starts_with("lib@1.4.0 by #") && masked(&both) == both, "{both}");
    }

    #[test]
    fn a_noreply_address_names_its_login() {
        assert_eq!(noreply_login("123+octo@users.noreply.github.com"), Some("octo"));
        assert_eq!(noreply_login("octo@users.noreply.github.com"), Some("octo"));
        assert_eq!(noreply_login("octo@example.org"), None);
        assert_eq!(noreply_login("123+@users.noreply.github.com"), None);
    }

    #[test]
    fn logins_and_names_are_folded_as_far_as_is_safe() {
        assert_eq!(github("@Octo"), "github:octo");
        assert_eq!(name("lantern", "Ada \n  L."), "name:lantern/Ada L.");
        assert!(is_github_login("dependabot[bot]") && is_github_login("a-b"));
        assert!(!is_github_login("-a") && !is_github_login("Ada L.") && !is_github_login(""));
    }
}
