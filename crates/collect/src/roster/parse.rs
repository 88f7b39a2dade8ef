//! From a file's path and bytes to what it states. Pure; it never fails, whatever the bytes are.

use super::page::{Page, Role};
use super::role::{Standing, classify};
use super::{adopters, codeowners, markdown, owners, plain};
use muster_model::Problem;
use regex::Regex;
use std::sync::LazyLock;

/// Larger than any roster that people keep by hand.
const LARGEST: usize = 8 << 20;

/// A page with more words than this is no mere pointer to another place.
const POINTER_WORDS: usize = 150;

/// What kind of roster a path names.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// `CODEOWNERS`.
    Codeowners,
    /// `OWNERS_ALIASES`.
    Aliases,
    /// Kubernetes' `OWNERS`.
    Owners,
    /// `ADOPTERS`.
    Adopters,
    /// People who hold a role, or held it once.
    People(Standing),
    /// Text about roles: GOVERNANCE, COMMUNITY_MEMBERSHIP, REPOSITORIES.
    Prose,
    /// Nothing by its name.
    Unknown,
}

/// What one version of a file says about those before it.
#[derive(Debug)]
pub(super) enum Reading {
    /// A list, which replaces the one before.
    Stated(Page),
    /// No list, but the place where it is now.
    Moved(Page),
    /// Nothing that can be used: the list before stands.
    Nothing(Page),
}

const PROSE_NAMES: &[&str] = &[
    "repositorie",
    "repository",
    "security",
    "charter",
    "roadmap",
    "support",
    "conduct",
    "changelog",
    "membership",
    "ladder",
    "index",
];

/// The kind of a path; `asked` says that the pipeline names the file as a roster.
pub(super) fn kind(path: &str, asked: bool) -> Kind {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, extension) = file.split_once('.').filter(|(stem, _)| !stem.is_empty()).unwrap_or((file, ""));
    let extension = extension.to_lowercase();
    let known = ["", "md", "markdown", "mdx", "txt", "rst", "adoc", "yaml", "yml", "toml", "csv"];
    if !known.contains(&extension.as_str()) {
        return Kind::Unknown;
    }
    let lower = stem.to_lowercase();
    let yaml = matches!(extension.as_str(), "" | "yaml" | "yml");
    match lower.as_str() {
        "codeowners" => return Kind::Codeowners,
        "owners_aliases" if yaml => return Kind::Aliases,
        "owners" if yaml => return Kind::Owners,
        _ => {}
    }
    let words: Vec<&str> = lower.split(|letter: char| !letter.is_alphanumeric()).collect();
    if words.iter().any(|word| matches!(*word, "adopter" | "adopters" | "users")) {
        return Kind::Adopters;
    }
    let team = words.contains(&"team") || words.contains(&"contacts");
    let prose = |name: &str| words.iter().any(|word| word.trim_end_matches('s') == name);
    if !team && !asked && PROSE_NAMES.iter().any(|name| prose(name)) {
        return Kind::Prose;
    }
    let roles = folder.rsplit('/').next().is_some_and(|folder| folder.eq_ignore_ascii_case("roles"));
    match classify(stem) {
        Standing::Prose if !asked => Kind::Prose,
        Standing::Prose => Kind::People(Standing::Unknown),
        Standing::Unknown if asked || roles => Kind::People(Standing::Unknown),
        Standing::Unknown => Kind::Unknown,
        standing => Kind::People(standing),
    }
}

/// Whether a path is read when the pipeline names no files.
pub(super) fn is_default(path: &str) -> bool {
    let lower = path.to_lowercase();
    let foreign = ["vendor", "node_modules", "third_party", "third-party", "testdata", ".git"];
    if lower.split('/').any(|part| foreign.contains(&part)) {
        return false;
    }
    let file = lower.rsplit('/').next().unwrap_or_default();
    let roles = lower.rsplit('/').nth(1) == Some("roles");
    match kind(path, false) {
        Kind::Codeowners | Kind::Aliases | Kind::Owners => true,
        Kind::Adopters => file.starts_with("adopter") || stem(file) == "users",
        Kind::People(_) => roles || is_usual_name(file),
        Kind::Prose | Kind::Unknown => false,
    }
}

fn stem(file: &str) -> &str {
    file.split('.').next().unwrap_or(file)
}

/// Whether a file of people has one of the names that projects use: `MAINTAINERS`, `CORE-MAINTAINERS`, `TSC`.
fn is_usual_name(file: &str) -> bool {
    let roles = ["maintainer", "owner", "approver", "reviewer", "committer", "emeritus", "alumni"];
    let bodies = ["tsc", "pmc", "steering", "committee"];
    let last = stem(file).rsplit(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
    let plural = last.strip_suffix('s').is_some_and(|last| roles.contains(&last));
    plural
        || bodies.contains(&last)
        || roles.iter().any(|role| file.starts_with(role) || file.contains(&format!("_{role}")))
}

/// Reads a version of a file.
pub(super) fn read(path: &str, kind: &Kind, bytes: &[u8]) -> Reading {
    if bytes.len() > LARGEST {
        let mut page = Page::default();
        page.reject(1, "the file is larger than 8 MiB, too large for a roster", "leave it out with `files`", "");
        return Reading::Nothing(page);
    }
    let (text, doubts) = decode(bytes);
    if text.trim().is_empty() {
        let mut page = Page { problems: doubts, ..Page::default() };
        page.note(None, "the file is empty; the list before it stands", "restore the list, or delete the file");
        return Reading::Nothing(page);
    }
    let mut page = parse(path, kind, &text);
    page.problems.splice(0..0, doubts);
    judge(page, kind, &text)
}

fn parse(path: &str, kind: &Kind, text: &str) -> Page {
    let extension =
        path.rsplit('/').next().and_then(|file| file.split_once('.')).map_or("", |(_, extension)| extension);
    let extension = extension.to_lowercase();
    let markup = matches!(extension.as_str(), "md" | "markdown" | "mdx");
    match kind {
        Kind::Codeowners => codeowners::read(text),
        Kind::Aliases => owners::read_aliases(text).unwrap_or_else(|error| broken(error, text)),
        Kind::Owners => owners_page(text),
        Kind::Adopters if matches!(extension.as_str(), "yaml" | "yml") => {
            adopters::read_yaml(text).unwrap_or_else(|error| broken(error, text))
        }
        Kind::Adopters => adopters::read(text),
        Kind::People(default) if matches!(extension.as_str(), "yaml" | "yml") => {
            match owners::read(text, default, false) {
                Ok(page) => page.unwrap_or_default(),
                Err(error) => broken(error, text),
            }
        }
        Kind::People(default) if markup => markdown::read(text, default, false),
        Kind::People(default) => {
            plain::read(text, default).unwrap_or_else(|| markdown::read(&plain::without_comments(text), default, true))
        }
        Kind::Prose | Kind::Unknown => Page::default(),
    }
}

static KEY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?m)^\s*(?:[a-z]+_)*(?:approvers|reviewers|owners|maintainers|filters|options|labels|aliases)\s*:")
        .ok()
});

/// An OWNERS without extension: YAML, or the lines of addresses that Chromium and Gerrit read.
fn owners_page(text: &str) -> Page {
    let default = Standing::Role(Role::new("owner", true));
    match owners::read(text, &default, true) {
        Ok(Some(page)) => page,
        Err(error) if KEY.as_ref().is_some_and(|key| key.is_match(text)) => broken(error, text),
        _ => markdown::read(&plain::without_comments(text), &default, true),
    }
}

fn broken((line, message): (Option<u32>, String), text: &str) -> Page {
    let at = line.and_then(|line| text.lines().nth(line as usize - 1)).unwrap_or_default();
    let mut page = Page::default();
    let message = format!("the YAML is broken: {message}");
    page.problems.push(Problem::rejected("", line, message, "mend the YAML; the list before it stands").with_text(at));
    page
}

static PLAIN_POINTER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)https?://[^\s>)]+|\b[\w./-]+\.(?:md|ya?ml|txt)\b").ok());

static SENDS_ON: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:moved|see|refer|managed|(?:maintained|kept|listed|found|lives?) (?:at|in|on|here))\b").ok()
});

/// Decides what a page without a list is: a pointer to another place, or a page that could not be read.
fn judge(mut page: Page, kind: &Kind, text: &str) -> Reading {
    let states = page.states_list || !page.people.is_empty() || !page.adopters.is_empty();
    let only_former = !page.former.is_empty() && page.links.is_empty();
    if states || only_former {
        return Reading::Stated(page);
    }
    if page.problems.iter().any(|problem| problem.severity == muster_model::Severity::Rejected) {
        return Reading::Nothing(page);
    }
    let named = target(&page.links).is_some_and(|(_, named)| named);
    if !named && matches!(kind, Kind::People(_) | Kind::Owners | Kind::Adopters) {
        let plain = PLAIN_POINTER.iter().flat_map(|link| link.find_iter(text));
        page.links.extend(plain.map(|link| link.as_str().trim_end_matches('.').to_owned()));
    }
    if let Some(target) = pointer(&page, text) {
        let hint = "collect that place; what this file listed before is read as moved";
        page.note(None, format!("the page lists nobody itself and links to {target}"), hint);
        return Reading::Moved(page);
    }
    let message = if page.holds_entries {
        "a page with a list or profiles names nobody that could be read"
    } else {
        "no list of people or adopters was found"
    };
    let hint = "write a table or a list; or leave the file out with `files`; what it listed before stands";
    page.reject(1, message, hint, text.lines().next().unwrap_or_default());
    Reading::Nothing(page)
}

/// Where a page that is a mere pointer leads: few words and no entries of its own, and either the target is named like a
/// roster or the words send the reader on. In doubt it is none, for a pointer ends every listing.
fn pointer(page: &Page, text: &str) -> Option<String> {
    let (target, named) = target(&page.links)?;
    let prose = text.lines().filter(|line| !line.trim_start().starts_with('|'));
    let words = prose.map(|line| line.split_whitespace().count()).sum::<usize>();
    let sends = named || SENDS_ON.as_ref().is_some_and(|sends| sends.is_match(text));
    (!page.holds_entries && words <= POINTER_WORDS && sends).then(|| target.to_owned())
}

/// The link that leads to the list: one to a file that is named like a roster, which the second part says, else the first.
fn target(links: &[String]) -> Option<(&str, bool)> {
    let named = |link: &&String| {
        let file = link.split(['#', '?']).next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        matches!(kind(file, false), Kind::People(_) | Kind::Owners | Kind::Adopters | Kind::Codeowners)
    };
    let roster = links.iter().find(named).map(|link| (link.as_str(), true));
    roster.or_else(|| links.first().map(|link| (link.as_str(), false)))
}

/// Text from bytes: UTF-8 or UTF-16 with a byte order mark, line ends made `\n`; what is neither is replaced and noted.
fn decode(bytes: &[u8]) -> (String, Vec<Problem>) {
    let mut doubts = Vec::new();
    let text = match bytes {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        bytes => {
            let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
            if let Err(error) = std::str::from_utf8(bytes) {
                let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() as u32 + 1;
                let message = "the file is not UTF-8; the bytes that are not were replaced";
                doubts.push(Problem::notice("", line, message, "save the file as UTF-8"));
            }
            String::from_utf8_lossy(bytes).into_owned()
        }
    };
    if let Some(at) = text.find('\0') {
        let line = text[..at].matches('\n').count() as u32 + 1;
        doubts.push(Problem::notice(
            "",
            line,
            "the file holds NUL characters; they were replaced",
            "save the file as text",
        ));
    }
    (text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{FFFD}"), doubts)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_md(text: &[u8]) -> Reading {
        read("MAINTAINERS.md", &kind("MAINTAINERS.md", false), text)
    }

    #[test]
    fn paths_name_their_kind() {
        for (path, expected, default) in [
            ("MAINTAINERS.md", "maintainer", true),
            ("docs/MAINTAINERS", "maintainer", true),
            ("OWNERS.md", "owner", true),
            ("pkg/OWNERS", "OWNERS", true),
            ("OWNERS_ALIASES", "aliases", true),
            (".github/CODEOWNERS", "codeowners", true),
            ("ADOPTERS.md", "adopters", true),
            ("roles/Security-Team.md", "security", true),
            ("roles/Members.md", "member", true),
            ("APPROVERS.md", "approver", true),
            ("EMERITUS.md", "former", true),
            ("CORE_MAINTAINERS.txt", "maintainer", true),
            ("GOVERNANCE.md", "prose", false),
            ("COMMUNITY_MEMBERSHIP.md", "prose", false),
            ("REPOSITORIES.md", "prose", false),
            ("SECURITY.md", "prose", false),
            ("MAINTAINERS_GUIDE.md", "prose", false),
            ("README.md", "prose", false),
            ("cmd/owners.go", "unknown", false),
            ("vendor/x/OWNERS", "OWNERS", false),
            ("CONTRIBUTORS.md", "contributor", false),
            ("CORE-MAINTAINERS", "maintainer", true),
            ("project-maintainers.csv", "maintainer", true),
            ("TSC.md", "steering committee", true),
            ("STEERING-COMMITTEE.md", "steering committee", true),
            ("USERS.md", "adopters", true),
            ("docs/steering-wheel.md", "steering committee", false),
            ("add-maintainers.md", "prose", false),
        ] {
            let name = match kind(path, false) {
                Kind::Codeowners => "codeowners".to_owned(),
                Kind::Aliases => "aliases".to_owned(),
                Kind::Owners => "OWNERS".to_owned(),
                Kind::Adopters => "adopters".to_owned(),
                Kind::People(Standing::Role(role)) => role.name,
                Kind::People(_) => "former".to_owned(),
                Kind::Prose => "prose".to_owned(),
                Kind::Unknown => "unknown".to_owned(),
            };
            assert_eq!((name.as_str(), is_default(path)), (expected, default), "{path}");
        }
    }

    #[test]
    fn prose_that_the_pipeline_names_is_read() {
        let kind = kind("GOVERNANCE.md", true);
        let text = b"# Governance\n\n- ask @adal\n- ask @bof\n\n## Maintainers\n\n- @adal\n";
        assert!(matches!(read("GOVERNANCE.md", &kind, text), Reading::Stated(page) if page.people.len() == 1));
    }

    #[test]
    fn pages_without_a_list() {
        assert!(matches!(read_md(b""), Reading::Nothing(page) if page.problems.len() == 1));
        assert!(matches!(read_md(b"\xEF\xBB\xBF \r\n"), Reading::Nothing(_)));
        assert!(matches!(read_md(b"# M\n\nSee [the list](https://x.example/M.md).\n"), Reading::Moved(_)));
        assert!(matches!(read_md(b"# M\n\nSee roles/Maintainers.md instead\n"), Reading::Moved(_)));
        assert!(
            matches!(read_md(b"# M\n\nOf [x](y.html), managed at https://x.example/MAINTAINERS.md.\n"), Reading::Moved(page)
            if page.problems[0].message.contains("x.example"))
        );
        let long = format!("# M\n\n{} [x](y.md)\n", "word ".repeat(200));
        assert!(matches!(read_md(long.as_bytes()), Reading::Nothing(page) if page.problems.len() == 1));
        assert!(matches!(read_md(b"# M\n\nSome words.\n"), Reading::Nothing(page) if page.problems[0].line == Some(1)));
        for text in [
            "# M\n\n- [all of us](https://x.example/board) - ask there\n- nobody\n",
            "# M\n\nSee [Ada](https://github.com/adal) and [Bo](https://github.com/bof) or [us](x.md).\n",
            "# M\n\nWe like [lamps](https://x.example).\n",
        ] {
            let read = read_md(text.as_bytes());
            let rejected = |page: &Page| page.problems[0].severity == muster_model::Severity::Rejected;
            assert!(matches!(&read, Reading::Nothing(page) if rejected(page)), "{text}{read:?}");
        }
        assert!(
            matches!(read_md(b"# M\n\n| GitHub ID | Name |\n|-|-|\n"), Reading::Stated(page) if page.people.is_empty())
        );
    }

    #[test]
    fn bytes_of_every_sort() {
        for bytes in [
            &b"\xEF\xBB\xBF# M\r\n\r\n- @adal\r\n- Bo Fen <bo@fen.example>\r\n"[..],
            b"# M\r\r- @adal\r- Bo Fen <bo@fen.example>\r",
            b"# M \xFF\n\n- @adal\n- Bo Fen <bo@fen.example>\n",
            b"# M \0\n\n- @adal\n- Bo Fen <bo@fen.example>\n",
        ] {
            assert!(matches!(read_md(bytes), Reading::Stated(page) if page.people.len() == 2), "{bytes:?}");
        }
        let wide: Vec<u8> = "\u{FEFF}- @adal\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(matches!(read_md(&wide), Reading::Stated(page) if page.people.len() == 1));
    }

    #[test]
    fn broken_yaml_keeps_the_list_and_addresses_are_owners() {
        let owners = |text: &str| read("OWNERS", &Kind::Owners, text.as_bytes());
        assert!(
            matches!(owners("approvers:\n- a\n\t- b\n"), Reading::Nothing(page) if page.problems[0].line == Some(3))
        );
        assert!(
            matches!(owners("set noparent\nada@lark.example\n# x\nbo@fen.example\n"), Reading::Stated(page) if page.people.len() == 2)
        );
    }
}
