//! JSON files of every tool, one element after the other: only one element is ever held.
//!
//! | shape | whose | how it is known |
//! | --- | --- | --- |
//! | an array | export: day files, lists | `[` |
//! | an object with lists in it | slackdump's dump, Web API answers | `{` |
//! | one such object a line, its facts before its lists | slackdump's chunks | the first key is `t` |
//! | a message | single messages, one or many in a file | a `ts` and no list |

use crate::chat::decode::utf8;
use std::io::{self, BufRead};

/// The longest message that Slack takes has 40,000 characters and some blocks; a dump puts a whole thread into one.
const MAX_ELEMENT: usize = 32 << 20;
/// A fact beside the lists: an id, a name, a flag.
const MAX_FACT: usize = 4096;

/// What an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Message,
    User,
    Channel,
    /// Nothing that muster has an event for: integrations, canvases, lists of ids.
    Other,
    /// An answer of the Web API that is an error.
    Refusal,
}

/// What a document says beside its lists.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Facts {
    /// The channel that the messages stand in.
    pub channel: Option<String>,
    /// The workspace, where the document is about it.
    pub team: Option<String>,
    ok: Option<bool>,
    error: Option<String>,
    thread_only: bool,
    is_chunk: bool,
    is_message: bool,
    has_list: bool,
}

/// One element. Its bytes are [`Document::bytes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item {
    pub what: What,
    /// The 1-based line on which it begins.
    pub line: u32,
    /// Which of its list it is, from 1.
    pub number: u32,
}

/// Why a document cannot be read on. What came before is read.
#[derive(Debug)]
pub(super) struct Broken {
    pub line: u32,
    pub message: String,
}

#[derive(Clone, Copy)]
enum State {
    Top,
    List { what: What, in_object: bool },
    Object,
    Done,
}

/// A file being read.
pub(super) struct Document {
    scan: Scanner,
    /// What the elements of a list without a name are.
    rows: What,
    state: State,
    number: u32,
    /// Whether an element of ours was in the object.
    found: bool,
    first: Facts,
    /// Of the object that is being read.
    pub facts: Facts,
}

impl Document {
    /// Begins to read. An object says what it is about in any order, so the first is looked through before: `open` is then
    /// called twice.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn open(open: &dyn Fn() -> io::Result<Box<dyn BufRead + Send>>, rows: What) -> io::Result<Self> {
        let mut scan = Scanner::new(open()?)?;
        let mut first = Facts::default();
        if scan.peek()? == Some(b'{') {
            // Where it breaks off is said when it is read.
            first = outline(&mut scan).unwrap_or_default();
            scan = Scanner::new(open()?)?;
        }
        let facts = first.clone();
        Ok(Self { scan, rows, state: State::Top, number: 0, found: false, first, facts })
    }

    /// The bytes of the element that [`Document::next`] gave.
    pub fn bytes(&self) -> &[u8] {
        &self.scan.buffer
    }

    /// The next element, or `None` at the end.
    ///
    /// # Errors
    /// The rest cannot be read.
    pub fn next(&mut self) -> Result<Option<Item>, Broken> {
        let step = self.step();
        if !matches!(step, Ok(Some(_))) {
            self.state = State::Done;
        }
        step.map_err(|error| Broken { line: self.scan.line, message: error.to_string() })
    }

    fn step(&mut self) -> io::Result<Option<Item>> {
        loop {
            let found = match self.state {
                State::Done => return Ok(None),
                State::Top => match self.scan.peek()? {
                    None => return Ok(None),
                    Some(b'[') => {
                        self.scan.bump();
                        self.enter(self.rows, false);
                        None
                    }
                    Some(b'{') if self.first.is_message => {
                        self.number += 1;
                        Some(self.take(What::Message)?)
                    }
                    Some(b'{') => {
                        self.scan.bump();
                        self.facts = if self.first.is_chunk { Facts::default() } else { self.first.clone() };
                        self.found = false;
                        self.state = State::Object;
                        None
                    }
                    Some(_) => return Err(broken("neither a list nor an object begins here".to_owned())),
                },
                State::List { what, in_object } => self.element(what, in_object)?,
                State::Object => self.field()?,
            };
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    fn enter(&mut self, what: What, in_object: bool) {
        self.number = 0;
        self.state = State::List { what, in_object };
    }

    fn element(&mut self, what: What, in_object: bool) -> io::Result<Option<Item>> {
        let mut next = self.scan.peek()?;
        if self.number > 0 && next == Some(b',') {
            self.scan.bump();
            next = self.scan.peek()?;
        } else if self.number > 0 && next.is_some_and(|byte| byte != b']') {
            return Err(broken(format!("no comma after element {} of the list", self.number)));
        }
        match next {
            Some(b']') => {
                self.scan.bump();
                self.state = if in_object { State::Object } else { State::Top };
                Ok(None)
            }
            Some(byte) => {
                self.number += 1;
                // Some lists of people are ids only.
                self.take(if byte == b'{' || what == What::Message { what } else { What::Other }).map(Some)
            }
            None => Err(broken(format!("the list is cut short after {} whole elements", self.number))),
        }
    }

    fn take(&mut self, what: What) -> io::Result<Item> {
        let item = Item { what, line: self.scan.line, number: self.number };
        self.found = true;
        match self.scan.value(MAX_ELEMENT)? {
            Value::Whole => Ok(item),
            Value::TooLong => {
                self.scan.buffer.clear();
                Ok(item)
            }
            Value::Cut => {
                let whole = self.number.saturating_sub(1);
                Err(broken(format!("the file is cut short in element {}; {whole} before it are whole", self.number)))
            }
        }
    }

    /// One field of an object, or its end.
    fn field(&mut self) -> io::Result<Option<Item>> {
        let Some(key) = self.scan.key()? else {
            self.state = State::Top;
            if self.found {
                return Ok(None);
            }
            self.found = true;
            self.number = 1;
            self.scan.buffer.clear();
            let what = if self.facts.ok == Some(false) { What::Refusal } else { What::Other };
            if what == What::Refusal {
                self.scan.buffer.extend_from_slice(self.facts.error.as_deref().unwrap_or("unknown").as_bytes());
            }
            return Ok(Some(Item { what, line: self.scan.line, number: 1 }));
        };
        let byte = self.scan.peek()?;
        if let (Some(what), Some(b'[')) = (list(&key), byte) {
            self.scan.bump();
            self.enter(what, true);
            self.found = true;
            return Ok(None);
        }
        match (key.as_str(), byte) {
            ("channel" | "group" | "ci", Some(b'{')) => self.single(What::Channel),
            ("user", Some(b'{')) => self.single(What::User),
            // A chunk of one thread alone: its parent stands nowhere else.
            ("p", Some(b'{')) if self.facts.thread_only => self.single(What::Message),
            _ => {
                self.scan.fact(&key, &mut self.facts)?;
                Ok(None)
            }
        }
    }

    fn single(&mut self, what: What) -> io::Result<Option<Item>> {
        self.number = 1;
        self.take(what).map(Some)
    }
}

/// The lists whose elements are events.
fn list(key: &str) -> Option<What> {
    match key {
        "messages" | "m" => Some(What::Message),
        "members" | "users" | "u" => Some(What::User),
        "channels" | "groups" | "ims" | "ch" => Some(What::Channel),
        _ => None,
    }
}

/// What the first object says, in any order. A chunk's facts come before its lists, so it is not looked through.
fn outline(scan: &mut Scanner) -> io::Result<Facts> {
    scan.bump();
    let mut facts = Facts::default();
    let (mut has_ts, mut first) = (false, true);
    while let Some(key) = scan.key()? {
        facts.is_chunk |= first && key == "t";
        if facts.is_chunk {
            return Ok(facts);
        }
        first = false;
        has_ts |= key == "ts";
        let is_list = scan.peek()? == Some(b'[');
        facts.has_list |= is_list && list(&key).is_some();
        scan.fact(&key, &mut facts)?;
    }
    facts.is_message = has_ts && !facts.has_list && facts.ok.is_none();
    Ok(facts)
}

fn broken(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

fn filled(reader: &mut dyn BufRead) -> io::Result<&[u8]> {
    // Twice, as the borrow of the first answer would outlive the loop.
    while let Err(error) = reader.fill_buf() {
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    reader.fill_buf()
}

enum Value {
    Whole,
    TooLong,
    Cut,
}

struct Scanner {
    reader: Box<dyn BufRead + Send>,
    line: u32,
    buffer: Vec<u8>,
}

impl Scanner {
    fn new(reader: Box<dyn BufRead + Send>) -> io::Result<Self> {
        Ok(Self { reader: utf8(reader)?, line: 1, buffer: Vec::new() })
    }

    /// The next byte that is no white space, not consumed.
    fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            let chunk = filled(&mut self.reader)?;
            let blank = chunk.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let (found, empty) = (chunk.get(blank).copied(), chunk.is_empty());
            self.consume(blank);
            if found.is_some() || empty {
                return Ok(found);
            }
        }
    }

    fn bump(&mut self) {
        self.reader.consume(1);
    }

    fn consume(&mut self, length: usize) {
        if let Ok(chunk) = self.reader.fill_buf() {
            let lines = memchr::memchr_iter(b'\n', &chunk[..length]).count();
            self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        }
        self.reader.consume(length);
    }

    /// The next key of an object, its colon consumed; `None` at its end, consumed.
    fn key(&mut self) -> io::Result<Option<String>> {
        if self.peek()? == Some(b',') {
            self.bump();
        }
        match self.peek()? {
            Some(b'}') => {
                self.bump();
                return Ok(None);
            }
            Some(b'"') => {}
            Some(_) => return Err(broken("no key where an object goes on".to_owned())),
            None => return Err(broken("the object is cut short".to_owned())),
        }
        self.value(MAX_FACT)?;
        let key = serde_json::from_slice(&self.buffer).map_err(|error| broken(format!("not a key: {error}")))?;
        if self.peek()? != Some(b':') {
            return Err(broken(format!("no value for the key {key:?}")));
        }
        self.bump();
        Ok(Some(key))
    }

    /// Passes over a value, and takes what it says about the document.
    fn fact(&mut self, key: &str, facts: &mut Facts) -> io::Result<()> {
        match self.value(MAX_FACT)? {
            Value::Cut => return Err(broken("the object is cut short".to_owned())),
            Value::TooLong => return Ok(()),
            Value::Whole => {}
        }
        let text = || serde_json::from_slice::<String>(&self.buffer).ok().filter(|text| !text.is_empty());
        match key {
            // A chunk calls it `id`; a workspace that is written for itself has an `id` that is no channel.
            "channel_id" | "channel" | "id" if facts.channel.is_none() => facts.channel = text(),
            "ok" => facts.ok = serde_json::from_slice(&self.buffer).ok(),
            "error" => facts.error = text(),
            "to" => facts.thread_only = self.buffer == b"true",
            "team_id" => facts.team = text(),
            "w" => {
                let teams = serde_json::from_slice::<super::json::Teams<'_>>(&self.buffer).unwrap_or_default();
                facts.team = super::json::said(&teams.team_id).map(str::to_owned);
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes one value into the buffer: up to the bracket that closes it, the quote, or what ends a number or word. What is
    /// longer than `keep` is passed over, not held.
    fn value(&mut self, keep: usize) -> io::Result<Value> {
        self.buffer.clear();
        let mut end = End::default();
        let mut length = 0;
        loop {
            let chunk = filled(&mut self.reader)?;
            let empty = chunk.is_empty();
            let (used, done) = end.find(chunk);
            length += used;
            if length <= keep {
                self.buffer.extend_from_slice(&chunk[..used]);
            } else {
                self.buffer = Vec::new();
            }
            self.consume(used);
            if done || empty {
                let whole = done || (end.depth == 0 && !end.in_text && length > 0);
                return Ok(match (whole, length > keep) {
                    (false, _) => Value::Cut,
                    (true, true) => Value::TooLong,
                    (true, false) => Value::Whole,
                });
            }
        }
    }
}

/// Where a value ends.
#[derive(Default)]
struct End {
    depth: usize,
    in_text: bool,
    escaped: bool,
    begun: bool,
}

impl End {
    /// How much of the chunk belongs to the value, and whether it ends there.
    fn find(&mut self, chunk: &[u8]) -> (usize, bool) {
        let mut at = 0;
        while at < chunk.len() {
            if self.in_text {
                if self.escaped {
                    self.escaped = false;
                    at += 1;
                    continue;
                }
                let Some(next) = memchr::memchr2(b'"', b'\\', &chunk[at..]) else { return (chunk.len(), false) };
                at += next + 1;
                self.escaped = chunk[at - 1] == b'\\';
                self.in_text = self.escaped;
                if !self.in_text && self.depth == 0 {
                    return (at, true);
                }
                continue;
            }
            let byte = chunk[at];
            match byte {
                b'"' => self.in_text = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' if self.depth > 0 => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return (at + 1, true);
                    }
                }
                // The end of a number or word. One byte at least is taken, so that what is no value cannot stop us.
                b'}' | b']' | b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if self.depth == 0 => {
                    return (at.max(usize::from(!self.begun)), true);
                }
                _ => {}
            }
            self.begun = true;
            at += 1;
        }
        (at, false)
    }
}
