//! Bytes of any encoding as UTF-8, without holding a file.

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::io::{self, BufRead, BufReader, Read};

const BUFFER: usize = 64 << 10;

/// The same text as UTF-8, without byte order mark: what begins with a mark of UTF-16 is decoded, all else passes as it is.
pub(crate) fn utf8(mut reader: Box<dyn BufRead + Send>) -> io::Result<Box<dyn BufRead + Send>> {
    let head = reader.fill_buf()?;
    match Encoding::for_bom(head) {
        Some((encoding, length)) if encoding == UTF_8 => {
            reader.consume(length);
            Ok(reader)
        }
        Some((encoding, _)) => Ok(decoded(reader, encoding)),
        None if utf16_by_its_zeros(head).is_none() => Ok(reader),
        None => {
            let encoding = utf16_by_its_zeros(head).unwrap_or(UTF_16LE);
            Ok(decoded(reader, encoding))
        }
    }
}

/// UTF-16 without a mark begins with an ASCII character, of which every other byte is zero; no text in UTF-8 has zeros.
fn utf16_by_its_zeros(head: &[u8]) -> Option<&'static Encoding> {
    match head {
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => Some(UTF_16BE),
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => Some(UTF_16LE),
        _ => None,
    }
}

/// The same text as UTF-8, whatever byte order mark it has removed.
pub(crate) fn decoded(reader: Box<dyn BufRead + Send>, encoding: &'static Encoding) -> Box<dyn BufRead + Send> {
    let decoding =
        Decoding { reader, decoder: encoding.new_decoder_with_bom_removal(), ready: Vec::new(), at: 0, over: false };
    Box::new(BufReader::with_capacity(BUFFER, decoding))
}

struct Decoding {
    reader: Box<dyn BufRead + Send>,
    decoder: Decoder,
    ready: Vec<u8>,
    at: usize,
    over: bool,
}

impl Read for Decoding {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.ready.len() && !self.over {
            let bytes = self.reader.fill_buf()?;
            self.over = bytes.is_empty();
            self.ready.resize(bytes.len().saturating_mul(3) + 16, 0);
            let (_, used, written, _) = self.decoder.decode_to_utf8(bytes, &mut self.ready, self.over);
            self.reader.consume(used);
            self.ready.truncate(written);
            self.at = 0;
        }
        let length = buffer.len().min(self.ready.len() - self.at);
        buffer[..length].copy_from_slice(&self.ready[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}
