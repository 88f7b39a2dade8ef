//! GitHub's objects as the REST API and webhooks write them, and the facts that an object tells of itself.
//!
//! The address of its page (`html_url`) says what an object is, whose, and its number: one look at it serves issues, pull
//! requests, comments of every kind, reviews, releases and discussions alike, from any answer or delivery of any age.

use super::fact::{Discussion, Fact, Item, Repository, When, Who};
use muster_model::{Timestamp, account, parse_time};
use serde_json::Value;

/// The name of a field that an object should have had.
pub(crate) type Missing = &'static str;

/// An object of JSON. What has another type than it should have, or is null, is not there.
#[derive(Clone, Copy)]
pub(crate) struct Object<'a>(pub &'a serde_json::Map<String, Value>);

impl<'a> Object<'a> {
    pub fn of(value: &'a Value) -> Option<Self> {
        value.as_object().map(Self)
    }

    pub fn get(self, key: &str) -> Option<&'a Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    /// Whether the key is there, be it null.
    pub fn has(self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    pub fn object(self, key: &str) -> Option<Self> {
        self.get(key).and_then(Self::of)
    }

    pub fn text(self, key: &str) -> Option<&'a str> {
        self.get(key)?.as_str()
    }

    pub fn number(self, key: &str) -> Option<u64> {
        self.get(key)?.as_u64()
    }

    pub fn time(self, key: &str) -> Option<Timestamp> {
        self.text(key).and_then(|time| parse_time(time).ok())
    }

    /// The account under a key, or nobody.
    pub fn who(self, key: &str) -> Who {
        let Some(user) = self.object(key) else { return Who::default() };
        Who::new(user.text("login").unwrap_or_default(), user.number("id"), user.text("type"))
    }

    /// Who was asked for a review: an account, or a team of the repository's owner.
    pub fn reviewer(self, repository: Repository) -> Option<String> {
        let owner = repository.0.split('/').next()?;
        match self.object("requested_team") {
            Some(team) => Some(account::team(&format!("{owner}/{}", team.text("slug")?))),
            None => self.who("requested_reviewer").account,
        }
    }

    /// What the object's page is.
    pub fn page(self) -> Option<Page<'a>> {
        Page::of(self.text("html_url")?)
    }

    /// The issue or pull request that the object is.
    pub fn item(self) -> Option<Item<'a>> {
        match self.page()? {
            Page::Item(item) => Some(Item { pull: item.pull || self.object("pull_request").is_some(), ..item }),
            _ => None,
        }
    }

    /// The fact that the object was written, and what its text points to: an issue, a pull request, a discussion, a comment,
    /// a review, a release. Nothing for objects of other kinds, and for what only its author sees yet.
    ///
    /// # Errors
    /// A field that such an object should have.
    pub fn written(self) -> Result<Vec<Fact>, Missing> {
        let author = self.who("user");
        let created = || self.time("created_at").map(When::exact).ok_or("created_at");
        let fact = match self.page() {
            Some(Page::Item(_)) => {
                let item = self.item().ok_or("html_url")?;
                item.opened(author, created()?)
            }
            Some(Page::Discussion(discussion)) => discussion.opened(author, created()?),
            Some(Page::Comment(item, id)) => item.commented(author, created()?, id),
            Some(Page::ReviewComment(item, id)) => item.review_commented(author, created()?, id),
            Some(Page::DiscussionComment(discussion, id)) => discussion.commented(author, created()?, id),
            Some(Page::Review(item, id)) => {
                let state = self.text("state").ok_or("state")?;
                if state.eq_ignore_ascii_case("pending") {
                    return Ok(Vec::new());
                }
                item.reviewed(author, self.time("submitted_at").map(When::exact).ok_or("submitted_at")?, id, state)
            }
            // A comment on code and a release have no issue that a link in their text could belong to.
            Some(Page::CommitComment(repository, sha, id)) => {
                let sha = self.text("commit_id").unwrap_or(sha);
                return Ok(vec![repository.commit_commented(author, created()?, sha, id)]);
            }
            Some(Page::Release(repository)) => return Ok(self.released(repository)?.into_iter().collect()),
            Some(Page::Repository(_)) | None => return Ok(Vec::new()),
        };
        let mut facts = fact.links(self.text("body").unwrap_or_default());
        facts.insert(0, fact);
        Ok(facts)
    }

    fn released(self, repository: Repository) -> Result<Option<Fact>, Missing> {
        let Some(published) = self.time("published_at") else { return Ok(None) };
        if self.get("draft").and_then(Value::as_bool) == Some(true) {
            return Ok(None);
        }
        let (id, tag) = (self.number("id").ok_or("id")?, self.text("tag_name").ok_or("tag_name")?);
        Ok(Some(repository.released(self.who("author"), When::exact(published), id, tag)))
    }

    /// The fact that a pull request was merged, or an issue or pull request closed; `closer` is who else is known to have
    /// done it. Nothing while it was never closed.
    ///
    /// # Errors
    /// A closed pull request of which the object does not say whether it was merged.
    pub fn ended(self, item: Item, closer: Who) -> Result<Option<Fact>, Unsure> {
        let Some(closed) = self.time("closed_at") else { return Ok(None) };
        let merged = if item.pull { self.merge().ok_or(Unsure)? } else { None };
        Ok(Some(match merged {
            Some(time) => item.merged(self.who("merged_by").or(closer), When::exact(time), self.who("user")),
            None => item.closed(self.who("closed_by").or(closer), When::exact(closed)),
        }))
    }

    /// When a pull request was merged, if it was; `None` where the object does not say. An issue that is a pull request
    /// says it inside, and did not before 2022.
    pub fn merge(self) -> Option<Option<Timestamp>> {
        let told = if self.has("merged_at") {
            self
        } else {
            self.object("pull_request").filter(|pull| pull.has("merged_at"))?
        };
        Some(told.time("merged_at"))
    }
}

/// Whether a closed pull request was merged is not said.
pub(crate) struct Unsure;

/// What stands at an address of GitHub's.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Page<'a> {
    Repository(Repository<'a>),
    Item(Item<'a>),
    Comment(Item<'a>, u64),
    ReviewComment(Item<'a>, u64),
    Review(Item<'a>, u64),
    Discussion(Discussion<'a>),
    DiscussionComment(Discussion<'a>, u64),
    CommitComment(Repository<'a>, &'a str, u64),
    Release(Repository<'a>),
}

impl<'a> Page<'a> {
    /// `https://<host>/<owner>/<name>/…#…`
    pub fn of(url: &'a str) -> Option<Self> {
        let (_, path) = url.split_once("://")?.1.split_once('/')?;
        let (path, anchor) = path.split_once('#').unwrap_or((path, ""));
        let path = path.trim_end_matches('/');
        let owner_end = path.find('/')?;
        let name_end = path[owner_end + 1..].find('/').map_or(path.len(), |end| owner_end + 1 + end);
        let repository = Repository(&path[..name_end]);
        let rest: Vec<&str> = path[name_end..].split('/').skip(1).collect();
        let numbered = |start: &str| anchor.strip_prefix(start).and_then(|id| id.parse().ok());
        Some(match rest.as_slice() {
            [] => Self::Repository(repository),
            [kind @ ("issues" | "pull"), number, ..] => {
                let item = Item { repository, number: number.parse().ok()?, pull: *kind == "pull" };
                match anchor {
                    "" if rest.len() == 2 => Self::Item(item),
                    _ => numbered("issuecomment-")
                        .map(|id| Self::Comment(item, id))
                        .or_else(|| numbered("pullrequestreview-").map(|id| Self::Review(item, id)))
                        .or_else(|| numbered("discussion_r").map(|id| Self::ReviewComment(item, id)))?,
                }
            }
            ["discussions", number] => {
                let discussion = repository.discussion(number.parse().ok()?);
                match anchor {
                    "" => Self::Discussion(discussion),
                    _ => Self::DiscussionComment(discussion, numbered("discussioncomment-")?),
                }
            }
            // On the whole commit, or on a line of it.
            ["commit", sha] => {
                Self::CommitComment(repository, sha, numbered("commitcomment-").or_else(|| numbered("r"))?)
            }
            ["releases", "tag", _, ..] => Self::Release(repository),
            _ => return None,
        })
    }

    pub fn repository(self) -> &'a str {
        match self {
            Self::Repository(repository) | Self::Release(repository) | Self::CommitComment(repository, ..) => {
                repository.0
            }
            Self::Item(item) | Self::Comment(item, _) | Self::ReviewComment(item, _) | Self::Review(item, _) => {
                item.repository.0
            }
            Self::Discussion(discussion) | Self::DiscussionComment(discussion, _) => discussion.repository.0,
        }
    }
}
