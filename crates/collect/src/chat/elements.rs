//! A JSON document of any length, piece by piece: the elements of the arrays in it, or its lines.
//!
//! Only the frame is understood here, byte by byte: where a piece begins and ends. What a piece says is for its parser; a piece
//! that is no JSON is its own problem and not that of the pieces beside it. Two rules keep a damaged document readable:
//!
//! - A text in JSON never has a bare line end in it. Where one comes, a quote is missing on that line. A piece that began on the
//!   same line ends there, as its brackets cannot be told from text; of any other the text ends there and the piece goes on. So a
//!   piece that is broken does not swallow the rest, unless the whole document is one line.
//! - Pieces need not have commas between them.
//!
//! A byte order mark is obeyed (UTF-8, UTF-16); without one the bytes are taken as UTF-8.

use super::decode::utf8;
use std::io::{self, BufRead, ErrorKind};

/// The longest piece that is held; a longer one is passed over and said to be so.
const MAX_PIECE: usize = 32 << 20;

/// How a document is cut into pieces.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Layout {
    /// A piece a line.
    Lines,
    /// Objects one after the other, each a piece, or arrays of them.
    Objects,
    /// An object or array: the elements of its arrays are the pieces, and whatever else stands at a key.
    Document {
        /// Keys whose value is an object of which each member is a piece.
        maps: &'static [&'static str],
        /// Keys that are wanted; none for all. The others are passed over, not held.
        wanted: &'static [&'static str],
    },
}

/// A piece of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The key of the document at which it stands; empty in an array or among lines.
    pub key: String,
    /// The key of the member, where `key` is one of the maps.
    pub member: String,
    /// The line on which it begins.
    pub line: u32,
    /// Whether it is an element or member, not the whole value at the key.
    pub inner: bool,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// A piece.
    Piece(Piece),
    /// Something that is no piece; the reading goes on after it.
    Broken {
        /// Where.
        line: u32,
        /// What is wrong.
        message: String,
    },
    /// The document is over.
    End,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    /// Between documents.
    Top,
    /// In the object that is the document.
    Object,
    /// In an array: that of a key of the object, or the document itself.
    Array {
        nested: bool,
    },
    /// In an object whose members are pieces.
    Map,
    Over,
}

/// A document being read.
pub(crate) struct Elements {
    reader: Box<dyn BufRead + Send>,
    layout: Layout,
    place: Place,
    key: String,
    line: u32,
    /// Whether anything but white space was read.
    pub any: bool,
}

impl Elements {
    /// A document behind `reader`. `layout` is chosen by the first bytes, white space apart.
    ///
    /// # Errors
    /// The first bytes cannot be read.
    pub fn new(reader: Box<dyn BufRead + Send>, layout: impl FnOnce(&[u8]) -> Layout) -> io::Result<Self> {
        let mut reader = utf8(reader)?;
        let layout = layout(reader.fill_buf()?.trim_ascii_start());
        Ok(Self { reader, layout, place: Place::Top, key: String::new(), line: 1, any: false })
    }

    /// Whether the pieces are lines.
    pub fn is_lines(&self) -> bool {
        matches!(self.layout, Layout::Lines)
    }

    /// The next piece.
    pub fn next(&mut self) -> Next {
        let next = if self.is_lines() { self.next_line() } else { self.next_element() };
        next.unwrap_or_else(|error| {
            self.place = Place::Over;
            let message = match error.kind() {
                ErrorKind::UnexpectedEof => error.to_string(),
                _ => format!("the file cannot be read to its end: {error}"),
            };
            Next::Broken { line: self.line, message }
        })
    }

    fn next_line(&mut self) -> io::Result<Next> {
        loop {
            if self.place == Place::Over || self.reader.fill_buf()?.is_empty() {
                return Ok(Next::End);
            }
            let line = self.line;
            let (bytes, length) = self.take_while(true, |byte| byte != b'\n')?;
            self.skip(1);
            self.line = line.saturating_add(1);
            if length > MAX_PIECE {
                return Ok(too_long(line, length));
            }
            if !bytes.trim_ascii().is_empty() {
                self.any = true;
                return Ok(Next::Piece(Piece { line, bytes, inner: true, ..Piece::default() }));
            }
        }
    }

    fn next_element(&mut self) -> io::Result<Next> {
        while self.place != Place::Over {
            let Some(byte) = self.peek()? else { return self.at_end() };
            self.any = true;
            let line = self.line;
            match (self.place, byte) {
                (Place::Top, b'{') if matches!(self.layout, Layout::Objects) => {
                    self.key.clear();
                    if let Some(next) = self.piece(line, true, String::new())? {
                        return Ok(next);
                    }
                }
                (Place::Top, b'{') => self.enter(Place::Object),
                (Place::Top, b'[') => {
                    self.key.clear();
                    self.enter(Place::Array { nested: false });
                }
                (Place::Top | Place::Over, _) => {
                    self.place = Place::Over;
                    let message = "this is no JSON: it begins neither with { nor with [".to_owned();
                    return Ok(Next::Broken { line, message });
                }
                (Place::Object, b'}') | (Place::Array { nested: false }, b']') => self.enter(Place::Top),
                (Place::Array { nested: true }, b']') | (Place::Map, b'}') => self.enter(Place::Object),
                (Place::Array { .. }, _) => {
                    if let Some(next) = self.piece(line, true, String::new())? {
                        return Ok(next);
                    }
                }
                (Place::Map, _) => {
                    let member = self.key()?;
                    if let Some(next) = self.piece(line, true, member)? {
                        return Ok(next);
                    }
                }
                (Place::Object, _) => {
                    self.key = self.key()?;
                    match self.peek()? {
                        Some(b'[') => self.enter(Place::Array { nested: true }),
                        Some(b'{') if self.is_map() => self.enter(Place::Map),
                        _ => {
                            if let Some(next) = self.piece(line, false, String::new())? {
                                return Ok(next);
                            }
                        }
                    }
                }
            }
        }
        Ok(Next::End)
    }

    fn at_end(&mut self) -> io::Result<Next> {
        match std::mem::replace(&mut self.place, Place::Over) {
            Place::Top | Place::Over => Ok(Next::End),
            Place::Object => Err(cut("the file ends in the middle of an object")),
            Place::Array { .. } | Place::Map => {
                Err(cut("the file ends in the middle of a list; what was complete before it is read"))
            }
        }
    }

    fn enter(&mut self, place: Place) {
        self.skip(1);
        self.place = place;
    }

    fn is_map(&self) -> bool {
        matches!(self.layout, Layout::Document { maps, .. } if maps.contains(&self.key.as_str()))
    }

    /// The value that comes, unless nobody wants it.
    fn piece(&mut self, line: u32, inner: bool, member: String) -> io::Result<Option<Next>> {
        let wanted = match self.layout {
            Layout::Document { wanted, .. } => wanted.is_empty() || wanted.contains(&self.key.as_str()),
            Layout::Lines | Layout::Objects => true,
        };
        let (bytes, length) = self.value(wanted)?;
        Ok(match (wanted, length > MAX_PIECE) {
            (false, _) => None,
            (true, true) => Some(too_long(line, length)),
            (true, false) => Some(Next::Piece(Piece { key: self.key.clone(), member, line, inner, bytes })),
        })
    }

    /// A key and its colon.
    fn key(&mut self) -> io::Result<String> {
        let (bytes, _) = self.value(true)?;
        let text = String::from_utf8_lossy(&bytes);
        let key = serde_json::from_str(&text).unwrap_or_else(|_| text.trim_matches('"').to_owned());
        if self.peek()? == Some(b':') {
            self.skip(1);
        }
        Ok(key)
    }

    /// The next byte that is neither white space nor a comma.
    fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            let buffer = self.reader.fill_buf()?;
            let Some(&first) = buffer.first() else { return Ok(None) };
            let blank = |byte: &u8| byte.is_ascii_whitespace() || *byte == b',';
            let end = buffer.iter().position(|byte| !blank(byte)).unwrap_or(buffer.len());
            if end == 0 {
                return Ok(Some(first));
            }
            self.line = self.line.saturating_add(newlines(&buffer[..end]));
            self.reader.consume(end);
        }
    }

    fn skip(&mut self, bytes: usize) {
        // After a peek there is one; at the end there is nothing to skip.
        let there = self.reader.fill_buf().map_or(0, <[u8]>::len);
        self.reader.consume(bytes.min(there));
    }

    /// A whole value: an object or array to its end, a text, or what stands to the next delimiter. Its bytes, as far as they
    /// are kept, and their number.
    fn value(&mut self, keep: bool) -> io::Result<(Vec<u8>, usize)> {
        let first = self.peek()?.ok_or_else(|| cut("the file ends where a value should be"))?;
        if !matches!(first, b'{' | b'[' | b'"') {
            let mut taken = false;
            return self.take_while(keep, |byte| {
                let more = !taken || !(matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace());
                taken = true;
                more
            });
        }
        let mut scan = Scan { alone: matches!(self.layout, Layout::Objects), ..Scan::default() };
        let value = self.take_while(keep, |byte| scan.goes_on(byte))?;
        if scan.complete { Ok(value) } else { Err(cut("the file ends in the middle of an element")) }
    }

    /// The bytes as long as they satisfy `more`.
    fn take_while(&mut self, keep: bool, mut more: impl FnMut(u8) -> bool) -> io::Result<(Vec<u8>, usize)> {
        let (mut bytes, mut length) = (Vec::new(), 0);
        loop {
            let buffer = match self.reader.fill_buf() {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                buffer => buffer?,
            };
            let end = buffer.iter().position(|byte| !more(*byte));
            let part = &buffer[..end.unwrap_or(buffer.len())];
            length += part.len();
            if keep && length <= MAX_PIECE {
                bytes.extend_from_slice(part);
            } else {
                bytes = Vec::new();
            }
            self.line = self.line.saturating_add(newlines(part));
            let (used, over) = (part.len(), end.is_some() || buffer.is_empty());
            self.reader.consume(used);
            if over {
                return Ok((bytes, length));
            }
        }
    }
}

/// Where in a value the reading stands.
#[derive(Default)]
struct Scan {
    depth: u32,
    in_text: bool,
    escaped: bool,
    /// A line end came.
    went_on: bool,
    complete: bool,
    /// The value may be one of several that stand one after the other.
    alone: bool,
    /// The bytes so far, as far as they matter: the first three, and the last.
    length: u32,
    last: u8,
    /// Its second line is indented.
    indented: bool,
}

impl Scan {
    /// Whether `byte` is part of the value.
    fn goes_on(&mut self, byte: u8) -> bool {
        // An object that is printed with indents was cut off where another begins at the start of a line.
        self.complete |= self.alone && self.indented && self.last == b'\n' && byte == b'{';
        if self.complete {
            return false;
        }
        self.indented |= self.length == 2 && self.last == b'\n' && matches!(byte, b' ' | b'\t');
        (self.length, self.last) = (self.length.saturating_add(1), byte);
        if self.in_text {
            match byte {
                b'\n' => {
                    (self.in_text, self.escaped) = (false, false);
                    self.complete = !self.went_on;
                    self.went_on = true;
                    return true;
                }
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_text = false,
                _ => {}
            }
            self.complete = !self.in_text && self.depth == 0;
            return true;
        }
        match byte {
            b'"' => self.in_text = true,
            b'\n' => self.went_on = true,
            b'{' | b'[' => self.depth = self.depth.saturating_add(1),
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                self.complete = self.depth == 0;
            }
            _ => {}
        }
        true
    }
}

fn cut(message: &str) -> io::Error {
    io::Error::new(ErrorKind::UnexpectedEof, message)
}

fn too_long(line: u32, length: usize) -> Next {
    Next::Broken { line, message: format!("an element of {length} bytes; one has at most {MAX_PIECE}") }
}

fn newlines(bytes: &[u8]) -> u32 {
    u32::try_from(memchr::memchr_iter(b'\n', bytes).count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    const ALL: Layout = Layout::Document { maps: &["posts"], wanted: &[] };

    fn read(text: impl Into<Vec<u8>>, layout: Layout) -> Vec<String> {
        let mut elements = Elements::new(Box::new(Cursor::new(text.into())), |_| layout).expect("bytes");
        let mut all = Vec::new();
        loop {
            match elements.next() {
                Next::Piece(piece) => {
                    let text = String::from_utf8_lossy(&piece.bytes);
                    all.push(format!("{}:{}{} {text}", piece.line, piece.key, piece.member));
                }
                Next::Broken { line, message } => all.push(format!("{line}! {message}")),
                Next::End => return all,
            }
        }
    }

    #[test]
    fn elements_come_one_by_one_with_their_lines() {
        let text = "{\"guild\": {\"id\": \"1\"},\n \"messages\": [\n {\"a\": \"]}\\\"\"},\n\n 2, [3]], \"count\": 7}";
        assert_eq!(
            read(text, ALL),
            [
                "1:guild {\"id\": \"1\"}",
                "3:messages {\"a\": \"]}\\\"\"}",
                "5:messages 2",
                "5:messages [3]",
                "5:count 7"
            ]
        );
        assert_eq!(read("{\"posts\":{\"x\":{\"id\":1},\"y\":2}}", ALL), ["1:postsx {\"id\":1}", "1:postsy 2"]);
        assert_eq!(read(" [1,\n\"b\"]", ALL), ["1: 1", "2: \"b\""]);
        assert_eq!(read("", ALL), [""; 0]);
    }

    #[test]
    fn what_nobody_wants_is_passed_over() {
        let layout = Layout::Document { maps: &[], wanted: &["b"] };
        assert_eq!(read("{\"a\":[1,2],\"b\":[3],\"c\":{\"d\":[4]}}", layout), ["1:b 3"]);
    }

    #[test]
    fn a_document_that_is_cut_off_gives_what_came_before() {
        for (text, last) in [
            ("[1,2", "the file ends in the middle of a list; what was complete before it is read"),
            ("[1,2,{\"a\":", "the file ends in the middle of an element"),
            ("[1,2,\"a", "the file ends in the middle of an element"),
        ] {
            let all = read(text, ALL);
            assert_eq!(all[..2], ["1: 1".to_owned(), "1: 2".to_owned()]);
            assert_eq!(all[2..], [format!("1! {last}")], "{text}");
        }
    }

    #[test]
    fn a_missing_quote_costs_one_element() {
        let text = "[\n{\n\"a\": \"x,\n\"b\": 1\n},\n{\"a\": \"y\"}\n]";
        assert_eq!(read(text, ALL), ["2: {\n\"a\": \"x,\n\"b\": 1\n}", "6: {\"a\": \"y\"}"]);
        let text = "[\n{\"a\": {\"b\": \"x, \"c\": {}}},\n{\"a\": \"y\"}\n]";
        assert_eq!(read(text, ALL)[1..], ["3: {\"a\": \"y\"}"]);
    }

    #[test]
    fn objects_stand_one_after_the_other() {
        let text = "{\n  \"a\": {\n    \"b\": 1\n  }\n}\n{\n  \"c\": [\n    {\n{\n  \"d\": 2\n}\n[{}, {}]";
        let all = read(text, Layout::Objects);
        assert_eq!(all.len(), 5, "{all:?}");
        assert_eq!(all[0], "1: {\n  \"a\": {\n    \"b\": 1\n  }\n}");
        assert_eq!(all[1], "6: {\n  \"c\": [\n    {\n", "the one that is cut off swallows nothing");
        assert_eq!(all[2..], ["9: {\n  \"d\": 2\n}", "12: {}", "12: {}"]);
    }

    #[test]
    fn other_encodings_are_read_by_their_mark() {
        let utf16: Vec<u8> = "\u{feff}[\"é\"]".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(utf16, ALL), ["1: \"é\""]);
        assert_eq!(read("\u{feff}[1]", ALL), ["1: 1"]);
    }

    #[test]
    fn a_piece_that_is_too_long_is_passed_over() {
        let long = "x".repeat(MAX_PIECE);
        let said = format!("an element of {} bytes; one has at most {MAX_PIECE}", MAX_PIECE + 2);
        assert_eq!(
            read(format!("[1,\n\"{long}\",\n2]"), ALL),
            ["1: 1".to_owned(), format!("2! {said}"), "3: 2".to_owned()]
        );
        let text = format!("1\n\"{long}\"\n2\n");
        assert_eq!(read(text, Layout::Lines), ["1: 1".to_owned(), format!("2! {said}"), "3: 2".to_owned()]);
    }

    #[test]
    fn lines_are_pieces() {
        assert_eq!(read("{\"a\":1}\n\n{\"b\"\nx", Layout::Lines), ["1: {\"a\":1}", "3: {\"b\"", "4: x"]);
    }
}
