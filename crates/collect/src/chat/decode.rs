//! Bytes of any encoding as UTF-8, without holding a file.

use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
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
        None => match utf16_by_its_zeros(head) {
            Some(encoding) => Ok(decoded(reader, encoding)),
            None => Ok(reader),
        },
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

/// The encoding of a text without byte order mark, by all of its bytes, and whether every byte of it has a meaning.
///
/// A text in GB18030 has hardly a character beyond ASCII that is one in UTF-8 too, and a text in UTF-8 with a few stray bytes has
/// more that are than are not.
pub(crate) fn guessed(mut reader: impl BufRead) -> io::Result<(&'static Encoding, bool)> {
    let mut utf8 = Tally::new(UTF_8);
    let mut gb = Tally::new(GB18030);
    loop {
        let bytes = reader.fill_buf()?;
        let (length, over) = (bytes.len(), bytes.is_empty());
        utf8.add(bytes, over);
        gb.add(bytes, over);
        if over {
            break;
        }
        reader.consume(length);
    }
    Ok(if utf8.wrong == 0 {
        (UTF_8, true)
    } else if gb.wrong == 0 && utf8.wrong > utf8.wide {
        (GB18030, true)
    } else {
        (UTF_8, false)
    })
}

/// How well bytes fit an encoding.
struct Tally {
    decoder: Decoder,
    text: String,
    /// Characters beyond ASCII.
    wide: usize,
    /// Sequences that are no character.
    wrong: usize,
}

impl Tally {
    fn new(encoding: &'static Encoding) -> Self {
        Self { decoder: encoding.new_decoder_without_bom_handling(), text: String::new(), wide: 0, wrong: 0 }
    }

    fn add(&mut self, mut bytes: &[u8], over: bool) {
        loop {
            self.text.clear();
            self.text.reserve(bytes.len().saturating_mul(3) + 16);
            let (result, used) = self.decoder.decode_to_string_without_replacement(bytes, &mut self.text, over);
            self.wide += self.text.chars().filter(|character| !character.is_ascii()).count();
            bytes = &bytes[used..];
            match result {
                DecoderResult::Malformed(..) => self.wrong += 1,
                DecoderResult::InputEmpty => return,
                DecoderResult::OutputFull => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_told_by_the_bytes() {
        let chinese = "发送时间,发送人,内容\n2025-06-17,王芳,你好,大家好吗";
        let (gb, _, _) = GB18030.encode(chinese);
        assert_eq!(guessed(&*gb).expect("bytes"), (GB18030, true));
        assert_eq!(guessed(chinese.as_bytes()).expect("bytes"), (UTF_8, true));
        let mixed = [chinese.as_bytes(), b"caf\xe9 au lait"].concat();
        assert_eq!(guessed(&*mixed).expect("bytes"), (UTF_8, false));
        assert_eq!(guessed(&b""[..]).expect("bytes"), (UTF_8, true));
    }

    #[test]
    fn what_is_decoded_is_the_same_text() {
        let text = "é, 𝄞 and 你好".repeat(9000);
        let utf16: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_be_bytes).collect();
        let mut read = String::new();
        utf8(Box::new(io::Cursor::new(utf16))).expect("bytes").read_to_string(&mut read).expect("text");
        assert_eq!(read, text);
    }
}
