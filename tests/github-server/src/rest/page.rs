//! Pages of a list and the `Link` header. GitHub's links go by the repository's number and not by its name, so a client
//! that makes the next address itself in place of following the link will differ.

use super::Ask;
use crate::answer::Answer;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

const MOST: usize = 100;
const USUAL: usize = 30;

/// A list, to be answered in pages.
pub(super) struct Listing<'a> {
    ask: &'a Ask<'a>,
    /// The address of the list, without the root.
    path: String,
    page: usize,
    size: usize,
    /// Pages beyond this are refused.
    deepest: Option<usize>,
}

impl<'a> Listing<'a> {
    pub(super) fn new(ask: &'a Ask<'a>, path: String) -> Self {
        let number =
            |name| ask.parameter(name).and_then(|text| text.parse::<usize>().ok()).filter(|number| *number > 0);
        let page = number("page").unwrap_or(1);
        let size = number("per_page").unwrap_or(USUAL).min(MOST);
        Self { ask, path, page, size, deepest: None }
    }

    /// The same, but GitHub refuses its pages after the 400th.
    pub(super) fn shallow(mut self) -> Self {
        self.deepest = Some(400);
        self
    }

    /// The page as a JSON array.
    pub(super) fn answer<T>(self, all: Vec<T>, write: impl Fn(&T) -> Value) -> Answer {
        self.answer_with(all, write, Value::Array)
    }

    /// The page in another wrapping.
    pub(super) fn answer_with<T>(
        self,
        all: Vec<T>,
        write: impl Fn(&T) -> Value,
        wrap: impl Fn(Vec<Value>) -> Value,
    ) -> Answer {
        if self.deepest.is_some_and(|deepest| self.page > deepest) {
            return Answer::message(
                422,
                "In order to keep the API fast for everyone, pagination is limited for this resource.",
            );
        }
        let pages = all.len().div_ceil(self.size).max(1);
        let from = (self.page - 1).saturating_mul(self.size).min(all.len());
        let to = (from + self.size).min(all.len());
        let written = all[from..to].iter().map(write).collect();
        let answer = Answer::json(200, &wrap(written));
        let mut links = Vec::new();
        if self.page > 1 {
            links.push(self.link(&[("page", (self.page - 1).to_string())], "prev"));
        }
        if self.page < pages {
            links.push(self.link(&[("page", (self.page + 1).to_string())], "next"));
            links.push(self.link(&[("page", pages.to_string())], "last"));
        }
        if self.page > 1 {
            links.push(self.link(&[("page", "1".to_owned())], "first"));
        }
        with_links(answer, &links)
    }

    /// The page of a list that GitHub pages by cursors: the link to the next names what the last was, and none leads to
    /// the last page. `key` is what the list is ordered by, and ascends along it or, if `descending`, falls.
    pub(super) fn answer_by_cursor<T>(
        self,
        mut all: Vec<T>,
        key: impl Fn(&T) -> (i64, u64),
        descending: bool,
        write: impl Fn(&T) -> Value,
    ) -> Answer {
        all.sort_by_key(&key);
        if descending {
            all.reverse();
        }
        let from = match self.ask.parameter("after") {
            Some(cursor) => match place(&cursor) {
                Some(place) => all.partition_point(|one| {
                    let order = key(one).cmp(&place);
                    if descending { order.is_ge() } else { order.is_le() }
                }),
                None => return Answer::message(422, "Validation Failed"),
            },
            None => (self.page - 1).saturating_mul(self.size).min(all.len()),
        };
        let to = (from + self.size).min(all.len());
        let page = &all[from..to];
        let answer = Answer::json(200, &Value::Array(page.iter().map(write).collect()));
        match page.last() {
            Some(last) if to < all.len() => {
                let (key, id) = key(last);
                let cursor = URL_SAFE_NO_PAD.encode(format!("cursor:v2:{key}:{id}"));
                let next = self.link(&[("after", cursor), ("page", (self.page + 1).to_string())], "next");
                with_links(answer, &[next])
            }
            _ => answer,
        }
    }

    fn link(&self, set: &[(&str, String)], rel: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (key, value) in url::form_urlencoded::parse(self.ask.query.as_bytes()) {
            if !set.iter().any(|(name, _)| *name == key) {
                query.append_pair(&key, &value);
            }
        }
        for (name, value) in set {
            query.append_pair(name, value);
        }
        format!("<{}{}?{}>; rel=\"{rel}\"", self.ask.url, self.path, query.finish())
    }
}

fn with_links(answer: Answer, links: &[String]) -> Answer {
    if links.is_empty() { answer } else { answer.header("link", links.join(", ")) }
}

fn place(cursor: &str) -> Option<(i64, u64)> {
    let decoded = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (key, id) = decoded.strip_prefix("cursor:v2:")?.split_once(':')?;
    Some((key.parse().ok()?, id.parse().ok()?))
}
