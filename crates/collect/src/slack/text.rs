//! Slack's markup to the text that people see.

use serde_json::Value;
use std::borrow::Cow;

/// What a text says without its markup.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Plain<'a> {
    pub text: Cow<'a, str>,
    /// What its links lead to, in order.
    pub links: Vec<String>,
    /// How many accounts it mentions, each once. `@here` and user groups are no accounts.
    pub mentions: u32,
}

/// Reads `<@U1>`, `<#C1|name>`, `<https://a|b>`, `<!here>`, `<!subteam^S1|@b>`, `<!date^1^f|b>` and the three escapes.
pub(super) fn plain(text: &str) -> Plain<'_> {
    if memchr::memchr2(b'<', b'&', text.as_bytes()).is_none() {
        return Plain { text: Cow::Borrowed(text), ..Plain::default() };
    }
    let mut plain = String::with_capacity(text.len());
    let mut links = Vec::new();
    let mut mentioned: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        unescape(&rest[..open], &mut plain);
        let inner = &rest[open + 1..];
        // What a person types as `<` arrives escaped, so this is markup; if it never closes, it is shown as it is.
        let Some(close) = inner.find('>') else {
            rest = &rest[open..];
            break;
        };
        let (what, label) = inner[..close].split_once('|').unwrap_or((&inner[..close], ""));
        rest = &inner[close + 1..];
        if let Some(user) = what.strip_prefix('@') {
            plain.push('@');
            plain.push_str(user);
            if !mentioned.contains(&user) {
                mentioned.push(user);
            }
        } else if let Some(channel) = what.strip_prefix('#') {
            plain.push('#');
            unescape(if label.is_empty() { channel } else { label }, &mut plain);
        } else if let Some(special) = what.strip_prefix('!') {
            if label.is_empty() {
                plain.push('@');
                plain.push_str(special.rsplit('^').next().unwrap_or(special));
            } else {
                unescape(label, &mut plain);
            }
        } else {
            let mut address = String::with_capacity(what.len());
            unescape(what, &mut address);
            unescape(if label.is_empty() { what } else { label }, &mut plain);
            if address.starts_with("http://") || address.starts_with("https://") {
                links.push(address);
            }
        }
    }
    unescape(rest, &mut plain);
    let mentions = u32::try_from(mentioned.len()).unwrap_or(u32::MAX);
    Plain { text: Cow::Owned(plain), links, mentions }
}

fn unescape(text: &str, plain: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        let known = [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&')];
        let (sign, length) =
            known.iter().find(|(escape, _)| rest[at..].starts_with(escape)).map_or(('&', 1), |(e, c)| (*c, e.len()));
        plain.push(sign);
        rest = &rest[at + length..];
    }
    plain.push_str(rest);
}

/// The markup of a message that has only blocks. Anything but blocks gives nothing.
pub(super) fn of_blocks(json: &str) -> String {
    let mut text = String::new();
    if let Ok(blocks) = serde_json::from_str::<Value>(json) {
        block(&blocks, &mut text);
    }
    text.trim().to_owned()
}

fn block(value: &Value, text: &mut String) {
    let field = |name: &str| value[name].as_str().unwrap_or_default();
    match value {
        Value::Array(items) => items.iter().for_each(|item| block(item, text)),
        Value::Object(_) => match field("type") {
            "text" | "plain_text" => escape(field("text"), text),
            "mrkdwn" => text.push_str(field("text")),
            "link" => tag(&["<", field("url"), "|", field("text"), ">"], text),
            "user" => tag(&["<@", field("user_id"), ">"], text),
            "channel" => tag(&["<#", field("channel_id"), ">"], text),
            "usergroup" => tag(&["<!subteam^", field("usergroup_id"), ">"], text),
            "broadcast" => tag(&["<!", field("range"), ">"], text),
            "emoji" => tag(&[":", field("name"), ":"], text),
            _ => {
                for part in ["text", "fields", "elements"] {
                    block(&value[part], text);
                }
                // Every section, list item and quote is a line of its own.
                if !text.is_empty() && !text.ends_with('\n') {
                    text.push('\n');
                }
            }
        },
        _ => {}
    }
}

fn tag(parts: &[&str], text: &mut String) {
    parts.iter().for_each(|part| text.push_str(part));
}

fn escape(plain: &str, text: &mut String) {
    for sign in plain.chars() {
        match sign {
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '&' => text.push_str("&amp;"),
            _ => text.push(sign),
        }
    }
}

/// The markup of what a program attached, where that is all it says.
pub(super) fn of_attachments(json: &str) -> String {
    let Ok(Value::Array(attachments)) = serde_json::from_str(json) else { return String::new() };
    let lines: Vec<&str> = attachments
        .iter()
        .flat_map(|attachment| {
            let part = |name: &str| attachment[name].as_str().filter(|text| !text.trim().is_empty());
            let said: Vec<&str> = ["pretext", "title", "text"].into_iter().filter_map(part).collect();
            if said.is_empty() { part("fallback").into_iter().collect() } else { said }
        })
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_read_as_people_see_it() {
        for (markup, text, links, mentions) in [
            ("hello", "hello", vec![], 0),
            ("<@U1> and <@U2|bo> and <@U1>", "@U1 and @U2 and @U1", vec![], 2),
            ("in <#C1|general> or <#C2>", "in #general or #C2", vec![], 0),
            ("<https://a.b/?c=1&amp;d=2|here>", "here", vec!["https://a.b/?c=1&d=2"], 0),
            ("<http://a.b/c>", "http://a.b/c", vec!["http://a.b/c"], 0),
            ("<mailto:ada@example.org|Ada>", "Ada", vec![], 0),
            ("<!here> <!subteam^S1|@ops> <!subteam^S2> <!date^1^{date}|June>", "@here @ops @S2 June", vec![], 0),
            ("&lt;b&gt; &amp;amp; & c", "<b> &amp; & c", vec![], 0),
            ("a < b &gt; <unclosed", "a < b > <unclosed", vec![], 0),
            ("", "", vec![], 0),
        ] {
            let links = links.into_iter().map(str::to_owned).collect();
            assert_eq!(plain(markup), Plain { text: Cow::Borrowed(text), links, mentions }, "{markup}");
        }
    }

    #[test]
    fn a_message_of_blocks_alone_says_what_they_say() {
        let markup = of_blocks(
            r#"[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[
            {"type":"user","user_id":"U1"},{"type":"text","text":" a<b "},{"type":"link","url":"https://a.b","text":"x"},
            {"type":"emoji","name":"wave"}]}]},{"type":"section","text":{"type":"mrkdwn","text":"*Poll* <@U2>"}}]"#,
        );
        assert_eq!(markup, "<@U1> a&lt;b <https://a.b|x>:wave:\n*Poll* <@U2>");
        assert_eq!(plain(&markup).text, "@U1 a<b x:wave:\n*Poll* @U2");
        assert_eq!(of_blocks("3"), "");
        assert_eq!(of_blocks("{"), "");
    }

    #[test]
    fn a_program_may_say_all_in_its_attachments() {
        let json = r#"[{"title":"Build 7","text":"failed","fallback":"x"},{"fallback":"see <http://a.b>"},{"id":1},3]"#;
        assert_eq!(of_attachments(json), "Build 7\nfailed\nsee <http://a.b>");
        assert_eq!(of_attachments("null"), "");
    }
}
