//! Items of Perceval's `gitter`: a message of a room.

use super::found::{Found, Person};
use super::node::Node;
use super::origin::Origin;
use crate::chat::facts::Post;
use crate::chat::text::Said;
use muster_model::account;
use muster_model::payload::MessagePosted;

/// Reads a message.
///
/// # Errors
/// What it should have had.
pub(super) fn read(data: Node<'_>, origin: &Origin, keep: bool) -> Result<Found, String> {
    let id = data.text("id").ok_or("a message without id")?;
    let time = data.time("sent").ok_or_else(|| format!("message {id} without a time in sent"))?;
    let mut found = Found::default();
    let channel = format!("gitter:{}", origin.path);
    let user = data.object("fromUser");
    // Gitter's accounts were those of other platforms, and its logins theirs.
    let actor = user.and_then(|user| user.text("username")).map(|login| account::platform("gitter", "", login));
    if let (Some(user), Some(account)) = (user, actor.clone()) {
        let name = user.text("displayName").unwrap_or_default().to_owned();
        found.people.push(Person { account, name, ..Person::default() });
    }
    let url = origin.page(&format!("{}?at={id}", origin.path));
    let post = Post { id: format!("{channel}/{id}"), subject: channel.clone(), actor, time, url };
    let links = data.list("urls").iter().filter_map(Node::of).filter_map(|url| url.text("url"));
    let links: Vec<String> = links.map(str::to_owned).collect();
    let mentions = data.list("mentions").iter().filter_map(Node::of).filter(|one| !one.flag("group")).count();
    let posted = MessagePosted {
        thread: data.text("parentId").map(|parent| format!("{channel}/{parent}")),
        ..MessagePosted::default()
    };
    let mentions = u32::try_from(mentions).unwrap_or(u32::MAX);
    let hash = found.posted(&post, &Said { text: data.said("text"), links: &links, mentions, keep }, posted);
    if let Some(edited) = data.time("editedAt") {
        found.facts.push(post.edited(edited, Some(hash)));
    }
    Ok(found)
}
