//! Markdown to a flat list of blocks, each with its text and its true line.

use super::rich::Rich;
use super::section;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// One block of a page. HTML without rows or items and comments are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub kind: Kind,
    pub rich: Rich,
    pub line: u32,
}

/// What sort of block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A heading and its level; a bold date on a line of its own can become one.
    Heading(u8),
    /// A list item's own text: how deep (from 1), its box, and whether a list lies in it.
    Item { depth: usize, checked: Option<bool>, parent: bool },
    /// A paragraph, and how deep in lists it lies (from 0).
    Paragraph { depth: usize },
    /// A table row; the block's text is the cells joined.
    Row { head: bool, cells: Vec<Rich> },
    /// A code block, or a table or list in HTML: nothing is read in it.
    Closed,
}

/// The blocks of a page.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let text = mended(text);
    let mut builder = Builder { starts: line_starts(&text), ..Builder::default() };
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_STRIKETHROUGH;
    for (event, range) in Parser::new_ext(&text, options).into_offset_iter() {
        builder.event(event, range.start);
    }
    builder.flush();
    builder.blocks
}

/// The page with what older Markdown allowed written as it is today: `###Notes` and `- [] text`. No line moves.
fn mended(text: &str) -> String {
    let mut fenced = false;
    let line = |line: &str| {
        let start = line.trim_start();
        fenced ^= start.starts_with("```") || start.starts_with("~~~");
        let indent = &line[..line.len() - start.len()];
        if fenced {
            line.to_owned()
        } else if let Some((hashes, title)) = tight_heading(start).filter(|_| indent.len() < 4) {
            format!("{indent}{hashes} {title}")
        } else if let Some((marker, rest)) = empty_box(start) {
            format!("{indent}{marker} [ ]{rest}")
        } else {
            line.to_owned()
        }
    };
    text.split_inclusive('\n').map(line).collect()
}

/// `###Notes`. One `#` can begin an issue's number or a channel: there the words must say that it is a heading.
fn tight_heading(line: &str) -> Option<(&str, &str)> {
    let title = line.trim_start_matches('#');
    let hashes = &line[..line.len() - title.len()];
    let begins = title.starts_with(|c: char| c.is_alphabetic() || c == ':' || c == '*');
    let known = hashes.len() > 1 || section::role_of(title).is_some_and(section::Role::is_structure);
    ((1..=6).contains(&hashes.len()) && begins && known).then_some((hashes, title))
}

fn empty_box(line: &str) -> Option<(&str, &str)> {
    let (marker, rest) = line.split_once(' ')?;
    let number = marker.trim_end_matches(['.', ')']);
    let numbered = number.len() < marker.len() && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    let rest = rest.trim_start().strip_prefix("[]").filter(|rest| rest.starts_with(' '))?;
    (matches!(marker, "-" | "*" | "+") || numbered).then_some((marker, rest))
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect()
}

#[derive(Default)]
struct Builder {
    starts: Vec<usize>,
    blocks: Vec<Block>,
    current: Option<Block>,
    depth: usize,
    /// Inside code blocks, images and HTML, whose text is none of the page's.
    silent: usize,
    links: Vec<(usize, String)>,
    bold: Vec<usize>,
    struck: Vec<usize>,
    row: Option<(bool, u32, Vec<Rich>)>,
    in_cell: bool,
}

impl Builder {
    fn line(&self, offset: usize) -> u32 {
        u32::try_from(self.starts.partition_point(|start| *start <= offset)).unwrap_or(u32::MAX)
    }

    fn begin(&mut self, kind: Kind, offset: usize) {
        self.flush();
        self.current = Some(Block { kind, rich: Rich::default(), line: self.line(offset) });
    }

    fn flush(&mut self) {
        if let Some(mut block) = self.current.take() {
            if block.rich.lines.is_empty() {
                block.rich.lines.push((0, block.line));
            }
            let keep = matches!(block.kind, Kind::Item { .. }) || !block.rich.text.trim().is_empty();
            if keep {
                self.blocks.push(block);
            }
        }
        self.links.clear();
        self.bold.clear();
        self.struck.clear();
    }

    fn text(&mut self, text: &str, offset: usize) {
        if self.silent > 0 {
            return;
        }
        let line = self.line(offset);
        if let (true, Some((_, _, cells))) = (self.in_cell, self.row.as_mut()) {
            if let Some(cell) = cells.last_mut() {
                cell.push(text, line);
            }
            return;
        }
        if self.current.is_none() {
            let depth = self.depth;
            self.begin(Kind::Paragraph { depth }, offset);
        }
        if let Some(block) = self.current.as_mut() {
            block.rich.push(text, line);
        }
    }

    /// An item around it goes on behind it.
    fn closed(&mut self, offset: usize) {
        let line = self.line(offset);
        self.blocks.push(Block { kind: Kind::Closed, rich: Rich::plain("", line), line });
    }

    /// Where text goes now: the cell, or the block.
    fn target(&mut self) -> Option<&mut Rich> {
        if self.in_cell {
            return self.row.as_mut().and_then(|(_, _, cells)| cells.last_mut());
        }
        self.current.as_mut().map(|block| &mut block.rich)
    }

    fn length(&mut self) -> usize {
        self.target().map_or(0, |rich| rich.text.len())
    }

    fn event(&mut self, event: Event<'_>, offset: usize) {
        match event {
            Event::Start(tag) => self.start(tag, offset),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text, offset),
            Event::Code(code) => {
                let start = self.length();
                self.text(&code, offset);
                if self.silent == 0
                    && let Some(rich) = self.target()
                {
                    rich.code.push(start.min(rich.text.len())..rich.text.len());
                }
            }
            Event::SoftBreak | Event::HardBreak => self.text("\n", offset),
            Event::InlineHtml(html) if html.to_ascii_lowercase().starts_with("<br") => self.text("\n", offset),
            Event::Html(html) => {
                let html = html.to_ascii_lowercase();
                // A block of HTML comes line by line; one row or item says enough.
                let rows = ["<table", "<ul", "<ol"].iter().any(|tag| html.contains(tag)) && !html.starts_with("<!--");
                if rows && self.silent > 0 {
                    self.closed(offset);
                }
            }
            Event::TaskListMarker(done) => {
                if let Some(Block { kind: Kind::Item { checked, .. }, .. }) = self.current.as_mut() {
                    *checked = Some(done);
                }
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, offset: usize) {
        match tag {
            Tag::Heading { level, .. } => self.begin(Kind::Heading(level as u8), offset),
            Tag::List(_) => {
                if let Some(Block { kind: Kind::Item { parent, .. }, .. }) = self.current.as_mut() {
                    *parent = true;
                } else if let Some(Block { kind: Kind::Item { parent, depth, .. }, .. }) =
                    self.blocks.iter_mut().rev().find(|b| matches!(b.kind, Kind::Item { .. }))
                    && *depth == self.depth
                    && self.depth > 0
                {
                    *parent = true;
                }
                self.flush();
                self.depth += 1;
            }
            Tag::Item => {
                let depth = self.depth;
                self.begin(Kind::Item { depth, checked: None, parent: false }, offset);
            }
            Tag::Paragraph => {
                let fresh = matches!(&self.current, Some(Block { kind: Kind::Item { .. }, rich, .. })
                    if rich.text.is_empty());
                if !fresh {
                    let depth = self.depth;
                    self.begin(Kind::Paragraph { depth }, offset);
                }
            }
            Tag::TableHead | Tag::TableRow => {
                self.flush();
                self.row = Some((matches!(tag, Tag::TableHead), self.line(offset), Vec::new()));
            }
            Tag::TableCell => {
                let line = self.line(offset);
                if let Some((_, _, cells)) = self.row.as_mut() {
                    cells.push(Rich::plain("", line));
                    self.in_cell = true;
                }
            }
            Tag::CodeBlock(_) => {
                self.closed(offset);
                self.silent += 1;
            }
            Tag::HtmlBlock | Tag::Image { .. } => self.silent += 1,
            Tag::Link { dest_url, .. } => {
                let at = self.length();
                self.links.push((at, dest_url.into_string()));
            }
            Tag::Strong => {
                let at = self.length();
                self.bold.push(at);
            }
            Tag::Strikethrough => {
                let at = self.length();
                self.struck.push(at);
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) | TagEnd::Paragraph | TagEnd::Item => self.flush(),
            TagEnd::List(_) => {
                self.flush();
                self.depth = self.depth.saturating_sub(1);
            }
            TagEnd::TableCell => self.in_cell = false,
            TagEnd::TableHead | TagEnd::TableRow => {
                if let Some((head, line, cells)) = self.row.take() {
                    self.blocks.push(row(head, line, cells));
                }
            }
            TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::Image => self.silent = self.silent.saturating_sub(1),
            TagEnd::Link => {
                if let Some((start, to)) = self.links.pop() {
                    self.mark(start, |rich, range| rich.links.push((range, to)));
                }
            }
            TagEnd::Strong => {
                if let Some(start) = self.bold.pop() {
                    self.mark(start, |rich, range| rich.bold.push(range));
                }
            }
            TagEnd::Strikethrough => {
                if let Some(start) = self.struck.pop() {
                    self.mark(start, |rich, range| rich.struck.push(range));
                }
            }
            _ => {}
        }
    }

    fn mark(&mut self, start: usize, set: impl FnOnce(&mut Rich, std::ops::Range<usize>)) {
        if let Some(rich) = self.target() {
            let end = rich.text.len();
            // A link around an image has no text of its own.
            if start < end {
                set(rich, start..end);
            }
        }
    }
}

fn row(head: bool, line: u32, cells: Vec<Rich>) -> Block {
    let mut rich = Rich::plain("", line);
    for cell in &cells {
        let at = rich.text.len();
        rich.links.extend(cell.links.iter().map(|(r, to)| (r.start + at..r.end + at, to.clone())));
        rich.code.extend(cell.code.iter().map(|r| r.start + at..r.end + at));
        rich.text.push_str(&cell.text);
        rich.text.push_str("  ");
    }
    Block { kind: Kind::Row { head, cells }, rich, line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_keep_their_lines() {
        let page =
            "# T\n\n- [x] a\n  b\n  - c\n\npara\n\n| N | C |\n|---|---|\n| Ada | Acme |\n\n<!-- no -->\n```\nno\n```\n";
        let blocks = blocks(page);
        let seen: Vec<(u32, String)> = blocks.iter().map(|b| (b.line, b.rich.folded())).collect();
        let expected = [(1, "T"), (3, "a b"), (5, "c"), (7, "para"), (9, "N C"), (11, "Ada Acme"), (14, "")];
        assert_eq!(seen, expected.map(|(l, t)| (l, t.to_owned())));
        assert_eq!(blocks[1].kind, Kind::Item { depth: 1, checked: Some(true), parent: true });
        assert_eq!(blocks[1].rich.line_at(3), 4);
    }

    #[test]
    fn older_markdown_is_read_as_it_was_meant() {
        let page =
            "###Notes\n\n- [] a\n  - [](https://a.example) b\n\n#12 is no heading\n\n#Agenda\n\n```\n##no\n```\n";
        let kinds: Vec<(u32, Kind)> = blocks(page).into_iter().map(|block| (block.line, block.kind)).collect();
        let item = |depth, checked, parent| Kind::Item { depth, checked, parent };
        assert_eq!(
            kinds,
            [
                (1, Kind::Heading(3)),
                (3, item(1, Some(false), true)),
                (4, item(2, None, false)),
                (6, Kind::Paragraph { depth: 0 }),
                (8, Kind::Heading(1)),
                (10, Kind::Closed),
            ]
        );
    }
}
