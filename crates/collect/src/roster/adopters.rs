//! ADOPTERS: organisations in tables, lists and paragraphs that begin with a link or bold words.

use super::blocks::{Block, Inline, blocks};
use super::page::Page;
use super::person::{fold, leads_elsewhere};
use super::role::{Column, Standing, classify, column};
use serde_norway::Value;

const HINT: &str = "begin the entry with the organisation's name, linked or bold";

/// Reads a list of adopters. An adopter stated twice counts once.
pub(super) fn read(text: &str) -> Page {
    let blocks = blocks(text);
    let mut page = Page::default();
    let mut skip: Option<usize> = None;
    for (at, block) in blocks.iter().enumerate() {
        match block {
            Block::Heading(depth, inline) => {
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
            Block::Item { list, parent: None, .. } if begins_list(&blocks, at, *list) => {
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
    matches!(classify(heading), Standing::Prose | Standing::Former)
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
    let Some(line) = inline.each_line().into_iter().next() else { return };
    let Some(name) = lead(&line) else { return };
    let rest = line.text.trim().strip_prefix(name.as_str()).unwrap_or_default().trim_start();
    let describes = rest.is_empty() || rest.starts_with(['-', '–', '—', ':', '(', '|', ',']);
    if describes && name.split_whitespace().count() <= 8 && !name.ends_with(':') {
        add(page, &name);
    }
}

fn begins_list(blocks: &[Block], at: usize, list: usize) -> bool {
    let same = |block: &Block| matches!(block, Block::Item { list: other, .. } if *other == list);
    blocks.iter().position(same) == Some(at)
}

fn list_of_adopters(page: &mut Page, blocks: &[Block], list: usize) {
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
        match cells.get(at).map(|cell| cell.text.trim()).filter(|name| name.chars().any(char::is_alphanumeric)) {
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
