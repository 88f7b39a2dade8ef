//! Text of one Markdown block without its markup, that still knows its links, its code and its lines.

use std::ops::Range;

/// Plain text with what the markup said about parts of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Rich {
    /// The text; a line break of the source is `\n`.
    pub text: String,
    /// Linked parts and where they lead.
    pub links: Vec<(Range<usize>, String)>,
    /// Parts that are code.
    pub code: Vec<Range<usize>>,
    /// Bold parts.
    pub bold: Vec<Range<usize>>,
    /// Parts that are struck through.
    pub struck: Vec<Range<usize>>,
    /// Where the text comes from another source line than before: offset and 1-based line.
    pub lines: Vec<(usize, u32)>,
}

impl Rich {
    /// Text without markup, all on one line.
    pub fn plain(text: &str, line: u32) -> Self {
        Self { text: text.to_owned(), lines: vec![(0, line)], ..Self::default() }
    }

    /// Appends text that begins on a line.
    pub fn push(&mut self, text: &str, line: u32) {
        if self.lines.last().is_none_or(|last| last.1 != line) {
            self.lines.push((self.text.len(), line));
        }
        self.text.push_str(text);
    }

    /// The source line of an offset.
    pub fn line_at(&self, offset: usize) -> u32 {
        self.lines.iter().take_while(|(start, _)| *start <= offset).last().map_or(1, |(_, line)| *line)
    }

    /// The source line where it begins.
    pub fn line(&self) -> u32 {
        self.lines.first().map_or(1, |(_, line)| *line)
    }

    /// The text with white space folded.
    pub fn folded(&self) -> String {
        fold(&self.text)
    }

    /// A part of it, without white space around.
    pub fn slice(&self, range: Range<usize>) -> Self {
        let part = &self.text[range.clone()];
        let start = range.start + (part.len() - part.trim_start().len());
        let end = (range.start + part.trim_end().len()).max(start);
        let clip = |ranges: &[Range<usize>]| ranges.iter().filter_map(|r| clipped(r, start, end)).collect();
        let mut lines = vec![(0, self.line_at(start))];
        lines.extend(self.lines.iter().filter(|l| l.0 > start && l.0 < end).map(|l| (l.0 - start, l.1)));
        Self {
            text: self.text[start..end].to_owned(),
            links: self.links.iter().filter_map(|(r, to)| Some((clipped(r, start, end)?, to.clone()))).collect(),
            code: clip(&self.code),
            bold: clip(&self.bold),
            struck: clip(&self.struck),
            lines,
        }
    }

    /// Its source lines, empty ones left out.
    pub fn split_lines(&self) -> Vec<Self> {
        self.split(|c, _| c == '\n')
    }

    /// Its parts between separators that lie in no bracket and no link; empty parts are left out.
    pub fn split(&self, is_separator: impl Fn(char, usize) -> bool) -> Vec<Self> {
        let mut parts = Vec::new();
        let (mut start, mut depth) = (0, 0_i32);
        for (at, c) in self.text.char_indices() {
            match c {
                '(' | '[' | '（' => depth += 1,
                ')' | ']' | '）' => depth = (depth - 1).max(0),
                // A bracket that is never closed must not swallow the following lines.
                '\n' if is_separator('\n', at) => depth = 0,
                _ => {}
            }
            let linked = || self.links.iter().any(|(range, _)| range.contains(&at));
            if depth == 0 && is_separator(c, at) && !linked() {
                parts.push(self.slice(start..at));
                start = at + c.len_utf8();
            }
        }
        parts.push(self.slice(start..self.text.len()));
        parts.retain(|part| !part.text.is_empty());
        parts
    }

    /// The text with some ranges replaced by spaces of the same length, so that offsets stay.
    pub fn masked<'a>(&self, ranges: impl Iterator<Item = &'a Range<usize>>) -> String {
        let mut bytes = self.text.clone().into_bytes();
        for range in ranges {
            bytes[range.clone()].fill(b' ');
        }
        String::from_utf8(bytes).unwrap_or_else(|_| self.text.clone())
    }

    /// Whether all of it that is no white space or punctuation is in one of the ranges.
    pub fn wholly(&self, ranges: &[Range<usize>]) -> bool {
        let mut any = false;
        let all = self.text.char_indices().filter(|(_, c)| c.is_alphanumeric()).all(|(at, _)| {
            any = true;
            ranges.iter().any(|range| range.contains(&at))
        });
        any && all
    }
}

fn clipped(range: &Range<usize>, start: usize, end: usize) -> Option<Range<usize>> {
    let (from, to) = (range.start.max(start), range.end.min(end));
    (from < to).then(|| from - start..to - start)
}

/// White space folded to single spaces.
pub(super) fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a word is in a list of words with spaces between.
pub(super) fn is_one_of(list: &str, word: &str) -> bool {
    list.split(' ').any(|listed| listed == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_keeps_lines_and_links() {
        let mut rich = Rich::plain("Ada ", 3);
        rich.links.push((0..3, "https://example.org".to_owned()));
        rich.push("\n", 3);
        rich.push("(Acme, Inc), Bo", 4);
        assert_eq!(rich.line_at(6), 4);
        let parts = rich.split(|c, _| c == ',');
        assert_eq!(parts.len(), 2);
        assert_eq!((parts[1].text.as_str(), parts[1].line()), ("Bo", 4));
        assert_eq!(parts[0].links[0].0, 0..3);
    }
}
