//! Git's answers to events and problems. Nothing in here fails or reads a file.

use super::COLLECTOR;
use muster_model::payload::{CommitAuthored, Signature, TagCreated, Trailer};
use muster_model::{Event, Payload, Problem, Timestamp, account};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What `git log -z` prints of a commit: fields that each end in NUL, the last one with the record. The dates are the
/// digits of the commit itself (`%at`): a formatted date would show one that git cannot read as 1970.
pub(super) const COMMIT_FORMAT: &str =
    "%H%x00%P%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%(trailers:only,unfold)%x00%B";

/// How many fields that are.
pub(super) const COMMIT_FIELDS: usize = 10;

/// What `git for-each-ref` prints of a tag, one a line.
pub(super) const TAG_FORMAT: &str = "%(refname)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)\
    %00%(taggername)%00%(taggeremail)%00%(taggerdate:unix)%00%(committerdate:unix)%00%(*committerdate:unix)";

const TRAILER_KEYS: &[&str] =
    &["signed-off-by", "co-authored-by", "reviewed-by", "acked-by", "tested-by", "reported-by"];

/// The repository that events are about.
#[derive(Debug, Clone)]
pub(crate) struct Repository {
    /// `owner/name`.
    pub(super) name: String,
    /// `git:<owner/name>`.
    pub(super) source: Arc<str>,
}

impl Repository {
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), source: Arc::from(format!("git:{name}")) }
    }

    /// An address on GitHub under this repository.
    pub(super) fn url(&self, path: &str) -> Option<String> {
        Some(format!("https://github.com/{}/{path}", self.name))
    }
}

/// A commit as git prints it, not yet understood.
#[derive(Debug)]
pub(crate) struct Record<'a> {
    /// The commit's id.
    pub(super) sha: &'a str,
    fields: [&'a [u8]; COMMIT_FIELDS],
}

impl<'a> Record<'a> {
    /// Takes a record apart; `None` when it is not in [`COMMIT_FORMAT`].
    pub(super) fn split(record: &'a [u8]) -> Option<Self> {
        let mut fields = [&record[..0]; COMMIT_FIELDS];
        let mut rest = record;
        for field in &mut fields {
            let end = memchr::memchr(0, rest)?;
            *field = &rest[..end];
            rest = &rest[end + 1..];
        }
        Self::of(fields)
    }

    /// A commit that another program has taken apart: its fields in the order of [`COMMIT_FORMAT`], the parents apart.
    pub(crate) fn of(fields: [&'a [u8]; COMMIT_FIELDS]) -> Option<Self> {
        let sha = std::str::from_utf8(fields[0]).ok().filter(|sha| is_sha(sha))?;
        Some(Self { sha, fields })
    }

    /// The ids of the parents that git knows of: in a shallow clone not all.
    pub(super) fn parents(&self) -> impl Iterator<Item = &'a str> {
        std::str::from_utf8(self.fields[1]).unwrap_or_default().split_ascii_whitespace()
    }

    /// The commit as an event; `parents` is how many it has.
    pub(crate) fn event(&self, repository: &Repository, parents: u32) -> Result<Event, Problem> {
        let [_, _, name, address, authored, committer, committer_address, committed, trailers, message] = self.fields;
        let time = self.date("author", authored)?;
        let committed = self.date("committer", committed)?;
        let author = signature(&repository.name, &lossy(name), &lossy(address));
        Ok(Event {
            id: format!("git:{}", self.sha),
            source: repository.source.clone(),
            time,
            subject: format!("git:{}@{}", repository.name, self.sha),
            actor: account_of(&repository.name, &author.name, &lossy(address)),
            url: repository.url(&format!("commit/{}", self.sha)),
            data: Payload::CommitAuthored(CommitAuthored {
                sha: self.sha.to_owned(),
                author,
                committer: signature(&repository.name, &lossy(committer), &lossy(committer_address)),
                committed: committed.to_string(),
                parents,
                summary: summary(&lossy(message)),
                trailers: people(&repository.name, &lossy(trailers)),
            }),
            collector: COLLECTOR.into(),
        })
    }

    fn date(&self, whose: &str, digits: &[u8]) -> Result<Timestamp, Problem> {
        let digits = lossy(digits);
        instant(&digits).ok_or_else(|| {
            let found = if digits.is_empty() { "nothing".to_owned() } else { format!("{digits:?}") };
            Problem::rejected(
                self.sha,
                None,
                format!(
                    "the {whose} date of commit {} cannot be read: {found} where seconds since 1970 belong",
                    self.sha
                ),
                format!("see git cat-file -p {}; the commit is left out", self.sha),
            )
            .with_text(digits)
        })
    }
}

/// A tag as `git for-each-ref` prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    /// Without `refs/tags/`.
    pub(super) name: String,
    /// The kind of object it points to, in the end: `commit`, or `tag` where git looked only one step far.
    pub(super) kind: String,
    /// That object.
    pub(super) target: String,
    /// Name and address; `None` for a lightweight tag.
    pub(super) tagger: Option<(String, String)>,
    /// Seconds since 1970, as digits: the tagger's, else the commit's.
    pub(super) date: String,
}

/// The tags of a repository, by name. A line that is not in [`TAG_FORMAT`] cannot occur, and is left out.
pub(super) fn tags(answer: &[u8]) -> Vec<Tag> {
    let mut tags: Vec<Tag> = answer.split(|&byte| byte == b'\n').filter_map(tag).collect();
    tags.sort_by(|one, other| one.name.cmp(&other.name));
    tags
}

fn tag(line: &[u8]) -> Option<Tag> {
    let fields: Vec<String> = line.split(|&byte| byte == 0).map(|field| lossy(field).into_owned()).collect();
    let [refname, kind, object, peeled_kind, peeled, name, address, tagged, committed, peeled_committed] =
        <[String; 10]>::try_from(fields).ok()?;
    let tag_name = refname.strip_prefix("refs/tags/")?.to_owned();
    if kind != "tag" {
        return Some(Tag { name: tag_name, kind, target: object, tagger: None, date: committed });
    }
    let address = address.trim_start_matches('<').trim_end_matches('>').to_owned();
    // Tags of the first years have no tagger, and so no date of their own.
    let date = if name.is_empty() && address.is_empty() && tagged.is_empty() { peeled_committed } else { tagged };
    Some(Tag { name: tag_name, kind: peeled_kind, target: peeled, tagger: Some((name, address)), date })
}

impl Tag {
    /// The tag as an event.
    pub(super) fn event(&self, repository: &Repository) -> Result<Event, Problem> {
        let Some(time) = instant(&self.date) else {
            return Err(Problem::rejected(
                format!("refs/tags/{}", self.name),
                None,
                format!(
                    "the date of tag {} cannot be read: {:?} where seconds since 1970 belong",
                    self.name, self.date
                ),
                format!("see git cat-file -p refs/tags/{}; the tag is left out", self.name),
            )
            .with_text(self.date.clone()));
        };
        let actor = self.tagger.as_ref().and_then(|(name, address)| account_of(&repository.name, name, address));
        Ok(Event {
            id: format!("git:{}/tag/{}@{}", repository.name, self.name, self.target),
            source: repository.source.clone(),
            time,
            subject: format!("git:{}/tag/{}", repository.name, self.name),
            actor,
            url: repository.url(&format!("releases/tag/{}", in_url(&self.name))),
            data: Payload::TagCreated(TagCreated { name: self.name.clone(), sha: self.target.clone() }),
            collector: COLLECTOR.into(),
        })
    }
}

/// The account of a person as git names one: the address, else the name, else none.
pub(super) fn account_of(repository: &str, name: &str, address: &str) -> Option<String> {
    let (name, address) = (name.trim(), address.trim());
    if is_address(address) {
        Some(account::email(address))
    } else if !name.is_empty() {
        Some(account::name(repository, name))
    } else if !address.is_empty() {
        Some(account::name(repository, address))
    } else {
        None
    }
}

/// Whether a text can be an e-mail address. Git itself takes anything, so only what would mix up people is refused.
pub(super) fn is_address(text: &str) -> bool {
    let plain = !text.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>'));
    plain && text.split_once('@').is_some_and(|(local, host)| !local.is_empty() && !host.is_empty())
}

/// Whether a text is an object id in full.
pub(super) fn is_sha(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Seconds since 1970 as git stores them: digits only.
pub(super) fn instant(digits: &str) -> Option<Timestamp> {
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten().and_then(|seconds| Timestamp::from_second(seconds).ok())
}

/// Counts the parents in a commit object's own text, which a shallow clone's cut does not change.
pub(super) fn stated_parents(object: &[u8]) -> u32 {
    let header = object.split(|&byte| byte == b'\n').take_while(|line| !line.is_empty());
    header.filter(|line| line.starts_with(b"parent ")).fold(0, |count, _| count + 1)
}

/// The branches that `git ls-remote` or `git for-each-ref` lists: `<id> <ref>` a line.
pub(super) fn references(answer: &str) -> BTreeMap<String, String> {
    let pairs = answer.lines().filter_map(|line| line.split_once(|c: char| c.is_ascii_whitespace()));
    pairs.map(|(sha, name)| (name.trim().to_owned(), sha.to_owned())).collect()
}

fn signature(repository: &str, name: &str, address: &str) -> Signature {
    // A commit without any author at all still has a payload; its account then names nobody.
    let account = account_of(repository, name, address).unwrap_or_else(|| account::name(repository, ""));
    Signature { account, name: name.trim().to_owned() }
}

fn summary(message: &str) -> String {
    message.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned()
}

/// The people in the trailers, in their order, repeated ones once. Each trailer is one line, `Key: value`.
fn people(repository: &str, trailers: &str) -> Vec<Trailer> {
    let mut people: Vec<Trailer> = Vec::new();
    for (key, value) in trailers.lines().filter_map(|line| line.split_once(':')) {
        let key = key.trim().to_lowercase();
        if !TRAILER_KEYS.contains(&key.as_str()) {
            continue;
        }
        let (name, address) = name_and_address(value);
        let Some(account) = account_of(repository, name, address) else { continue };
        if !people.iter().any(|known| known.key == key && known.account == account) {
            people.push(Trailer { key, account, name: name.to_owned() });
        }
    }
    people
}

/// `Name <address>`, `<address>`, `address` or `Name`. Of several people in one value the first counts, as on GitHub.
fn name_and_address(value: &str) -> (&str, &str) {
    let value = value.trim();
    match value.split_once('<') {
        Some((name, rest)) => (name.trim(), rest.split_once('>').map_or(rest, |(address, _)| address).trim()),
        None if is_address(value) => ("", value),
        None => (value, ""),
    }
}

fn lossy(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// A tag's name in an address: git forbids `?` and spaces in it, but neither `#` nor `%`.
fn in_url(name: &str) -> String {
    name.replace('%', "%25").replace('#', "%23")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA: &str = "1111111111111111111111111111111111111111";

    fn record(changes: &[(usize, &[u8])]) -> Vec<u8> {
        let mut fields: [&[u8]; COMMIT_FIELDS] = [
            SHA.as_bytes(),
            b"",
            b"Ada",
            b"Ada@Example.org",
            b"1700000000",
            b"Bo",
            b"bo@example.org",
            b"1700000060",
            b"",
            b"Add a lantern\n",
        ];
        for &(at, value) in changes {
            fields[at] = value;
        }
        fields.iter().flat_map(|field| [*field, b"\0"].concat()).collect()
    }

    fn event(changes: &[(usize, &[u8])]) -> Result<Event, Problem> {
        let bytes = record(changes);
        let record = Record::split(&bytes).expect("ten fields");
        record.event(&Repository::new("acme/lantern"), 1)
    }

    fn commit(changes: &[(usize, &[u8])]) -> CommitAuthored {
        match event(changes).expect("a commit").data {
            Payload::CommitAuthored(commit) => commit,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_commit_becomes_an_event() {
        let event = event(&[]).expect("a commit");
        assert_eq!(event.id, format!("git:{SHA}"));
        assert_eq!(&*event.source, "git:acme/lantern");
        assert_eq!(event.subject, format!("git:acme/lantern@{SHA}"));
        assert_eq!(event.actor.as_deref(), Some("email:ada@example.org"));
        assert_eq!(event.time.to_string(), "2023-11-14T22:13:20Z");
        assert_eq!(event.url, Some(format!("https://github.com/acme/lantern/commit/{SHA}")));
        let Payload::CommitAuthored(commit) = event.data else { panic!("another kind") };
        assert_eq!(commit.committed, "2023-11-14T22:14:20Z");
        assert_eq!(commit.committer.account, "email:bo@example.org");
        assert_eq!((commit.parents, commit.summary.as_str()), (1, "Add a lantern"));
    }

    #[test]
    fn what_is_no_address_is_a_name() {
        for (name, address, account) in [
            ("Ada", "", Some("name:acme/lantern/Ada")),
            ("Ada", "none", Some("name:acme/lantern/Ada")),
            ("Ada", "(no author)@uuid", Some("name:acme/lantern/Ada")),
            ("", "root", Some("name:acme/lantern/root")),
            ("Ada", " A@B ", Some("email:a@b")),
            ("", "", None),
        ] {
            assert_eq!(account_of("acme/lantern", name, address).as_deref(), account, "{name} <{address}>");
        }
        assert_eq!(event(&[(2, b""), (3, b"")]).expect("a commit").actor, None);
    }

    #[test]
    fn trailers_name_people_once_each() {
        let trailers = b"Signed-off-by: Ada <ada@example.org>\nSIGNED-OFF-BY: A. <ADA@example.org>\n\
            Co-authored-by: Ada <ada@example.org>\nReviewed-by: bo@example.org\nTested-by: Cy\r\nAcked-by:\n\
            Co-authored-by: dy@example.org <dy>\nFixes: #1\nReported-by: Ed <ed@example.org> # who: found it\n";
        let people: Vec<(String, String, String)> =
            commit(&[(8, trailers)]).trailers.into_iter().map(|t| (t.key, t.account, t.name)).collect();
        let expected = [
            ("signed-off-by", "email:ada@example.org", "Ada"),
            ("co-authored-by", "email:ada@example.org", "Ada"),
            ("reviewed-by", "email:bo@example.org", ""),
            ("tested-by", "name:acme/lantern/Cy", "Cy"),
            ("co-authored-by", "name:acme/lantern/dy@example.org", "dy@example.org"),
            ("reported-by", "email:ed@example.org", "Ed"),
        ];
        assert_eq!(people, expected.map(|(k, a, n)| (k.to_owned(), a.to_owned(), n.to_owned())));
    }

    #[test]
    fn a_date_that_cannot_be_read_rejects_the_commit() {
        for (field, digits) in [(4, ""), (4, "99999999999999999999"), (7, "18446744073709551615"), (4, "253402300800")]
        {
            let problem = event(&[(field, digits.as_bytes())]).expect_err(digits);
            assert_eq!(problem.file, SHA);
            assert!(problem.message.contains(SHA) && problem.hint.contains("cat-file"), "{problem}");
        }
        assert_eq!(event(&[(4, b"0")]).expect("1970 is a date").time, Timestamp::UNIX_EPOCH);
    }

    #[test]
    fn bytes_that_are_no_text_are_shown_as_such() {
        assert_eq!(commit(&[(2, b"Ad\xe4")]).author.name, "Ad\u{fffd}");
        assert_eq!(commit(&[(9, b"\r\n  One\r\ntwo")]).summary, "One");
        assert_eq!(commit(&[(9, b"")]).summary, "");
    }

    #[test]
    fn what_is_no_record_is_seen() {
        assert!(Record::split(b"").is_none());
        assert!(Record::split(&record(&[(0, b"not an id")])).is_none());
        assert!(Record::split(&record(&[])[..60]).is_none());
    }

    #[test]
    fn tags_are_read_light_annotated_and_without_tagger() {
        let answer = format!(
            "refs/tags/v2#a\0commit\0{SHA}\0\0\0\0\0\0001700000000\0\n\
             refs/tags/v1\0tag\0{o}\0commit\0{SHA}\0Ada\0<ada@example.org>\0001700000100\0\0001700000000\n\
             refs/tags/v0\0tag\0{o}\0commit\0{SHA}\0\0\0\0\0001700000000\n\
             refs/tags/bad\0tag\0{o}\0commit\0{SHA}\0Ada\0<ada@example.org>\0\0\0001700000000\n",
            o = "2".repeat(40)
        );
        let repository = Repository::new("acme/lantern");
        let found: Vec<_> = tags(answer.as_bytes()).iter().map(|tag| tag.event(&repository)).collect();
        let found: Vec<_> = found
            .iter()
            .map(|tag| tag.as_ref().map(|event| (event.id.as_str(), event.actor.as_deref(), event.time.as_second())))
            .collect();
        assert_eq!(found[0].as_ref().map_err(|problem| problem.file.as_str()), Err("refs/tags/bad"));
        let id = |name: &str| format!("git:acme/lantern/tag/{name}@{SHA}");
        assert_eq!(found[1], Ok((id("v0").as_str(), None, 1_700_000_000)));
        assert_eq!(found[2], Ok((id("v1").as_str(), Some("email:ada@example.org"), 1_700_000_100)));
        assert_eq!(found[3], Ok((id("v2#a").as_str(), None, 1_700_000_000)));
        assert_eq!(in_url("v2#a"), "v2%23a");
    }

    #[test]
    fn parents_are_those_that_the_object_states() {
        assert_eq!(stated_parents(b"tree 1\nparent 2\nparent 3\nauthor x\n\nparent of all\n"), 2);
        assert_eq!(stated_parents(b"tree 1\nauthor x\n\nparent 2\n"), 0);
    }
}
