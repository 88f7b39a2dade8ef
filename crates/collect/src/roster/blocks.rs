//! Markdown as a flat list of blocks, each with its text, its links and its true line.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// Text with the links and the bold spans in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Inline {
    /// The text as a reader sees it; line breaks are `\n`.
    pub text: String,
    /// Where links stand in it and where they lead.
    pub links: Vec<(Range<usize>, String)>,
    /// Which parts are bold or emphasised.
    pub bold: Vec<Range<usize>>,
    /// Which parts are struck out.
    struck: Vec<Range<usize>>,
    /// The pictures in it; a part of the text has none.
    pub images: Vec<Image>,
    /// Which line each part of the text begins on.
    lines: Vec<(usize, u32)>,
}

impl Inline {
    /// Plain text on one line.
    pub(super) fn plain(text: &str, line: u32) -> Self {
        Self { text: text.to_owned(), lines: vec![(0, line)], ..Self::default() }
    }

    /// The line that the text begins on.
    pub(super) fn line(&self) -> u32 {
        self.lines.first().map_or(1, |(_, line)| *line)
    }

    /// A part of the text, with the links and lines in it.
    pub(super) fn slice(&self, part: Range<usize>) -> Self {
        let inside = |range: &Range<usize>| {
            (range.start >= part.start && range.end <= part.end)
                .then(|| range.start - part.start..range.end - part.start)
        };
        let line =
            self.lines.iter().take_while(|(at, _)| *at <= part.start).last().map_or(self.line(), |(_, line)| *line);
        let mut lines = vec![(0, line)];
        let later = self.lines.iter().filter(|(at, _)| *at > part.start && *at < part.end);
        lines.extend(later.map(|(at, line)| (at - part.start, *line)));
        Self {
            text: self.text.get(part.clone()).unwrap_or_default().to_owned(),
            links: self.links.iter().filter_map(|(range, url)| Some((inside(range)?, url.clone()))).collect(),
            bold: self.bold.iter().filter_map(inside).collect(),
            struck: self.struck.iter().filter_map(inside).collect(),
            images: Vec::new(),
            lines,
        }
    }

    /// Whether the whole text is struck out.
    pub(super) fn is_struck(&self) -> bool {
        let mut letters = self.text.char_indices().filter(|(_, letter)| letter.is_alphanumeric());
        !self.struck.is_empty() && letters.all(|(at, _)| self.struck.iter().any(|span| span.contains(&at)))
    }

    /// The lines of the text, blank ones left out.
    pub(super) fn each_line(&self) -> Vec<Self> {
        let mut start = 0;
        let mut lines = Vec::new();
        for part in self.text.split('\n') {
            let end = start + part.len();
            if !part.trim().is_empty() {
                lines.push(self.slice(start..end));
            }
            start = end + 1;
        }
        lines
    }

    fn push(&mut self, text: &str, line: u32) {
        if self.text.is_empty() || self.text.ends_with('\n') || text.contains('\n') {
            let mut at = self.text.len();
            for (index, part) in text.split('\n').enumerate() {
                self.lines.push((at, line + index as u32));
                at += part.len() + 1;
            }
        }
        self.text.push_str(text);
    }
}

/// A picture: a logo, a badge.
#[derive(Debug, Clone, Default)]
pub(super) struct Image {
    /// The text in its place.
    pub alt: String,
    /// Where it comes from.
    pub source: String,
    /// Whether it is a link.
    pub linked: bool,
}

/// The pictures in a piece of HTML.
pub(super) fn images(html: &str) -> Vec<Image> {
    let attribute = |regex: &LazyLock<Option<Regex>>, tag: &str| {
        let found = regex.as_ref().and_then(|regex| regex.captures(tag));
        found.and_then(|found| found.get(1).or(found.get(2))).map_or(String::new(), |text| text.as_str().to_owned())
    };
    let mut linked = false;
    let mut found = Vec::new();
    for tag in IMAGE.iter().flat_map(|regex| regex.find_iter(html)) {
        let lower = tag.as_str().to_ascii_lowercase();
        if lower.starts_with("<img") {
            found.push(Image { alt: attribute(&ALT, tag.as_str()), source: attribute(&SOURCE, tag.as_str()), linked });
        } else {
            linked = lower.starts_with("<a");
        }
    }
    found
}

/// Pictures, and where links begin and end.
static IMAGE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?is)<(?:img|a|/a)\b[^>]*>").ok());
static ALT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"(?is)\balt\s*=\s*(?:"([^"]*)"|'([^']*)')"#).ok());
static SOURCE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?is)\bsrc\s*=\s*(?:"([^"]*)"|'([^']*)')"#).ok());

/// One block of a page.
#[derive(Debug)]
pub(super) enum Block {
    /// A heading: level 1 to 6.
    Heading(usize, Inline),
    /// A paragraph outside of any list.
    Paragraph(Inline),
    /// An item of a list, without the lists in it.
    Item {
        /// The list it belongs to, numbered in the page's order.
        list: usize,
        /// The item that the list lies in, as an index into the blocks.
        parent: Option<usize>,
        /// Its own text.
        inline: Inline,
    },
    /// A table: its titles and its rows with their lines.
    Table(Vec<Inline>, Vec<(u32, Vec<Inline>)>),
    /// Code: plain-text rosters indent their lists.
    Code(Inline),
    /// Raw HTML outside of a paragraph, with its line.
    Html(u32, String),
}

/// Reads a page; nothing is ever lost for being malformed, since every text is Markdown.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut reader = Reader::new(text);
    for (event, range) in
        Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH).into_offset_iter()
    {
        let line = reader.line_at(range.start);
        reader.event(event, line);
    }
    reader.blocks
}

struct Reader {
    starts: Vec<usize>,
    blocks: Vec<Block>,
    /// Texts being read, the innermost last.
    open: Vec<Inline>,
    /// Lists being read, by number, and the items in them, by block.
    lists: Vec<usize>,
    items: Vec<usize>,
    list_count: usize,
    link: Vec<(usize, String)>,
    bold: Vec<usize>,
    struck: usize,
    image: usize,
    row: Vec<Inline>,
    head: Vec<Inline>,
    rows: Vec<(u32, Vec<Inline>)>,
}

static HREF: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?i)^<a\s[^>]*href\s*=\s*["']?([^"'\s>]+)"#).ok());

impl Reader {
    fn new(text: &str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self {
            starts,
            blocks: Vec::new(),
            open: Vec::new(),
            lists: Vec::new(),
            items: Vec::new(),
            list_count: 0,
            link: Vec::new(),
            bold: Vec::new(),
            struck: 0,
            image: 0,
            row: Vec::new(),
            head: Vec::new(),
            rows: Vec::new(),
        }
    }

    fn line_at(&self, offset: usize) -> u32 {
        self.starts.partition_point(|start| *start <= offset) as u32
    }

    fn event(&mut self, event: Event<'_>, line: u32) {
        match event {
            Event::Start(tag) => self.start(tag, line),
            Event::End(tag) => self.end(tag, line),
            Event::Text(text) | Event::Code(text) if self.image == 0 => self.text(&text, line),
            Event::Text(text) | Event::Code(text) => self.alt(&text),
            Event::SoftBreak | Event::HardBreak => self.text("\n", line),
            Event::InlineHtml(html) => self.inline_html(&html, line),
            Event::Html(html) => self.html(&html),
            _ => {}
        }
    }

    fn text(&mut self, text: &str, line: u32) {
        if let Some(inline) = self.open.last_mut() {
            inline.push(text, line);
        }
    }

    fn inline_html(&mut self, html: &str, line: u32) {
        let lower = html.to_ascii_lowercase();
        if lower.starts_with("<br") {
            self.text("\n", line);
        } else if lower.starts_with("</a") {
            self.end_link();
        } else if let Some(found) = HREF.as_ref().and_then(|href| href.captures(html)) {
            self.start_link(found[1].to_owned());
        } else if lower.starts_with("<img") {
            images(html).into_iter().for_each(|image| self.picture(image));
        }
    }

    fn picture(&mut self, image: Image) {
        let linked = !self.link.is_empty();
        if let Some(inline) = self.open.last_mut() {
            inline.images.push(Image { linked, ..image });
        }
    }

    /// The text in place of the picture that is being read.
    fn alt(&mut self, text: &str) {
        if let Some(image) = self.open.last_mut().and_then(|inline| inline.images.last_mut()) {
            image.alt.push_str(text);
        }
    }

    fn html(&mut self, html: &str) {
        match self.blocks.last_mut() {
            Some(Block::Html(_, text)) => text.push_str(html),
            _ => self.blocks.push(Block::Html(1, html.to_owned())),
        }
    }

    fn position(&self) -> usize {
        self.open.last().map_or(0, |inline| inline.text.len())
    }

    fn start_link(&mut self, url: String) {
        self.link.push((self.position(), url));
    }

    fn end_link(&mut self) {
        let end = self.position();
        if let (Some((start, url)), Some(inline)) = (self.link.pop(), self.open.last_mut()) {
            inline.links.push((start.min(end)..end, url));
        }
    }

    fn start(&mut self, tag: Tag<'_>, line: u32) {
        match tag {
            Tag::Heading { .. } | Tag::CodeBlock(_) | Tag::TableCell => self.open_at(line),
            Tag::Paragraph if self.items.is_empty() => self.open_at(line),
            Tag::Paragraph if self.position() > 0 => self.text("\n", line),
            Tag::HtmlBlock => self.blocks.push(Block::Html(line, String::new())),
            Tag::List(_) => {
                self.lists.push(self.list_count);
                self.list_count += 1;
            }
            Tag::Item => {
                let list = self.lists.last().copied().unwrap_or_default();
                self.blocks.push(Block::Item { list, parent: self.items.last().copied(), inline: Inline::default() });
                self.items.push(self.blocks.len() - 1);
                self.open_at(line);
            }
            Tag::Link { dest_url, .. } => self.start_link(dest_url.into_string()),
            Tag::Strong | Tag::Emphasis => self.bold.push(self.position()),
            Tag::Strikethrough => self.struck = self.position(),
            Tag::Image { dest_url, .. } => {
                self.picture(Image { source: dest_url.into_string(), ..Image::default() });
                self.image += 1;
            }
            Tag::Table(_) => self.rows.clear(),
            Tag::TableHead | Tag::TableRow => self.row.clear(),
            _ => {}
        }
    }

    fn open_at(&mut self, line: u32) {
        self.open.push(Inline { lines: vec![(0, line)], ..Inline::default() });
    }

    fn close(&mut self) -> Inline {
        self.open.pop().unwrap_or_default()
    }

    fn end(&mut self, tag: TagEnd, line: u32) {
        match tag {
            TagEnd::Heading(level) => {
                let inline = self.close();
                self.blocks.push(Block::Heading(depth(level), inline));
            }
            TagEnd::Paragraph if self.items.is_empty() => {
                let inline = self.close();
                self.blocks.push(Block::Paragraph(inline));
            }
            TagEnd::CodeBlock => {
                let inline = self.close();
                self.blocks.push(Block::Code(inline));
            }
            TagEnd::Item => self.end_item(),
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::Link => self.end_link(),
            TagEnd::Strong | TagEnd::Emphasis => self.end_bold(),
            TagEnd::Strikethrough => {
                let (start, end) = (self.struck, self.position());
                if let Some(inline) = self.open.last_mut() {
                    inline.struck.push(start.min(end)..end);
                }
            }
            TagEnd::Image => self.image = self.image.saturating_sub(1),
            TagEnd::TableCell => {
                let cell = self.close();
                self.row.push(cell);
            }
            TagEnd::TableHead => self.head = std::mem::take(&mut self.row),
            TagEnd::TableRow => {
                let row = std::mem::take(&mut self.row);
                self.rows.push((line, row));
            }
            TagEnd::Table => {
                let (head, rows) = (std::mem::take(&mut self.head), std::mem::take(&mut self.rows));
                self.blocks.push(Block::Table(head, rows));
            }
            _ => {}
        }
    }

    fn end_item(&mut self) {
        let read = self.close();
        if let Some(Block::Item { inline, .. }) = self.items.pop().and_then(|at| self.blocks.get_mut(at)) {
            *inline = read;
        }
    }

    fn end_bold(&mut self) {
        let end = self.position();
        if let (Some(start), Some(inline)) = (self.bold.pop(), self.open.last_mut()) {
            inline.bold.push(start.min(end)..end);
        }
    }
}

fn depth(level: HeadingLevel) -> usize {
    level as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_know_their_lines_and_links() {
        let text = "# People\n\n- [Ada](https://github.com/ada) <br> Acme\n  - sub\n- two\n  lines\n\n| A | B |\n| - | - |\n| x | [y](z) |\n\none\n@two\n";
        let read = blocks(text);
        let lines: Vec<String> = read
            .iter()
            .map(|block| match block {
                Block::Heading(level, inline) => format!("h{level}:{}:{}", inline.line(), inline.text),
                Block::Item { list, parent, inline } => {
                    format!("i{list}{parent:?}:{}:{}:{}", inline.line(), inline.text, inline.links.len())
                }
                Block::Table(head, rows) => format!("t{}:{}", head.len(), rows[0].0),
                Block::Paragraph(inline) => {
                    let lines: Vec<_> = inline.each_line().iter().map(Inline::line).collect();
                    format!("p{lines:?}")
                }
                Block::Code(_) | Block::Html(..) => "?".to_owned(),
            })
            .collect();
        assert_eq!(
            lines,
            [
                "h1:1:People",
                "i0None:3:Ada \n Acme:1",
                "i1Some(1):4:sub:0",
                "i0None:5:two\nlines:0",
                "t2:10",
                "p[12, 13]"
            ]
        );
    }
}
