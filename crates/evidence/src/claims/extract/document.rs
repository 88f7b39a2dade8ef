//! A document as blocks of running text (paragraphs, list items, headings, rows of tables), each letter with its place.

use html5gum::{DefaultEmitter, Token, Tokenizer};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// How a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// CommonMark, with tables.
    Markdown,
    /// HTML, also tag soup.
    Html,
    /// Anything else: lines.
    Text,
}

impl Form {
    /// By the file's ending, or by how it begins.
    pub fn of(name: &str, text: &str) -> Self {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
        let begins: String = text.trim_start().chars().take(14).collect::<String>().to_ascii_lowercase();
        match ending.as_str() {
            "md" | "markdown" | "mkd" => Self::Markdown,
            "html" | "htm" | "xhtml" => Self::Html,
            _ if begins.starts_with("<!doctype html") || begins.starts_with("<html") => Self::Html,
            _ => Self::Text,
        }
    }
}

/// A piece of running text.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    pub text: String,
    /// Where parts of the text come from: position in it, position in the document; in order.
    origins: Vec<(usize, usize)>,
    pub is_heading: bool,
}

impl Block {
    fn push(&mut self, text: &str, origin: usize) {
        self.origins.push((self.text.len(), origin));
        self.text.push_str(text);
    }

    /// A blank between two parts, but not two of them.
    fn part(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    /// The position in the document of a position in the text.
    pub(super) fn origin(&self, at: usize) -> usize {
        let before = self.origins.iter().rev().find(|(start, _)| *start <= at);
        before.map_or(0, |(start, origin)| origin + (at - start))
    }
}

/// The blocks of a document, in its order.
pub(super) fn blocks(text: &str, form: Form) -> Vec<Block> {
    let blocks = match form {
        Form::Markdown => markdown(text),
        Form::Html => html(text),
        Form::Text => plain(text),
    };
    blocks.into_iter().filter(|block| !block.text.trim().is_empty()).collect()
}

/// Lines and columns of a text, both from 1 on, columns in characters.
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    pub(super) fn place(&self, at: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= at).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let before = self.text.get(start..at.min(self.text.len())).unwrap_or_default();
        (line, before.chars().count() + 1)
    }
}

/// A line goes on with the next one where it ends in no full stop and the next begins as if in the middle of a sentence.
fn plain(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut at = 0;
    let mut is_open = false;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_start();
        let content = trimmed.trim_end();
        let origin = at + (line.len() - trimmed.len());
        at += line.len();
        let goes_on = is_open && content.starts_with(|first: char| first.is_lowercase() || first.is_ascii_digit());
        match blocks.last_mut().filter(|_| goes_on) {
            Some(block) => {
                block.part();
                block.push(content, origin);
            }
            None => {
                let bullet = content.len() - content.trim_start_matches(['-', '*', '•', '+', '#', '>', ' ']).len();
                let mut block = Block { is_heading: content.starts_with('#'), ..Block::default() };
                block.push(&content[bullet..], origin + bullet);
                blocks.push(block);
            }
        }
        // A short line is a heading or an entry, not one that was too long.
        is_open = content.chars().count() >= 50 && !content.ends_with(['.', '!', '?', ':', ';']);
    }
    blocks
}

fn markdown(text: &str) -> Vec<Block> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut walk = Walk::default();
    let mut hidden = 0usize;
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::MetadataBlock(_)) => hidden += 1,
            Event::End(TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::MetadataBlock(_)) => {
                hidden = hidden.saturating_sub(1)
            }
            _ if hidden > 0 => {}
            Event::Start(tag) => walk.open(&tag),
            Event::End(tag) => walk.close(tag),
            Event::Text(words) | Event::Code(words) => walk.words(&words, range, text),
            Event::SoftBreak | Event::HardBreak => walk.block.part(),
            _ => {}
        }
    }
    walk.finish();
    walk.blocks
}

/// A walk over the parts of a document.
#[derive(Default)]
struct Walk {
    blocks: Vec<Block>,
    block: Block,
    table: Option<Rows>,
}

/// The rows of a table; the first is its head.
#[derive(Default)]
struct Rows {
    head: Vec<Block>,
    row: Vec<Block>,
    is_head: bool,
    /// HTML lets the end tags of cells and rows out.
    in_cell: bool,
}

impl Walk {
    fn open(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Heading { .. } => self.begin(true),
            Tag::Paragraph | Tag::Item | Tag::BlockQuote(_) => self.begin(false),
            Tag::Table(_) => self.table = Some(Rows::default()),
            Tag::TableHead => self.row(true),
            Tag::TableRow => self.row(false),
            Tag::TableCell => self.block = Block::default(),
            _ => {}
        }
    }

    fn close(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) | TagEnd::Paragraph | TagEnd::Item => self.finish(),
            TagEnd::TableCell => self.cell(),
            TagEnd::TableHead | TagEnd::TableRow => self.finish_row(),
            TagEnd::Table => self.table = None,
            _ => {}
        }
    }

    fn begin(&mut self, is_heading: bool) {
        self.finish();
        self.block.is_heading = is_heading;
    }

    fn finish(&mut self) {
        self.blocks.push(std::mem::take(&mut self.block));
    }

    fn words(&mut self, words: &str, range: Range<usize>, text: &str) {
        // Code has its backticks in its range.
        let inside = text.get(range.clone()).and_then(|written| written.find(words)).unwrap_or(0);
        self.block.push(words, range.start + inside);
    }

    fn row(&mut self, is_head: bool) {
        if let Some(rows) = &mut self.table {
            (rows.row, rows.is_head) = (Vec::new(), is_head);
        }
    }

    fn cell(&mut self) {
        let cell = std::mem::take(&mut self.block);
        if let Some(rows) = &mut self.table {
            rows.row.push(cell);
        }
    }

    fn finish_row(&mut self) {
        let Some(rows) = &mut self.table else { return };
        let row = std::mem::take(&mut rows.row);
        if rows.is_head {
            rows.head = row;
            return;
        }
        self.blocks.extend(sentences_of(&rows.head, &row));
    }
}

/// A row's cells, each with what its number counts: the head above it, after the row's own name.
fn sentences_of(head: &[Block], row: &[Block]) -> Vec<Block> {
    let Some((name, cells)) = row.split_first() else { return Vec::new() };
    let has_number = |block: &Block| block.text.contains(|letter: char| letter.is_ascii_digit());
    let mut sentences = Vec::new();
    for (at, cell) in cells.iter().enumerate().filter(|(_, cell)| has_number(cell)) {
        let above = head.get(at + 1).map_or("", |above| above.text.trim());
        let mut block = Block::default();
        block.push(&format!("{} ({above}): ", name.text.trim()), cell.origin(0));
        block.push(cell.text.trim(), cell.origin(0));
        sentences.push(block);
    }
    // A table whose first column is of numbers too: what is above it is what it counts.
    if let Some(above) = head.first().filter(|_| has_number(name)) {
        let mut block = Block::default();
        block.push(&format!("{}: ", above.text.trim()), name.origin(0));
        block.push(name.text.trim(), name.origin(0));
        sentences.push(block);
    }
    sentences
}

/// Elements that end a piece of running text.
const BREAKS: [&str; 25] = [
    "p",
    "div",
    "li",
    "ul",
    "ol",
    "br",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "section",
    "article",
    "blockquote",
    "dt",
    "dd",
    "figcaption",
    "header",
    "footer",
    "main",
    "hr",
    "caption",
    "table",
    "title",
];
const HIDDEN: [&str; 6] = ["script", "style", "pre", "template", "noscript", "svg"];

fn html(text: &str) -> Vec<Block> {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    // Scripts and styles are text up to their own end tag.
    emitter.naively_switch_states(true);
    let mut walk = Walk::default();
    let mut hidden = 0usize;
    for token in Tokenizer::new_with_emitter(text, emitter).flatten() {
        match token {
            Token::StartTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name).into_owned();
                hidden += usize::from(HIDDEN.contains(&name.as_str()) && !tag.self_closing);
                walk.html_open(&name);
            }
            Token::EndTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name).into_owned();
                hidden = hidden.saturating_sub(usize::from(HIDDEN.contains(&name.as_str())));
                walk.html_close(&name);
            }
            Token::String(words) if hidden == 0 => {
                walk.html_words(&String::from_utf8_lossy(&words.value), words.span.start)
            }
            _ => {}
        }
    }
    walk.finish();
    walk.blocks
}

impl Walk {
    fn html_open(&mut self, name: &str) {
        match name {
            "table" => {
                self.finish();
                self.table = Some(Rows::default());
            }
            "tr" => {
                self.html_end_row();
                let is_head = self.table.as_ref().is_some_and(|rows| rows.head.is_empty());
                self.row(is_head);
            }
            "td" | "th" => {
                self.html_end_cell();
                self.block = Block::default();
                self.table.iter_mut().for_each(|rows| rows.in_cell = true);
            }
            _ if BREAKS.contains(&name) && self.table.is_none() => self.begin(is_heading(name)),
            _ if BREAKS.contains(&name) => self.block.part(),
            _ => {}
        }
    }

    fn html_close(&mut self, name: &str) {
        match name {
            "td" | "th" => self.html_end_cell(),
            "tr" => self.html_end_row(),
            "table" => {
                self.html_end_row();
                self.table = None;
            }
            _ if BREAKS.contains(&name) && self.table.is_none() => self.finish(),
            _ => {}
        }
    }

    fn html_end_cell(&mut self) {
        if self.table.as_mut().is_some_and(|rows| std::mem::take(&mut rows.in_cell)) {
            self.cell();
        }
    }

    fn html_end_row(&mut self) {
        self.html_end_cell();
        if self.table.as_ref().is_some_and(|rows| !rows.row.is_empty()) {
            self.finish_row();
        }
    }

    /// Line ends and blanks are one blank, as a browser shows them.
    fn html_words(&mut self, words: &str, start: usize) {
        let mut at = start;
        for piece in words.split_inclusive(char::is_whitespace) {
            let word = piece.trim_end();
            if !word.is_empty() {
                self.block.push(word, at);
            }
            if word.len() < piece.len() {
                self.block.part();
            }
            at += piece.len();
        }
    }
}

fn is_heading(name: &str) -> bool {
    name.len() == 2 && name.starts_with('h') && name != "hr"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, form: Form) -> Vec<(String, (usize, usize))> {
        let lines = Lines::new(text);
        blocks(text, form).iter().map(|block| (block.text.trim().to_owned(), lines.place(block.origin(0)))).collect()
    }

    fn block(text: &str, line: usize, column: usize) -> (String, (usize, usize)) {
        (text.to_owned(), (line, column))
    }

    #[test]
    fn lines_of_text_go_on_where_they_were_too_long() {
        let text =
            "Growth\n- We had in the past twelve months, all repositories counted,\n  234 contributors.\nNext. é 5 x\n";
        assert_eq!(
            told(text, Form::Text),
            [
                block("Growth", 1, 1),
                block("We had in the past twelve months, all repositories counted, 234 contributors.", 2, 3),
                block("Next. é 5 x", 4, 1)
            ]
        );
        let lines = Lines::new(text);
        let all = blocks(text, Form::Text);
        let at = all[1].text.find("234").expect("there");
        assert_eq!(lines.place(all[1].origin(at)), (3, 3));
        let at = all[2].text.find('5').expect("there");
        assert_eq!(lines.place(all[2].origin(at)), (4, 9), "columns are letters, not bytes");
    }

    #[test]
    fn markdown_is_read_as_it_is_shown() {
        let text = "---\ntitle: 3\n---\n# Since 2023\n\nWe have **12** maintainers\nfrom 7 [companies](https://x.example/9).\n\n```\n1 of 2\n```\n\n- a `5` b\n  - c\n\n| What | Number |\n| --- | --- |\n| Contributors | 234 |\n| Note | none |\n";
        assert_eq!(
            told(text, Form::Markdown),
            [
                block("Since 2023", 4, 3),
                block("We have 12 maintainers from 7 companies.", 6, 1),
                block("a 5 b", 13, 3),
                block("c", 14, 5),
                block("Contributors (Number): 234", 18, 18)
            ]
        );
    }

    #[test]
    fn html_is_read_as_it_is_shown() {
        let text = "<html><style>p { 5 }</style><h1>Since 2023</h1>\n<p>We have\n <b>12</b> maintainers &amp; more<br>x</p><script>if (1 < 2) {}</script>\n<table><tr><th>Year<th>Contributors</tr><tr><td>2024</td><td>1,234</td></tr></table>";
        assert_eq!(
            told(text, Form::Html),
            [
                block("Since 2023", 1, 33),
                block("We have 12 maintainers & more", 2, 4),
                block("x", 3, 38),
                block("2024 (Contributors): 1,234", 4, 62),
                block("Year: 2024", 4, 49)
            ]
        );
        assert_eq!(Form::of("a.txt", " <!DOCTYPE HTML>"), Form::Html);
        assert_eq!((Form::of("a.MD", ""), Form::of("a", "# x")), (Form::Markdown, Form::Text));
    }

    #[test]
    fn no_document_stops_it() {
        for text in ["", "|", "|a|\n|-|\n", "<table><td>5", "<p", "é\u{0}\n\n5", "- \n-", "<!--"] {
            for form in [Form::Markdown, Form::Html, Form::Text] {
                let lines = Lines::new(text);
                let places = blocks(text, form).iter().map(|block| lines.place(block.origin(block.text.len()))).max();
                assert!(places.is_none_or(|(line, _)| line <= text.lines().count() + 1), "{text}");
            }
        }
    }
}
