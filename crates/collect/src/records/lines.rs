//! One record a line.

use super::{Found, MAX_RECORD};
use std::io::{self, BufRead};

/// Where it stands: the number of the line that was read last.
#[derive(Default)]
pub(super) struct Lines {
    pub line: u32,
    /// How many lines held nothing but zeros.
    pub zeros: u32,
}

impl Lines {
    /// Reads the next line that is not empty, without its end; of zeros alone it is. What is longer than a record can be is passed over, not held.
    pub fn next(&mut self, reader: &mut dyn BufRead, buffer: &mut Vec<u8>) -> io::Result<Found> {
        loop {
            let length = read_line(reader, buffer).inspect_err(|_| self.line += 1)?;
            let Some(length) = length else { return Ok(Found::End) };
            self.line += 1;
            if self.line == 1 && buffer.starts_with("\u{feff}".as_bytes()) {
                buffer.drain(..3);
            }
            if length > MAX_RECORD {
                let message = format!("a line of {length} bytes; a record has at most {MAX_RECORD}");
                return Ok(Found::Broken(message, "is this one JSON object a line? the other lines are read"));
            }
            if buffer.iter().any(|byte| *byte != 0 && !byte.is_ascii_whitespace()) {
                return Ok(Found::Record);
            }
            self.zeros += u32::from(buffer.contains(&0));
        }
    }
}

/// The length of the line that was read into `buffer`; nothing at the end.
fn read_line(reader: &mut dyn BufRead, buffer: &mut Vec<u8>) -> io::Result<Option<usize>> {
    buffer.clear();
    let mut length = 0;
    loop {
        let available = match reader.fill_buf() {
            Ok(available) => available,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let newline = memchr::memchr(b'\n', available);
        let part = &available[..newline.unwrap_or(available.len())];
        length += part.len();
        if length <= MAX_RECORD {
            buffer.extend_from_slice(part);
        } else {
            *buffer = Vec::new();
        }
        let (empty, used) = (available.is_empty(), part.len() + usize::from(newline.is_some()));
        reader.consume(used);
        match (newline, empty) {
            (None, true) if length == 0 => return Ok(None),
            (Some(_), _) | (None, true) => return Ok(Some(length)),
            (None, false) => {}
        }
    }
}
