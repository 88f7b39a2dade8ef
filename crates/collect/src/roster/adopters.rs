//! ADOPTERS: organisations in tables, lists and paragraphs that begin with a link or bold words, headings above lists of
//! details, and logos that are links.

use super::blocks::{self, Block, Image, Inline, blocks};
use super::page::Page;
use super::person::{fold, leads_elsewhere};
use super::role::{Column, Standing, classify, column};
use serde_norway::Value;
use std::collections::{BTreeMap, BTreeSet};

const HINT: &str = "begin the entry with the organisation's name, linked or bold";

const LOGO_HINT: &str = "write the organisation's name as the picture's text";

/// Emphasised words before a colon that tell something of an adopter, and are none.
const DETAILS: &[&str] = &[
    "application",
    "applications",
    "environment",
    "environments",
    "launched",
    "operator",
    "cluster size",
    "use case",
    "use cases",
    "usage",
    "status",
    "since",
    "description",
    "website",
    "url",
    "contact",
    "industry",
    "version",
    "stage",
    "scale",
    "details",
    "name",
    "organization",
    "organisation",
    "company",
    "date",
    "link",
    "links",
];

/// Words before a colon that begin a remark.
const REMARKS: &[&str] =
    &["note", "notes", "important", "warning", "tip", "disclaimer", "attention", "update", "example", "hint"];

/// What an entry begins with that tells the reader what to do: `Open a PR`, and not `Open Robotics`.
const CALLS: &[&str] = &[
    "open", "fill", "send", "submit", "add", "edit", "create", "update", "click", "fork", "make", "use", "see",
    "please",
];
const OBJECTS: &[&str] =
    &["a", "an", "the", "your", "this", "that", "out", "us", "to", "in", "it", "on", "here", "our", "more", "also"];

/// Reads a list of adopters. An adopter stated twice counts once.
pub(super) fn read(text: &str) -> Page {
    let blocks = blocks(text);
    let mut page = Page::default();
    let mut skip: Option<usize> = None;
    // The heading above, which is the adopter if a list of details follows.
    let mut above: Option<&Inline> = None;
    let details = detail_lists(&blocks);
    page.holds_entries = blocks.iter().any(is_entry);
    for (at, block) in blocks.iter().enumerate() {
        match block {
            Block::Heading(depth, inline) => {
                above = Some(inline).filter(|_| *depth > 1);
                skip = skip.filter(|above| *above < *depth);
                if skip.is_none() && *depth > 1 && is_no_list(&inline.text) {
                    skip = Some(*depth);
                } else if skip.is_none()
                    && *depth > 1
                    && let Some(name) = whole_link(inline)
                {
                    add(&mut page, &name);
                }
            }
            _ if skip.is_some() => {}
            Block::Paragraph(inline) => paragraph(&mut page, inline),
            Block::Table(head, rows) => table(&mut page, head, rows),
            Block::Html(line, html) => logos(&mut page, *line, &blocks::images(html)),
            Block::Item { list, parent: None, inline } if details.contains(list) && begins_list(&blocks, at, *list) => {
                let name = stated_name(&blocks, *list).or_else(|| above.map(|heading| heading.text.clone()));
                told(&mut page, name, inline);
            }
            Block::Item { list, parent: None, .. } if !details.contains(list) && begins_list(&blocks, at, *list) => {
                list_of_adopters(&mut page, &blocks, *list);
            }
            _ => {}
        }
    }
    page
}

/// Reads adopters from YAML: a list of names, or of mappings with a name, at any depth.
///
/// # Errors
/// The line and the parser's message when the YAML is broken.
pub(super) fn read_yaml(text: &str) -> Result<Page, (Option<u32>, String)> {
    let value: Value = serde_norway::from_str(text)
        .map_err(|error| (error.location().map(|location| location.line() as u32), error.to_string()))?;
    let mut page = Page::default();
    yaml_value(&mut page, &value);
    Ok(page)
}

fn yaml_value(page: &mut Page, value: &Value) {
    match value {
        Value::Mapping(mapping) => mapping.values().for_each(|inner| yaml_value(page, inner)),
        Value::Sequence(items) => {
            page.states_list = true;
            for item in items {
                let keys = ["name", "organization", "organisation", "company", "adopter"];
                let name = keys.iter().find_map(|key| item.get(*key)).unwrap_or(item);
                if let Some(name) = name.as_str() {
                    add(page, name);
                }
            }
        }
        _ => {}
    }
}

/// Sections that tell how to be added, or list those who left.
fn is_no_list(heading: &str) -> bool {
    let first = heading.split_whitespace().next().unwrap_or_default().to_lowercase();
    matches!(classify(heading), Standing::Prose | Standing::Former)
        || ["updating", "update", "submitting", "submit", "editing", "edit"].contains(&first.as_str())
}

/// Whether a block is an item, a row or a picture, and not only a link to another place.
fn is_entry(block: &Block) -> bool {
    match block {
        Block::Item { inline, .. } => inline.links.is_empty() || !inline.images.is_empty(),
        Block::Table(_, rows) => !rows.is_empty(),
        Block::Paragraph(inline) => inline.images.iter().any(is_logo),
        Block::Html(_, html) => blocks::images(html).iter().any(is_logo),
        Block::Heading(..) | Block::Code(_) => false,
    }
}

/// A linked picture that is no badge.
fn is_logo(image: &Image) -> bool {
    let source = image.source.to_lowercase();
    image.linked && !["shields.io", "badge", "/workflows/"].iter().any(|part| source.contains(part))
}

/// The organisation that a logo stands for.
fn logo_name(image: &Image) -> Option<&str> {
    let alt = image.alt.trim();
    let alt = alt.strip_suffix(" logo").or_else(|| alt.strip_suffix(" Logo")).unwrap_or(alt);
    let generic = ["logo", "image", "img", "picture", "icon"].contains(&alt.to_lowercase().as_str());
    (!generic && alt.chars().any(char::is_alphanumeric)).then_some(alt)
}

fn logos(page: &mut Page, line: u32, images: &[Image]) {
    for image in images.iter().filter(|image| is_logo(image)) {
        match logo_name(image) {
            Some(name) => add(page, name),
            None => page.reject(line, "a logo in a list of adopters has no text", LOGO_HINT, &image.source),
        }
    }
}

/// The lists that tell of the adopter above them: each item begins with a word and a colon, and these words are usual
/// ones or come again in most such lists. A word that is emphasised may be another, if it stands among usual ones under
/// a heading and the page has a list of nothing else: `*Lamps*: 3`. An adopter may be called Scale, and come twice.
fn detail_lists(blocks: &[Block]) -> BTreeSet<usize> {
    let mut lists: BTreeMap<usize, (bool, Vec<Option<String>>)> = BTreeMap::new();
    let mut headed = false;
    for block in blocks {
        match block {
            Block::Heading(depth, _) => headed = *depth > 1,
            Block::Item { list, inline, .. } => {
                lists.entry(*list).or_insert((headed, Vec::new())).1.push(detail_key(inline));
            }
            _ => {}
        }
    }
    lists.retain(|_, (_, keys)| {
        let different: BTreeSet<_> = keys.iter().flatten().collect();
        different.len() == keys.len()
    });
    let mut again: BTreeMap<&str, usize> = BTreeMap::new();
    for key in lists.values().flat_map(|(_, keys)| keys.iter().flatten()) {
        *again.entry(key).or_default() += 1;
    }
    let usual = |key: &&String| DETAILS.contains(&key.as_str());
    let most = |key: &&String| again.get(key.as_str()).is_some_and(|count| *count > 1 && *count * 2 > lists.len());
    let count = |keys: &[Option<String>], test: &dyn Fn(&&String) -> bool| keys.iter().flatten().filter(test).count();
    let all = |headed: bool, keys: &[Option<String>]| {
        let usuals = count(keys, &usual);
        count(keys, &|key| usual(key) || most(key)) == keys.len() && (usuals > 0 || (headed && keys.len() > 1))
    };
    let sure = lists.values().any(|(headed, keys)| all(*headed, keys));
    let tells = |headed: bool, keys: &[Option<String>]| {
        let half = count(keys, &|key| usual(key) || most(key)) * 2 >= keys.len();
        all(headed, keys) || (headed && sure && half && count(keys, &usual) > 0)
    };
    lists.iter().filter(|(_, (headed, keys))| tells(*headed, keys)).map(|(list, _)| *list).collect()
}

/// The word before a colon that an item begins with, if it is emphasised or a usual one.
fn detail_key(inline: &Inline) -> Option<String> {
    let plain = || {
        let (key, _) = inline.text.split_once(": ")?;
        let key = key.trim().to_lowercase();
        DETAILS.contains(&key.as_str()).then_some(key).filter(|_| lead(inline).is_none())
    };
    emphasised_key(inline).or_else(plain)
}

fn emphasised_key(inline: &Inline) -> Option<String> {
    let text = inline.text.trim_start();
    let indent = inline.text.len() - text.len();
    let span = inline.bold.iter().find(|span| span.start <= indent)?;
    let (key, rest) = (inline.text.get(span.clone())?.trim(), inline.text.get(span.end..)?);
    let linked = inline.links.iter().any(|(link, _)| link.start < span.end);
    (!linked && (key.ends_with(':') || rest.starts_with(':'))).then(|| key.trim_end_matches(':').to_lowercase())
}

/// The name in a list of details: `*Organization*: Acme`.
fn stated_name(blocks: &[Block], list: usize) -> Option<String> {
    blocks.iter().find_map(|block| match block {
        Block::Item { list: other, inline, .. } if *other == list => {
            let names = ["name", "organization", "organisation", "company"];
            let key = detail_key(inline).filter(|key| names.contains(&key.as_str()))?;
            inline.text.get(key.len()..)?.split_once(':').map(|(_, name)| name.trim().to_owned())
        }
        _ => None,
    })
}

fn told(page: &mut Page, name: Option<String>, first: &Inline) {
    match name.filter(|name| !name.trim().is_empty()) {
        Some(name) => add(page, &name),
        None => page.reject(first.line(), "details of an adopter without a heading that names it", HINT, &first.text),
    }
}

/// Whether an entry names no organisation but tells the reader what to do, or stands for all the others.
fn is_remark(name: &str) -> bool {
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    let words: Vec<&str> =
        words.iter().map(|word| word.trim_matches(|letter: char| !letter.is_alphanumeric())).collect();
    match words.as_slice() {
        [] | ["others" | "other"] => true,
        ["other", what, ..] => {
            ["projects", "users", "adopters", "companies", "organizations", "organisations"].contains(what)
        }
        [call, object, ..] => CALLS.contains(call) && OBJECTS.contains(object),
        [word] => REMARKS.contains(word),
    }
}

fn add(page: &mut Page, name: &str) {
    let name = fold(name.trim().trim_matches(['*', '_', '`', ':']));
    page.states_list = true;
    if !name.is_empty() && !page.adopters.contains(&name) {
        page.adopters.push(name);
    }
}

/// The text of a heading that is one link.
fn whole_link(inline: &Inline) -> Option<String> {
    let (range, url) = inline.links.first()?;
    let covers = range.len() >= inline.text.trim().len() && !url.starts_with('#');
    covers.then(|| inline.text.trim().to_owned()).filter(|name| !name.is_empty())
}

/// The linked or bold words that an entry begins with.
fn lead(inline: &Inline) -> Option<String> {
    let indent = inline.text.len() - inline.text.trim_start().len();
    let links = inline.links.iter().filter(|(_, url)| !url.starts_with('#')).map(|(range, _)| range);
    let spans = inline.bold.iter().chain(links).filter(|span| span.start <= indent && span.end > indent);
    // Within bold words the link is the name: **[Acme](…) (production)**.
    let span = spans.min_by_key(|span| span.len())?;
    let name = inline.text.get(span.clone())?.trim();
    name.chars().any(char::is_alphanumeric).then(|| name.to_owned())
}

/// A paragraph that begins with the adopter; its later lines only describe it.
fn paragraph(page: &mut Page, inline: &Inline) {
    logos(page, inline.line(), &inline.images);
    let Some(line) = inline.each_line().into_iter().next() else { return };
    let Some(name) = lead(&line) else { return };
    let rest = line.text.trim().strip_prefix(name.as_str()).unwrap_or_default().trim_start();
    // `**Acme:** text` is an adopter, `**Acme:**` alone announces something.
    let (name, announces) = match name.strip_suffix(':') {
        Some(name) => (name, rest.is_empty() || DETAILS.contains(&name.to_lowercase().as_str())),
        None => (name.as_str(), false),
    };
    let inside = line.text.trim().get(name.len()..).is_some_and(|rest| rest.starts_with(':'));
    let describes = inside || rest.is_empty() || rest.starts_with(['-', '–', '—', ':', '(', '|', ',']);
    if describes && !announces && name.split_whitespace().count() <= 8 && !is_remark(name) {
        add(page, name);
    }
}

fn begins_list(blocks: &[Block], at: usize, list: usize) -> bool {
    let same = |block: &Block| matches!(block, Block::Item { list: other, .. } if *other == list);
    blocks.iter().position(same) == Some(at)
}

fn list_of_adopters(page: &mut Page, blocks: &[Block], list: usize) {
    let all = blocks.iter().filter_map(|block| match block {
        Block::Item { list: other, inline, .. } if *other == list => Some(inline),
        _ => None,
    });
    for inline in all.filter(|inline| !inline.text.chars().any(char::is_alphanumeric)) {
        logos(page, inline.line(), &inline.images);
    }
    let items: Vec<&Inline> = blocks
        .iter()
        .filter_map(|block| match block {
            Block::Item { list: other, inline, .. } if *other == list => Some(inline),
            _ => None,
        })
        .filter(|inline| inline.text.chars().any(char::is_alphanumeric))
        .collect();
    let names: Vec<Option<String>> = items.iter().map(|inline| entry(inline)).collect();
    let named = names.iter().filter(|name| name.is_some()).count();
    if named * 2 <= items.len() {
        return;
    }
    for (inline, name) in items.into_iter().zip(names) {
        match name {
            Some(name) => add(page, &name),
            None => page.reject(inline.line(), "an entry of a list of adopters names nobody", HINT, &inline.text),
        }
    }
}

/// The adopter in an item: what it begins with, linked or bold, else the words before a dash, a colon or a bracket.
fn entry(inline: &Inline) -> Option<String> {
    named(inline).filter(|name| !is_remark(name))
}

fn named(inline: &Inline) -> Option<String> {
    if let Some(name) = lead(inline) {
        let page_of_ours =
            inline.links.first().is_some_and(|(_, url)| leads_elsewhere(url) && url.to_lowercase().contains(".md"));
        return Some(name).filter(|_| !page_of_ours);
    }
    let text = inline.text.lines().next()?.trim();
    let end =
        [" - ", " – ", " — ", ": ", " (", ", "].iter().filter_map(|end| text.find(end)).min().unwrap_or(text.len());
    let name = text.get(..end)?.trim().trim_end_matches(':');
    let proper = name.chars().next().is_some_and(|first| !first.is_lowercase());
    let sentence = end == text.len() && text.ends_with('.');
    (proper && !sentence && (1..=6).contains(&name.split_whitespace().count())).then(|| name.to_owned())
}

fn table(page: &mut Page, head: &[Inline], rows: &[(u32, Vec<Inline>)]) {
    page.states_list = true;
    let at = name_column(head);
    for (line, cells) in rows {
        let text = cells.iter().map(|cell| cell.text.trim()).collect::<Vec<_>>().join(" | ");
        let cell = cells.get(at);
        let written = cell.map(|cell| cell.text.trim()).filter(|name| name.chars().any(char::is_alphanumeric));
        match written.or_else(|| cell.and_then(|cell| cell.images.iter().find_map(logo_name))) {
            Some(name) => add(page, name),
            None if text.chars().any(char::is_alphanumeric) => {
                page.reject(*line, "a row of a table of adopters names nobody", HINT, &text);
            }
            None => {}
        }
    }
}

fn name_column(head: &[Inline]) -> usize {
    let adopter = |title: &&Inline| {
        let lower = title.text.to_lowercase();
        ["adopter", "user", "customer", "vendor"].iter().any(|word| lower.contains(word)) && !lower.contains("case")
    };
    let first = |test: &dyn Fn(&Inline) -> bool| head.iter().position(test);
    first(&|title| column(&title.text) == Column::Organisation)
        .or_else(|| first(&|title| adopter(&title)))
        .or_else(|| {
            first(&|title| column(&title.text) == Column::Name && !title.text.to_lowercase().contains("contact"))
        })
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_lists_and_tables() {
        let text = "# Adopters\n\nA list of [adopters](#a).\n\n**_[Acme Cloud](https://acme.example)_** - lamps in\n[two](https://x.example) regions.\n\n**_[Barn](https://barn.example)_** - images.\n\n**_[Barn](https://barn.example)_** - again.\n\n- [Cyan](https://cyan.example): lamps\n- **Dune Inc** uses it\n- Elm (production)\n- this names nobody at all.\n\n| Contact | Organization | Since |\n|-|-|-|\n| @adal | [Fig](https://fig.example) | 2020 |\n| @bof | | 2021 |\n\n### [Gull](https://gull.example)\n\nText.\n\n## Adding your organization\n\n- Open a pull request\n- Add Your Name\n\n## Former adopters\n\n- Hay\n";
        let page = read(text);
        assert_eq!(page.adopters, ["Acme Cloud", "Barn", "Cyan", "Dune Inc", "Elm", "Fig", "Gull"]);
        assert_eq!(page.problems.iter().filter_map(|problem| problem.line).collect::<Vec<_>>(), [15, 20]);
    }

    #[test]
    fn details_remarks_and_logos() {
        for (text, expected) in [
            (
                "# Users\n\n## Acme\n\n- *Application*: lamps\n- *Launched*: 2014\n\n## Barn Inc.\n\n- *Lamps*: 3\n- *Operator*: Barn\n",
                "Acme; Barn Inc.",
            ),
            ("# A\n\n- **Acme**: lamps\n- **Barn**: sheds\n", "Acme; Barn"),
            (
                "# A\n\n## Production\n\n- **Acme**: lamps\n- **Barn**: sheds\n\n## Testing\n\n- **Acme**: more lamps\n- **Cyan**: maybe\n",
                "Acme; Barn; Cyan",
            ),
            ("# A\n\n- **Acme**: lamps\n- **Status**: sheds\n- **Scale**: carts\n", "Acme; Status; Scale"),
            (
                "# A\n\n- *Acme*: lamps\n- *Environment Barn*: sheds\n- *Launched*: x\n",
                "Acme; Environment Barn; Launched",
            ),
            (
                "# A\n\n## Acme\n\n- **Size**: 3\n- **Region**: all\n\n## Barn\n\n- **Size**: 4\n- **Region**: all\n",
                "Acme; Barn",
            ),
            (
                "# A\n\n## Acme\n\n- **Size**: 3\n- **Use case**: lamps\n\n## Barn\n\n- **Size**: 4\n- **Goods**: x\n- **Contact**: @bof\n",
                "Acme; Barn",
            ),
            (
                "# A\n\n## Users\n\n- **Acme**: lamps\n- **Barn**: sheds\n\n## Vendors\n\n- **Acme**: sells it\n",
                "Acme; Barn",
            ),
            (
                "# A\n\n## Acme\n\n* Contact: @adal\n* Use case: lamps\n\n## Barn\n\n* Contact: @bof\n* Use case: sheds\n",
                "Acme; Barn",
            ),
            ("# A\n\n## All\n\n- **Company:** Acme\n- **Usage:** lamps\n", "Acme"),
            (
                "# A\n\n## Updating this list\n\n1. [Open a PR](https://x.example)\n\n## List\n\n- [Open Robotics](https://o.example)\n- [Acme](https://a.example)\n\nTo join:\n\n- Open a PR\n- Fill out the form\n- See our blog\n",
                "Open Robotics; Acme",
            ),
            ("# A\n\n**Acme:** Lantern is its lamp.\n\n**Note:** more to come.\n\n**Users:**\n\nText.\n", "Acme"),
            ("# A\n\n**_Acme_** - lamps.\n\n**_Other Projects_** - there are more.\n", "Acme"),
            (
                "# A\n\n[![ci](https://x.example/badge.svg)](https://x.example)\n\n<a href=\"https://a.example\"><img alt=\"Acme\" src=\"a.png\"></a>&nbsp;\n[![Barn logo](b.png)](https://b.example)\n\n<div>\n<a href=\"https://c.example\">\n<img src=\"c.png\" alt='Cyan'>\n</a></div>\n",
                "Acme; Barn; Cyan",
            ),
        ] {
            let page = read(text);
            assert_eq!(page.adopters.join("; "), expected, "{text}");
            assert!(page.problems.is_empty(), "{:?}", page.problems);
        }
        let page = read("# A\n\n<a href=\"https://a.example\"><img src=\"a.png\"></a>\n");
        assert_eq!(page.problems.iter().filter_map(|problem| problem.line).collect::<Vec<_>>(), [3]);
    }

    #[test]
    fn adopters_in_yaml() {
        let page = read_yaml("adopters:\n- name: Acme\n  url: https://acme.example\n- Barn\n").expect("YAML");
        assert_eq!(page.adopters, ["Acme", "Barn"]);
        assert!(read_yaml("- [\n").is_err());
    }

    #[test]
    fn prose_is_no_list() {
        let page = read(
            "# Adopters\n\nSee the [list](https://x.example/users) on our site.\n\n- please open a pull request\n- and wait\n",
        );
        assert!(page.adopters.is_empty() && !page.states_list);
    }
}
