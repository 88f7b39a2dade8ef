//! Rows of any table as Markdown, with links to the pages behind them.

use crate::guard::without_emails;
use crate::markdown::text;

/// A Markdown table. Where there are columns `event_id` and `url`, the event is a link to its page; an address anywhere else
/// is a link to itself. Nothing in a cell is Markdown or HTML.
pub fn rows_md(columns: &[String], rows: &[Vec<String>]) -> String {
    let place = |name: &str| columns.iter().position(|column| column == name);
    let linked = place("event_id").zip(place("url"));
    let is_shown = |at: usize| linked.is_none_or(|(_, url)| at != url);
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let shown = |cells: &mut dyn Iterator<Item = (usize, String)>| -> Vec<String> {
        cells.filter(|(at, _)| is_shown(*at)).map(|(_, cell)| cell).collect()
    };
    let mut out = line(shown(&mut columns.iter().map(|column| text(column)).enumerate()));
    out.push_str(&line(shown(&mut columns.iter().map(|_| "---".to_owned()).enumerate())));
    for row in rows {
        let cell = |(at, content): (usize, &String)| {
            let page = linked.filter(|(event, _)| *event == at).and_then(|(_, url)| row.get(url));
            (at, link(content, page.unwrap_or(content)))
        };
        out.push_str(&line(shown(&mut row.iter().enumerate().map(cell))));
    }
    out
}

/// A text that leads to a page, if the address is one of the web.
fn link(content: &str, address: &str) -> String {
    match web_address(address) {
        Some(address) if !content.is_empty() => format!("[{}]({address})", text(content)),
        _ => text(content),
    }
}

/// The address as the target of a link: only `http` and `https`, and nothing in it that ends the link or is an e-mail address.
fn web_address(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let is_web = ["http", "https"].contains(&scheme) && !rest.is_empty() && without_emails(address) == address;
    is_web.then(|| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'*+,;=%".contains(&byte);
        let letter = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
        address.bytes().map(letter).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(columns: &[&str], rows: &[&[&str]]) -> String {
        let owned = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
        rows_md(&owned(columns), &rows.iter().map(|row| owned(row)).collect::<Vec<_>>())
    }

    #[test]
    fn an_event_leads_to_its_page() {
        assert_eq!(
            table(&["event_id", "name", "url"], &[&["github:a/b#1/opened", "Ada", "https://github.com/a/b/issues/1"]]),
            "| event_id | name |\n| --- | --- |\n\
             | [github:a/b#1/opened](https://github.com/a/b/issues/1) | Ada |\n"
        );
        assert_eq!(
            table(&["page"], &[&["https://x.example/a"]]),
            "| page |\n| --- |\n| [https://x.example/a](https://x.example/a) |\n"
        );
    }

    #[test]
    fn hostile_cells_stay_text() {
        for (cell, url, shown) in [
            ("a|b", "", "a\\|b"),
            ("<script>x</script>\n# h", "", "&lt;script&gt;x&lt;/script&gt; # h"),
            ("x", "javascript:alert(1)", "x"),
            (
                "x",
                "https://h.example/) [y](https://z.example",
                "[x](https://h.example/%29%20%5By%5D%28https://z.example)",
            ),
            ("x", "https://ada@mail.example/", "x"),
            ("Ada ada@mail.example", "", "Ada &lt;e-mail removed&gt;"),
            ("![i](https://h.example/p.png)", "", "!\\[i\\](https://h.example/p.png)"),
        ] {
            let page = table(&["event_id", "url"], &[&[cell, url]]);
            assert_eq!(page.lines().last().unwrap(), format!("| {shown} |"), "{cell} {url}");
        }
    }
}
