//! The text of a message, and what is marked up in it.

/// A text as people see it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Content {
    pub text: String,
    /// Addresses of links, where they are not in the text.
    pub links: Vec<String>,
    pub mentions: u32,
    pub files: u32,
}

/// Markdown, which is kept as it is.
pub(super) fn markdown(text: &str) -> Content {
    let mut mentions = 0_u32;
    let mut rest = text;
    while let Some(at) = rest.find("@**") {
        rest = &rest[at + 3..];
        let Some(end) = rest.find("**") else { break };
        let name = &rest[..end];
        if !name.is_empty() && !name.contains('\n') && !is_everybody(name) {
            mentions += 1;
        }
        rest = &rest[end + 2..];
    }
    let files = text.matches("](/user_uploads/").count();
    Content { text: text.to_owned(), links: Vec::new(), mentions, files: u32::try_from(files).unwrap_or(u32::MAX) }
}

fn is_everybody(name: &str) -> bool {
    matches!(name, "all" | "everyone" | "stream" | "channel" | "topic")
}

/// HTML as Zulip makes it: the text without tags.
pub(super) fn html(html: &str) -> Content {
    let mut content = Content::default();
    let mut uploads: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        content.text.push_str(&unescaped(&rest[..at]));
        let Some(end) = rest[at..].find('>') else {
            rest = &rest[at..];
            break;
        };
        let tag = &rest[at + 1..at + end];
        rest = &rest[at + end + 1..];
        match attribute(tag, "href") {
            Some(href) if href.contains("/user_uploads/") => uploads.push(href),
            Some(href) if href.starts_with("http") => content.links.push(unescaped(href)),
            _ => {}
        }
        let is_mention =
            attribute(tag, "class").is_some_and(|class| class.split(' ').any(|name| name == "user-mention"));
        let is_silent = tag.contains("silent");
        if is_mention && !is_silent && attribute(tag, "data-user-id") != Some("*") {
            content.mentions += 1;
        }
        if tag == "/p" || tag == "/li" || tag.starts_with("br") {
            content.text.push('\n');
        }
    }
    content.text.push_str(&unescaped(rest));
    content.text = content.text.trim().to_owned();
    // An image is linked by its name and by itself.
    uploads.sort_unstable();
    uploads.dedup();
    content.files = u32::try_from(uploads.len()).unwrap_or(u32::MAX);
    content
}

/// The value of an attribute in double quotes, as Zulip writes them.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

/// With the characters that HTML writes by name; the last is that by which the others are escaped.
fn unescaped(text: &str) -> String {
    let mut text = text.to_owned();
    for (name, character) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")]
    {
        if text.contains(name) {
            text = text.replace(name, character);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_in_html_is_that_without_tags() {
        let content = html(
            "<p>Hi <span class=\"user-mention\" data-user-id=\"17\">@Ada</span>, see <a href=\"https://a.b/?x=1&amp;y=2\">here</a> \
             &amp; &lt;there&gt;</p>\n<p><a href=\"/user_uploads/1/x.png\">x.png</a><span class=\"user-mention silent\" \
             data-user-id=\"18\">Bo</span><span class=\"user-mention\" data-user-id=\"*\">@all</span></p>",
        );
        assert_eq!(content.text, "Hi @Ada, see here & <there>\n\nx.pngBo@all");
        assert_eq!((content.mentions, content.files), (1, 1));
        assert_eq!(content.links, ["https://a.b/?x=1&y=2"]);
        assert_eq!(html("a < b").text, "a < b");
    }

    #[test]
    fn mentions_in_markdown_are_of_people() {
        let content = markdown("@**Ada L.** and @**all**, @_**Bo** [f](/user_uploads/1/f.txt)");
        assert_eq!((content.mentions, content.files), (1, 1));
    }
}
