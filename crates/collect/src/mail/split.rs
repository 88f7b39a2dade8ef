//! An mbox to its mails, one after the other, without holding more than one.
//!
//! A line `From …` begins a mail if all of this holds:
//!
//! - it is the first line of the file, or a blank line stands before it;
//! - it ends in a date as mail programs write it there (asctime, also with a zone before or behind the year);
//! - a header field follows, or nothing: a blank line, the end.
//!
//! With a header field that only a mail begins with (`Return-Path:`, `From:`, `Date:` …), one of the first two may be
//! missing: a mail program that crashed leaves no blank line, and some archives write other dates. The exception is the
//! first line of a patch as `git format-patch` writes it (`From <40 hexadecimal digits> Mon Sep 17 00:00:00 2001`), for
//! people put such patches into mails; in a file that begins with one, they are the mails.
//!
//! Escaped lines (`>From `, of mboxo and mboxrd) begin nothing. Content-Length is not believed: editors and archives
//! change mails without it.

use super::date::is_month;
use super::header::is_field;
use super::parse::Doubt;
use memchr::{memchr, memchr_iter, memmem};
use std::io::{self, BufRead, Read};
use std::ops::Range;

/// How far behind a `From ` the line after it has begun.
const LOOK: usize = 4 << 10;
const CHUNK: usize = 256 << 10;

/// A part of the file that is a mail, or should be.
#[derive(Debug)]
pub(super) struct Piece {
    /// Its bytes, in the splitter.
    range: Range<usize>,
    /// The line of the file on which it begins.
    pub line: u32,
    /// How long it is, if it is too long to be held.
    pub too_long: Option<u64>,
    /// How the reading ended, if it ended in this piece and not at the end of the file.
    pub cut: Option<io::Error>,
    /// What was doubtful about its end, with the line.
    pub doubts: Vec<(Doubt, u32)>,
}

/// A file being split.
pub(super) struct Splitter {
    reader: Box<dyn BufRead + Send>,
    /// Whether the file is one mail.
    is_single: bool,
    cap: usize,
    buffer: Vec<u8>,
    /// Where the piece at hand begins in the buffer, and from where on it was not looked at.
    begin: usize,
    seen: usize,
    /// The line of the file on which the bytes at `begin` begin.
    line: u32,
    /// The length of what was dropped of the piece at hand.
    dropped: u64,
    dropped_lines: u32,
    is_at_end: bool,
    error: Option<io::Error>,
    /// Whether patches of git are mails here; known after the first line.
    has_patches: Option<bool>,
}

impl Splitter {
    /// Splits what a reader gives into mails of at most `cap` bytes. A file that does not begin with a `From ` line but with
    /// a header is one mail.
    pub fn new(reader: Box<dyn BufRead + Send>, cap: usize) -> Self {
        let mut splitter = Self {
            reader,
            is_single: false,
            cap,
            buffer: Vec::new(),
            begin: 0,
            seen: 0,
            line: 1,
            dropped: 0,
            dropped_lines: 0,
            is_at_end: false,
            error: None,
            has_patches: None,
        };
        splitter.fill();
        splitter.pass_blank_lines();
        let start = &splitter.buffer[splitter.begin..];
        splitter.is_single = !start.starts_with(b"From ") && is_field(start);
        splitter.has_patches = Some(is_patch(line_of(start)));
        splitter
    }

    /// The bytes of the piece that was given last.
    pub fn bytes(&self, piece: &Piece) -> &[u8] {
        self.buffer.get(piece.range.clone()).unwrap_or_default()
    }

    /// Whether the file is one mail that begins with its header.
    pub fn is_single(&self) -> bool {
        self.is_single
    }

    /// The next piece; `None` at the end of the file.
    pub fn next(&mut self) -> Option<Piece> {
        let mut doubts = Vec::new();
        let end = loop {
            if let Some(end) = self.find_end(&mut doubts) {
                break end;
            }
            if self.is_at_end {
                break self.buffer.len();
            }
            self.drop_excess();
            self.fill();
        };
        let cut = if end == self.buffer.len() { self.error.take() } else { None };
        if self.begin == end && self.dropped == 0 && cut.is_none() {
            return None;
        }
        let range = self.begin..end;
        let length = self.dropped + range.len() as u64;
        let too_long = (length > self.cap as u64).then_some(length);
        let piece = Piece { line: self.line, too_long, cut, doubts, range: range.clone() };
        self.line = self.line.saturating_add(lines(&self.buffer[range]) + self.dropped_lines);
        self.begin = end;
        self.seen = end;
        self.dropped = 0;
        self.dropped_lines = 0;
        Some(piece)
    }

    /// Where the piece at hand ends, as far as the buffer says.
    fn find_end(&mut self, doubts: &mut Vec<(Doubt, u32)>) -> Option<usize> {
        let from = self.seen.max(self.begin);
        let mut found = None;
        let mut unsure = None;
        for at in memmem::find_iter(&self.buffer[from..], b"\nFrom ") {
            let newline = from + at;
            if newline + LOOK > self.buffer.len() && !self.is_at_end {
                unsure = Some(newline);
                break;
            }
            match self.judge(newline) {
                Begins::Yes(_) if self.is_single => self.doubt(Some(Doubt::FromLineInText), newline + 1, doubts),
                Begins::Yes(doubt) => {
                    found = Some((newline + 1, doubt));
                    break;
                }
                Begins::No(doubt) => self.doubt(doubt, newline + 1, doubts),
            }
        }
        if let Some((end, doubt)) = found {
            self.doubt(doubt, end, doubts);
            return Some(end);
        }
        // "\nFrom " may lie across the end of the buffer.
        self.seen = unsure.unwrap_or(self.buffer.len().saturating_sub(6)).max(from);
        None
    }

    /// Whether the line after a line end begins a mail.
    fn judge(&self, newline: usize) -> Begins {
        let rest = &self.buffer[newline + 1..];
        let line = line_of(rest);
        let next = rest.get(line.len() + 1..).unwrap_or_default();
        let line = line.trim_ascii_end();
        let is_after_blank = is_blank_end(&self.buffer[self.begin..newline]);
        if is_patch(line) && self.has_patches != Some(true) {
            return Begins::No(None);
        }
        let (has_date, is_mail) = (has_date(line), begins_a_mail(next));
        match (is_after_blank, has_date) {
            (true, true) if is_field(next) || line_of(next).trim_ascii().is_empty() => Begins::Yes(None),
            (true, false) if is_mail && names_somebody(line) => Begins::Yes(None),
            (false, true) if is_mail => Begins::Yes(Some(Doubt::NoBlankLine)),
            (_, true) => Begins::No(Some(Doubt::FromLineInText)),
            _ => Begins::No(None),
        }
    }

    /// Adds a doubt with its line; of several in one mail, with that of the first: lines are not counted again for each.
    fn doubt(&self, doubt: Option<Doubt>, at: usize, doubts: &mut Vec<(Doubt, u32)>) {
        if let Some(doubt) = doubt {
            let first = doubts.iter().find(|(known, _)| *known == doubt).map(|(_, line)| *line);
            doubts.push((doubt, first.unwrap_or_else(|| self.line_at(at))));
        }
    }

    fn line_at(&self, at: usize) -> u32 {
        self.line.saturating_add(self.dropped_lines).saturating_add(lines(&self.buffer[self.begin..at]))
    }

    /// Reads on. What is done with leaves the buffer first.
    fn fill(&mut self) {
        if self.begin > 0 {
            self.buffer.drain(..self.begin);
            self.seen -= self.begin;
            self.begin = 0;
        }
        // A long mail is read in larger steps, so that it is not moved for each.
        let wanted = self.buffer.len().clamp(CHUNK, 32 * CHUNK);
        match (&mut self.reader).take(wanted as u64).read_to_end(&mut self.buffer) {
            Ok(read) => self.is_at_end = read < wanted,
            Err(error) => {
                self.is_at_end = true;
                self.error = Some(error);
            }
        }
    }

    /// Forgets a mail that is longer than a mail may be, but for its last bytes, in which the next may begin.
    fn drop_excess(&mut self) {
        if self.dropped == 0 && self.buffer.len() - self.begin <= self.cap {
            return;
        }
        let keep = self.buffer.len().saturating_sub(LOOK + CHUNK).min(self.seen.saturating_sub(4)).max(self.begin);
        self.dropped += (keep - self.begin) as u64;
        self.dropped_lines = self.dropped_lines.saturating_add(lines(&self.buffer[self.begin..keep]));
        self.begin = keep;
    }

    fn pass_blank_lines(&mut self) {
        if self.buffer.starts_with(b"\xef\xbb\xbf") {
            self.begin = 3;
        }
        while let Some(end) = memchr(b'\n', &self.buffer[self.begin..]) {
            if !self.buffer[self.begin..self.begin + end].trim_ascii().is_empty() {
                break;
            }
            self.begin += end + 1;
            self.line += 1;
        }
        self.seen = self.begin;
    }
}

/// Whether a line begins a mail, and what is doubtful about that.
enum Begins {
    Yes(Option<Doubt>),
    No(Option<Doubt>),
}

fn lines(bytes: &[u8]) -> u32 {
    u32::try_from(memchr_iter(b'\n', bytes).count()).unwrap_or(u32::MAX)
}

/// The first line, without its end; of an endless one, as much as a line may have.
fn line_of(bytes: &[u8]) -> &[u8] {
    let head = &bytes[..bytes.len().min(LOOK / 2)];
    &head[..memchr(b'\n', head).unwrap_or(head.len())]
}

/// Whether the bytes before a line end are a blank line, or nothing.
fn is_blank_end(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    bytes.last().is_none_or(|byte| *byte == b'\n')
}

/// Whether a line is the first of a patch of git.
fn is_patch(line: &[u8]) -> bool {
    line.strip_prefix(b"From ")
        .and_then(|line| line.trim_ascii_end().strip_suffix(b" Mon Sep 17 00:00:00 2001"))
        .is_some_and(|hash| hash.len() >= 40 && hash.iter().all(u8::is_ascii_hexdigit))
}

/// Whether the line ends in a date: `Thu Nov  1 11:19:12 2001`, with a zone before or behind the year; with or without
/// seconds and weekday; or `Thu, 1 Nov 2001 11:19:12 +0000`.
fn has_date(line: &[u8]) -> bool {
    let line = String::from_utf8_lossy(line);
    let words: Vec<&str> = line.split_ascii_whitespace().rev().take(7).collect();
    let is_zone = |word: &str| word.starts_with(['+', '-']) || word.bytes().all(|byte| byte.is_ascii_uppercase());
    let words: Vec<&str> = words.into_iter().filter(|word| !is_zone(word)).collect();
    let is_time = |word: &str| {
        word.len() >= 4 && word.contains(':') && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b':')
    };
    let is_number = |word: &str, lengths: Range<usize>| {
        lengths.contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit())
    };
    match words[..] {
        [year, time, day, month, ..] if is_time(time) => {
            is_number(year, 4..5) && is_number(day, 1..3) && is_month(month)
        }
        [time, year, month, day, ..] if is_time(time) => {
            is_number(year, 4..5) && is_number(day, 1..3) && is_month(month)
        }
        _ => false,
    }
}

/// Whether a `From ` line without a date at least names a sender.
fn names_somebody(line: &[u8]) -> bool {
    line.contains(&b'@')
        || memmem::find(line, b" at ").is_some()
        || line.starts_with(b"From MAILER-DAEMON")
        || line.starts_with(b"From - ")
}

/// Whether the bytes begin with a field that mails begin with.
fn begins_a_mail(bytes: &[u8]) -> bool {
    const FIRST: [&[u8]; 14] = [
        b"return-path",
        b"received",
        b"from",
        b"date",
        b"message-id",
        b"delivered-to",
        b"x-original-to",
        b"x-gm-thrid",
        b"envelope-to",
        b"subject",
        b"to",
        b"mime-version",
        b"x-mozilla-status",
        b"x-from-line",
    ];
    let line = line_of(bytes);
    let name = &line[..memchr(b':', line).unwrap_or(0)];
    FIRST.iter().any(|first| name.trim_ascii().eq_ignore_ascii_case(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines and first lines of pieces; doubts and their lines.
    type Split = (Vec<(u32, String)>, Vec<(Doubt, u32)>);

    fn split(text: &str, cap: usize) -> Split {
        let mut splitter = Splitter::new(Box::new(io::Cursor::new(text.as_bytes().to_vec())), cap);
        let (mut pieces, mut doubts) = (Vec::new(), Vec::new());
        while let Some(mut piece) = splitter.next() {
            let first = line_of(splitter.bytes(&piece)).trim_ascii_end();
            let first = if piece.too_long.is_some() { "too long".into() } else { String::from_utf8_lossy(first) };
            pieces.push((piece.line, first.into_owned()));
            doubts.append(&mut piece.doubts);
        }
        (pieces, doubts)
    }

    const A: &str = "From a@b.org Thu Nov  1 11:19:12 2001";

    #[test]
    fn from_lines_that_begin_mails_are_told_from_others() {
        for begins in [
            format!("\n{A}\nFrom: a@b.org\n"),
            format!("\n{A}\nX-Anything: a\n"),
            format!("\n{A}\n\nno header\n"),
            "\r\nFrom a at b.org  Thu Nov 1 11:19:12 2001\r\nFrom: a@b.org\r\n".to_owned(),
            "\nFrom 123@xxx Thu Apr 16 09:53:04 +0000 2015\nX-GM-THRID: 1\n".to_owned(),
            "\nFrom - Thu Apr 16 09:53:04 2015\nX-Mozilla-Status: 1\n".to_owned(),
            "\nFrom a@b.org Thu Apr 16 09:53 CET 2015\nSubject: x\n".to_owned(),
            "\nFrom a@b.org Thu, 16 Apr 2015 09:53:04 +0000\nSubject: x\n".to_owned(),
            "\nFrom a@b.org 2015-04-16\nSubject: x\n".to_owned(),
            "\nFrom nobody  Thu Nov  1 11:19:12 2001\n".to_owned(),
        ] {
            let (pieces, _) = split(&format!("{A}\nSubject: first\n\nbody\n{begins}"), 1000);
            assert_eq!(pieces.len(), 2, "{begins}");
            assert_eq!(pieces[1].0, 6, "{begins}");
        }
        for text in [
            "\nFrom here on it is easy:\nSubject: none\n".to_owned(),
            "\n>From a@b.org Thu Nov  1 11:19:12 2001\nFrom: a@b.org\n".to_owned(),
            format!("\n From {}\nFrom: a@b.org\n", &A[5..]),
            format!("\n{A}\nshe wrote this\n"),
            format!("{A}\nshe wrote: this\n"),
            "\nFrom 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\nFrom: a@b.org\n".to_owned(),
        ] {
            let (pieces, _) = split(&format!("{A}\nSubject: first\n\nbody\n{text}"), 1000);
            assert_eq!(pieces.len(), 1, "{text}");
        }
    }

    #[test]
    fn what_is_doubtful_is_said_with_its_line() {
        let text = format!("{A}\nSubject: 1\n\nbody\n\n{A}\nshe wrote\n{A}\nFrom: a\n\nbody\n");
        let (pieces, doubts) = split(&text, 1000);
        assert_eq!(pieces.iter().map(|piece| piece.0).collect::<Vec<_>>(), [1, 8]);
        assert_eq!(doubts, [(Doubt::FromLineInText, 6), (Doubt::NoBlankLine, 8)]);
    }

    #[test]
    fn a_mail_that_is_too_long_costs_no_other() {
        let long = "a line of text\n".repeat(100_000);
        let text = format!("{A}\nSubject: 1\n\nbody\n\n{A}\nSubject: 2\n\n{long}\n{A}\nSubject: 3\n\nend\n");
        let (pieces, _) = split(&text, 1_000_000);
        assert_eq!(pieces, [(1, A.to_owned()), (6, "too long".to_owned()), (100_010, A.to_owned())]);
        assert_eq!(split(&text, 10_000_000).0, [(1, A.to_owned()), (6, A.to_owned()), (100_010, A.to_owned())]);
    }

    #[test]
    fn a_series_of_patches_is_a_series_of_mails() {
        let patch = "From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\nFrom: a@b.org\n\nx\n\n";
        assert_eq!(split(&patch.repeat(3), 1000).0.len(), 3);
    }

    #[test]
    fn every_chunk_gives_the_same_mails() {
        let mails: String =
            (0..20_000).map(|at| format!("{A}\nSubject: {at}\n\nFrom {}\n\n", "x".repeat(at % 97))).collect();
        let (pieces, doubts) = split(&mails, 1000);
        assert_eq!((pieces.len(), doubts.len()), (20_000, 0));
        assert!(pieces.iter().zip(0..).all(|(piece, at)| piece.0 == at * 5 + 1));
    }

    #[test]
    fn one_mail_alone_is_one_piece_whatever_is_in_it() {
        let (pieces, doubts) = split(&format!("\n\nSubject: 1\n\nbody\n\n{A}\nSubject: 2\n"), 1000);
        assert_eq!(pieces, [(3, "Subject: 1".to_owned())]);
        assert_eq!(doubts, [(Doubt::FromLineInText, 7)]);
        assert!(split("", 10).0.is_empty());
        assert!(split("\n\n", 10).0.is_empty());
    }
}
