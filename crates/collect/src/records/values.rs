//! Values of JSON one after the other, those of arrays each by itself.
//!
//! Brackets and commas between the values are passed over, whatever their order: pages of `gh api --paginate`, arrays of
//! arrays and pretty-printed objects are all values in a row. A value ends where its own brackets do; whether it is JSON
//! inside is for its reader to say. So a broken value costs only itself, and a page that was cut off only its last.

use super::{Found, MAX_RECORD};
use std::io::{self, BufRead, Cursor, Read};

/// Where it stands.
#[derive(Default)]
pub(super) struct Values {
    /// The line on which the last value began.
    pub line: u32,
    /// How many values there were.
    pub count: u32,
    /// How many lines were passed.
    passed: u32,
    /// How many arrays are open around the values.
    open: u32,
}

const SAVE_AGAIN: &str = "what stands before and after it is read; save the file again and run again";

impl Values {
    /// Reads the next value into `buffer`. What is longer than a record can be is passed over, not held.
    pub fn next(&mut self, reader: &mut Box<dyn BufRead + Send>, buffer: &mut Vec<u8>) -> io::Result<Found> {
        buffer.clear();
        let mut value = Value::default();
        let mut length = 0;
        loop {
            let available = match reader.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() {
                return Ok(self.end(length, value, reader, buffer));
            }
            let begin = if length == 0 { self.begin(available) } else { 0 };
            let (used, state) = value.take(&available[begin..]);
            let part = &available[begin..begin + used];
            self.passed += lines(part);
            length += part.len();
            if length <= MAX_RECORD {
                buffer.extend_from_slice(part);
            } else {
                *buffer = Vec::new();
            }
            reader.consume(begin + used);
            match state {
                State::Open => {}
                State::Whole if length > MAX_RECORD => return Ok(too_long(length)),
                State::Whole => return Ok(Found::Record),
                State::Cut => {
                    self.open = 0;
                    return Ok(Found::Broken("this value is cut off".to_owned(), SAVE_AGAIN));
                }
            }
        }
    }

    /// Passes what stands before a value; says where that begins.
    fn begin(&mut self, bytes: &[u8]) -> usize {
        let is_between = |byte: &u8| byte.is_ascii_whitespace() || b"[],\0\xef\xbb\xbf".contains(byte);
        let between = bytes.iter().take_while(|byte| is_between(byte)).count();
        for byte in &bytes[..between] {
            match byte {
                b'[' => self.open += 1,
                b']' => self.open = self.open.saturating_sub(1),
                _ => {}
            }
        }
        self.passed += lines(&bytes[..between]);
        if between < bytes.len() {
            self.line = self.passed + 1;
            self.count += 1;
        }
        between
    }

    /// What the end of the file means. A value that is not whole may have swallowed others: what begins a line in it is
    /// read again.
    fn end(
        &mut self,
        length: usize,
        value: Value,
        reader: &mut Box<dyn BufRead + Send>,
        buffer: &mut Vec<u8>,
    ) -> Found {
        if length == 0 {
            if std::mem::take(&mut self.open) == 0 {
                return Found::End;
            }
            (self.line, self.count) = (self.passed + 1, self.count + 1);
            return Found::Broken("the file ends in the middle of an array".to_owned(), SAVE_AGAIN);
        }
        if value.is_bare() {
            return Found::Record;
        }
        if length > MAX_RECORD {
            return too_long(length);
        }
        self.open = 0;
        let again = buffer.windows(2).position(|pair| matches!(pair, b"\n{" | b"\n["));
        if let Some(again) = again {
            let rest = buffer.split_off(again);
            self.passed -= lines(&rest);
            *reader = Box::new(Cursor::new(rest).chain(std::mem::replace(reader, Box::new(io::empty()))));
            return Found::Broken("this value is cut off".to_owned(), SAVE_AGAIN);
        }
        Found::Broken("the file ends in the middle of this value".to_owned(), SAVE_AGAIN)
    }
}

fn too_long(length: usize) -> Found {
    Found::Broken(format!("a value of {length} bytes; a record has at most {MAX_RECORD}"), SAVE_AGAIN)
}

fn lines(bytes: &[u8]) -> u32 {
    u32::try_from(memchr::memchr_iter(b'\n', bytes).count()).unwrap_or(u32::MAX)
}

/// How far a value has come.
#[derive(Default)]
struct Value {
    depth: u32,
    in_string: bool,
    escaped: bool,
    /// The last byte ended a line.
    at_line: bool,
    began: bool,
}

enum State {
    /// More of it is to come.
    Open,
    Whole,
    /// Another value begins in the middle of a string: JSON has no line end there.
    Cut,
}

impl Value {
    /// Takes in bytes of the value; says how many are its own, and whether it is whole.
    fn take(&mut self, bytes: &[u8]) -> (usize, State) {
        for (at, byte) in bytes.iter().enumerate() {
            let begins_line = std::mem::replace(&mut self.at_line, *byte == b'\n');
            if self.in_string {
                match byte {
                    b'{' | b'[' if begins_line => return (at, State::Cut),
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_string = false,
                    _ => {}
                }
            } else {
                match byte {
                    b'"' => self.in_string = true,
                    b'{' | b'[' => self.depth += 1,
                    b'}' | b']' | b',' | b' ' | b'\t' | b'\r' | b'\n' if self.is_bare() => return (at, State::Whole),
                    b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                    _ => {}
                }
            }
            self.began = true;
            if self.depth == 0 && !self.in_string && matches!(byte, b'}' | b']' | b'"') {
                return (at + 1, State::Whole);
            }
        }
        (bytes.len(), State::Open)
    }

    /// A number or a word, which ends where something else begins.
    fn is_bare(&self) -> bool {
        self.began && self.depth == 0 && !self.in_string
    }
}
