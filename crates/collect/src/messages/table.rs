//! A file to rows.

use crate::chat::decode::{decoded, guessed, utf8};
use crate::chat::elements::{Elements, Layout, Next};
use crate::files::open_reader;
use encoding_rs::GB18030;
use std::collections::{BTreeSet, VecDeque};
use std::io::{self, BufRead, Read};
use std::path::Path;

/// The longest row that is held.
const MAX_ROW: usize = 4 << 20;
/// A quote that is not closed within so many lines was none.
const MAX_LINES: usize = 10_000;
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Row {
    /// The fields of a line of a table.
    Fields(Vec<String>),
    /// An object.
    Object(serde_json::Map<String, serde_json::Value>),
}

/// What comes next.
#[derive(Debug, PartialEq)]
pub(crate) enum NextRow {
    /// A row, with the line on which it begins.
    Row(u32, Row),
    /// Something that is no row; the reading goes on after it.
    Broken {
        /// Where.
        line: u32,
        /// What is wrong.
        message: String,
        /// What stands there.
        text: String,
    },
    /// There are no more.
    End,
}

/// A table being read.
pub(crate) struct Table {
    /// The first line's fields; none of JSON.
    pub header: Option<Vec<String>>,
    /// What a person should know about how it is read.
    pub notice: Option<String>,
    body: Body,
}

enum Body {
    Lines(Lines),
    Json(Elements),
}

impl Table {
    /// Opens a file. `wanted` are the columns by which the delimiter is told.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn open(path: &Path, wanted: &dyn Fn(&str) -> bool) -> io::Result<Self> {
        let is_gb = |reader| guessed(reader).map(|(encoding, whole)| (encoding == GB18030, whole));
        let has_mark = encoding_rs::Encoding::for_bom(open_reader(path)?.fill_buf()?).is_some();
        let mut reader = utf8(open_reader(path)?)?;
        let mut notice = None;
        if !has_mark {
            // UTF-16 without a mark is decoded already: what is looked at is what will be read.
            let (gb, whole) = is_gb(utf8(open_reader(path)?)?)?;
            if gb {
                reader = decoded(open_reader(path)?, GB18030);
                notice = Some("the file is not UTF-8; it is read as GB18030".to_owned());
            } else if !whole {
                notice = Some("the file is neither UTF-8 nor GB18030; characters of it are lost".to_owned());
            }
        }
        let head = reader.fill_buf()?.trim_ascii_start();
        if head.starts_with(b"{") || head.starts_with(b"[{") || is_list_of_objects(head) {
            let layout = |head: &[u8]| match head.starts_with(b"[") {
                true => Layout::Document { maps: &[], wanted: &[] },
                false => Layout::Lines,
            };
            return Ok(Self { header: None, notice, body: Body::Json(Elements::new(reader, layout)?) });
        }
        let mut lines = Lines { reader, waiting: VecDeque::new(), line: 0, delimiter: ',', columns: 0, over: false };
        let header = lines.header(path, wanted)?;
        Ok(Self { header: Some(header), notice, body: Body::Lines(lines) })
    }

    /// The next row that is not blank.
    pub fn next(&mut self) -> NextRow {
        match &mut self.body {
            Body::Json(elements) => match elements.next() {
                Next::Piece(piece) => {
                    let text = String::from_utf8_lossy(&piece.bytes);
                    match serde_json::from_str(&text) {
                        Ok(object) => NextRow::Row(piece.line, Row::Object(object)),
                        Err(_) => {
                            let message = "not a JSON object".to_owned();
                            NextRow::Broken { line: piece.line, message, text: text.into_owned() }
                        }
                    }
                }
                Next::Broken { line, message } => NextRow::Broken { line, message, text: String::new() },
                Next::End => NextRow::End,
            },
            Body::Lines(lines) => lines.next_row().unwrap_or_else(|error| {
                lines.over = true;
                let message = format!("the file cannot be read to its end: {error}");
                NextRow::Broken { line: lines.line, message, text: String::new() }
            }),
        }
    }
}

fn is_list_of_objects(head: &[u8]) -> bool {
    head.strip_prefix(b"[").is_some_and(|rest| matches!(rest.trim_ascii_start(), [b'{', ..] | [b']', ..]))
}

/// The keys of the first rows of a file of JSON.
pub(crate) fn keys(table: &mut Table) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for _ in 0..1000 {
        match table.next() {
            NextRow::Row(_, Row::Object(object)) => paths("", &object, &mut keys),
            NextRow::End => break,
            _ => {}
        }
    }
    keys
}

fn paths(prefix: &str, object: &serde_json::Map<String, serde_json::Value>, keys: &mut BTreeSet<String>) {
    for (key, value) in object {
        let path = format!("{prefix}{key}");
        if let serde_json::Value::Object(inner) = value
            && prefix.len() < 200
        {
            paths(&format!("{path}."), inner, keys);
        }
        keys.insert(path);
    }
}

/// Lines of fields between delimiters.
struct Lines {
    reader: Box<dyn BufRead + Send>,
    /// Lines that were read to look for the end of a quote.
    waiting: VecDeque<(u32, String)>,
    line: u32,
    delimiter: char,
    columns: usize,
    over: bool,
}

impl Lines {
    fn header(&mut self, path: &Path, wanted: &dyn Fn(&str) -> bool) -> io::Result<Vec<String>> {
        let name = path.to_string_lossy().to_lowercase();
        let is_tsv = name.trim_end_matches(".gz").ends_with(".tsv");
        let candidates: &[char] = if is_tsv { &['\t'] } else { &DELIMITERS };
        let start = loop {
            match self.line()? {
                Some((_, line)) if line.trim().is_empty() => {}
                Some((number, line)) => break (number, line),
                None => return Ok(Vec::new()),
            }
        };
        let mut best = (0, 0);
        for &delimiter in candidates {
            let fields = whole_or_literal(&start.1, delimiter);
            let score = (fields.iter().filter(|field| wanted(field.trim())).count(), fields.len());
            if score > best {
                (best, self.delimiter) = (score, delimiter);
            }
        }
        self.waiting.push_front(start);
        let header = match self.next_row()? {
            NextRow::Row(_, Row::Fields(fields)) => fields,
            _ => Vec::new(),
        };
        self.columns = header.len();
        Ok(header.into_iter().map(|field| field.trim().to_owned()).collect())
    }

    fn next_row(&mut self) -> io::Result<NextRow> {
        loop {
            let Some((number, first)) = self.line()? else { return Ok(NextRow::End) };
            if first.len() > MAX_ROW {
                let message = format!("a line of more than {MAX_ROW} bytes");
                return Ok(NextRow::Broken { line: number, message, text: String::new() });
            }
            if first.trim().is_empty() {
                continue;
            }
            if let Some(fields) = fields(&first, self.delimiter) {
                return Ok(NextRow::Row(number, Row::Fields(fields)));
            }
            return self.quoted(number, first);
        }
    }

    /// A row of which a quote is not closed on its first line: it goes on to where it is closed. Where it never is, the quote
    /// was a character like others, if the line then has the right number of fields; the lines after it are rows of their own.
    fn quoted(&mut self, number: u32, first: String) -> io::Result<NextRow> {
        let mut text = first.clone();
        let mut taken = Vec::new();
        while taken.len() < MAX_LINES && text.len() <= MAX_ROW {
            let Some(line) = self.line()? else { break };
            text.push('\n');
            text.push_str(&line.1);
            let closes = line.1.contains('"');
            taken.push(line);
            if closes && let Some(fields) = fields(&text, self.delimiter) {
                return Ok(NextRow::Row(number, Row::Fields(fields)));
            }
        }
        for line in taken.into_iter().rev() {
            self.waiting.push_front(line);
        }
        let literal: Vec<String> = first.split(self.delimiter).map(str::to_owned).collect();
        if literal.len() == self.columns {
            return Ok(NextRow::Row(number, Row::Fields(literal)));
        }
        let message = "a quote that is never closed".to_owned();
        Ok(NextRow::Broken { line: number, message, text: first })
    }

    /// The next line without its end, and its number.
    fn line(&mut self) -> io::Result<Option<(u32, String)>> {
        if let Some(line) = self.waiting.pop_front() {
            return Ok(Some(line));
        }
        if self.over {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        let limit = MAX_ROW as u64 + 2;
        if self.reader.by_ref().take(limit).read_until(b'\n', &mut bytes)? == 0 {
            self.over = true;
            return Ok(None);
        }
        while bytes.len() as u64 >= limit && !bytes.ends_with(b"\n") {
            // Passed over to its end: what is held already is too long.
            let mut rest = Vec::new();
            let read = self.reader.by_ref().take(limit).read_until(b'\n', &mut rest)?;
            if read == 0 || rest.ends_with(b"\n") {
                break;
            }
        }
        self.line = self.line.saturating_add(1);
        let text = String::from_utf8_lossy(&bytes);
        Ok(Some((self.line, text.trim_end_matches(['\n', '\r']).to_owned())))
    }
}

fn whole_or_literal(line: &str, delimiter: char) -> Vec<String> {
    fields(line, delimiter).unwrap_or_else(|| line.split(delimiter).map(str::to_owned).collect())
}

/// The fields of a row; none where a quote is still open at its end. A field that begins with a quote goes on to the quote that a
/// delimiter or the end follows; two quotes are one. Where another character follows, the quotes are part of the field.
fn fields(row: &str, delimiter: char) -> Option<Vec<String>> {
    let mut fields = Vec::new();
    let mut rest = row;
    loop {
        let (field, after) = match rest.strip_prefix('"') {
            Some(inner) => match quoted(inner, delimiter)? {
                Some(found) => found,
                None => plain(rest, delimiter),
            },
            None => plain(rest, delimiter),
        };
        fields.push(field);
        match after {
            Some(after) => rest = after,
            None => return Some(fields),
        }
    }
}

type Field<'a> = (String, Option<&'a str>);

fn plain(rest: &str, delimiter: char) -> Field<'_> {
    match rest.split_once(delimiter) {
        Some((field, after)) => (field.to_owned(), Some(after)),
        None => (rest.to_owned(), None),
    }
}

/// What stands behind an opening quote: nothing if it is not closed; nothing inside that if it is no quoted field.
fn quoted(inner: &str, delimiter: char) -> Option<Option<Field<'_>>> {
    let mut field = String::new();
    let mut rest = inner;
    loop {
        let (before, after) = rest.split_once('"')?;
        field.push_str(before);
        let mut next = after.chars();
        match next.next() {
            Some('"') => {
                field.push('"');
                rest = next.as_str();
            }
            None => return Some(Some((field, None))),
            Some(character) if character == delimiter => return Some(Some((field, Some(next.as_str())))),
            Some(_) => return Some(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fields;

    #[test]
    fn fields_are_told_by_delimiters_and_quotes() {
        for (row, expected) in [
            ("a,b", vec!["a", "b"]),
            ("a,,", vec!["a", "", ""]),
            (r#""a,b","c""d""#, vec!["a,b", "c\"d"]),
            ("\"a\nb\",c", vec!["a\nb", "c"]),
            (r#"5" disk,x"#, vec!["5\" disk", "x"]),
            (r#""well" he said,x"#, vec!["\"well\" he said", "x"]),
            ("\"\"", vec![""]),
        ] {
            assert_eq!(fields(row, ',').expect(row), expected, "{row}");
        }
        assert_eq!(fields("\"a,b", ','), None);
        assert_eq!(fields(r#"""""#, ','), None);
    }
}
