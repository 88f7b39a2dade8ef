//! Items of Perceval's `discourse`: a topic with its posts.
//!
//! A channel is a category, `discourse:<host>/<category>`; a topic is a thread that its first post begins. Personal topics
//! and whispers are private. Lines that Discourse writes itself (closed, pinned, moved) are not ours. The text is that of
//! the post as shown, without tags and without what is quoted. How many liked a post is known, not who.

use super::found::{Found, Person};
use super::node::Node;
use super::origin::Origin;
use crate::chat::facts::Post;
use crate::chat::text::Said;
use muster_model::account;
use muster_model::payload::MessagePosted;
use std::collections::HashMap;

/// Discourse's number for the action of liking.
const LIKE: u64 = 2;

/// Reads a topic.
///
/// # Errors
/// What it should have had.
pub(super) fn read(data: Node<'_>, origin: &Origin, keep: bool) -> Result<Found, String> {
    let topic = data.number("id").ok_or("a topic without id")?;
    let stream = data.object("post_stream").ok_or("a topic without post_stream")?;
    let posts: Vec<Node<'_>> = stream.list("posts").iter().filter_map(Node::of).collect();
    let mut found = Found::default();
    if data.text("archetype") == Some("private_message") {
        found.filtered = posts.len().max(1);
        return Ok(found);
    }
    found.rejected.extend((posts.len()..stream.list("posts").len()).map(|_| "a post that is no object".to_owned()));
    let category = data.id("category_id").unwrap_or_else(|| "none".to_owned());
    let channel = format!("discourse:{}/{category}", origin.host);
    let ids: HashMap<u64, u64> =
        posts.iter().filter_map(|post| Some((post.number("post_number")?, post.number("id")?))).collect();
    // A first post that is gone leaves its place.
    let first = ids.get(&1).map_or_else(|| format!("{channel}/topic-{topic}"), |id| format!("{channel}/{id}"));
    let reader = Reader { origin, channel, topic, slug: data.text("slug").unwrap_or("topic"), first, ids, keep };
    for post in posts {
        if let Err(why) = reader.post(post, &mut found) {
            found.rejected.push(why);
        }
    }
    Ok(found)
}

struct Reader<'a> {
    origin: &'a Origin,
    channel: String,
    topic: u64,
    slug: &'a str,
    first: String,
    /// Number in the topic to id.
    ids: HashMap<u64, u64>,
    keep: bool,
}

impl Reader<'_> {
    fn post(&self, post: Node<'_>, found: &mut Found) -> Result<(), String> {
        let id = post.number("id").ok_or("a post without id")?;
        let time = post.time("created_at").ok_or_else(|| format!("post {id} without a time in created_at"))?;
        match post.number("post_type") {
            None | Some(1) => {}
            Some(4) => {
                found.filtered += 1;
                return Ok(());
            }
            Some(_) => {
                found.not_ours += 1;
                return Ok(());
            }
        }
        let number = post.number("post_number").unwrap_or(1);
        let bot = post.whole("user_id").is_some_and(|user| user < 0);
        let actor = post.text("username").map(|login| account::platform("discourse", &self.origin.host, login));
        if let Some(account) = actor.clone() {
            let name = post.text("name").or_else(|| post.text("username")).unwrap_or_default().to_owned();
            found.people.push(Person { account, name, bot, ..Person::default() });
        }
        let event = Post {
            id: format!("{}/{id}", self.channel),
            subject: self.channel.clone(),
            actor,
            time,
            url: self.origin.page(&format!("t/{}/{}/{number}", self.slug, self.topic)),
        };
        let answered = post.number("reply_to_post_number").and_then(|number| self.ids.get(&number));
        let posted = MessagePosted {
            thread: Some(self.first.clone()).filter(|first| *first != event.id),
            reply_to: answered.map(|id| format!("{}/{id}", self.channel)).filter(|answered| *answered != event.id),
            bot,
            ..MessagePosted::default()
        };
        let shown = Shown::of(post.said("cooked"));
        let said = Said { text: &shown.text, links: &shown.links, mentions: shown.mentions, keep: self.keep };
        let hash = found.posted(&event, &said, posted);
        if post.number("version").is_some_and(|version| version > 1)
            && let Some(edited) = post.time("updated_at").filter(|edited| *edited > time)
        {
            found.facts.push(event.edited(edited, Some(hash)));
        }
        if let Some(deleted) = post.time("deleted_at") {
            found.facts.push(event.deleted(deleted, false));
        }
        let likes = post.list("actions_summary").iter().filter_map(Node::of).find(|sum| sum.number("id") == Some(LIKE));
        let likes = likes.and_then(|sum| sum.number("count")).unwrap_or(0);
        if likes > 0 {
            found.facts.push(event.reacted_by_many(("like", "like"), u32::try_from(likes).unwrap_or(u32::MAX)));
        }
        Ok(())
    }
}

/// What a post says, as people see it.
#[derive(Debug, PartialEq, Eq)]
struct Shown {
    text: String,
    links: Vec<String>,
    mentions: u32,
}

impl Shown {
    fn of(html: &str) -> Self {
        let own = without_quotes(html);
        let links = own.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let links = links.filter(|link| link.starts_with("http")).map(|link| link.replace("&amp;", "&")).collect();
        let mentions = own.matches("class=\"mention\"").count();
        let text = mail_parser::decoders::html::html_to_text(&own);
        Self { text: text.trim().to_owned(), links, mentions: u32::try_from(mentions).unwrap_or(u32::MAX) }
    }
}

/// Without the parts that quote other posts.
fn without_quotes(html: &str) -> String {
    let mut own = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find("<aside class=\"quote") {
        own.push_str(&rest[..at]);
        rest = rest[at..].split_once("</aside>").map_or("", |(_, after)| after);
    }
    own.push_str(rest);
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_is_what_its_author_wrote() {
        let shown = Shown::of(
            "<aside class=\"quote no-group\"><p>old words?</p></aside>\n<p>Yes, <a class=\"mention\" href=\"/u/bo\">@bo</a>: \
             <a href=\"https://a.b/?x=1&amp;y=2\">here</a></p>",
        );
        assert_eq!(shown.text, "Yes, @bo: here");
        assert_eq!((shown.links, shown.mentions), (vec!["https://a.b/?x=1&y=2".to_owned()], 1));
    }
}
