//! What was found in a document, as `[[claim]]` tables that can be checked as they are.

use super::sentence::Said;
use crate::guard::without_emails;
use crate::json::guarded;
use crate::number;
use muster_model::{Claim, Comparison};
use serde::Serialize;
use std::fmt::Write as _;

/// What a document claims.
#[derive(Debug, Clone, PartialEq)]
pub struct Extracted {
    /// How the document is called.
    pub document: String,
    /// A claim a sentence.
    pub claims: Vec<Proposed>,
    /// Sentences with numbers that count nothing known.
    pub unmapped: Vec<Unmapped>,
}

/// A sentence that claims something.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposed {
    /// As a pipeline would have it; its text is the sentence, its place is in the document.
    pub claim: Claim,
    /// What a reader should see to before taking it over.
    pub notes: Vec<String>,
}

/// A sentence with numbers that were not understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unmapped {
    /// The sentence.
    pub sentence: String,
    /// File, line and column.
    pub place: String,
    /// The numbers as they are written, each with why it is none of a claim.
    pub numbers: Vec<(String, String)>,
}

impl Extracted {
    pub(super) fn of(document: &str) -> Self {
        Self { document: one_line(document), claims: Vec::new(), unmapped: Vec::new() }
    }

    pub(super) fn add(&mut self, sentence: &str, (line, column): (usize, usize), said: Said) {
        let place = format!("{}:{line}:{column}", self.document);
        let sentence = one_line(sentence);
        if !said.unmapped.is_empty() {
            let numbers = said.unmapped.iter().map(|(number, why)| (number.clone(), (*why).to_owned())).collect();
            self.unmapped.push(Unmapped { sentence: sentence.clone(), place: place.clone(), numbers });
        }
        if !said.expect.is_empty() {
            let claim = Claim {
                id: self.id(&said.words),
                text: sentence,
                required: true,
                place: Some(place),
                expect: said.expect,
            };
            self.claims.push(Proposed { claim, notes: said.notes });
        }
    }

    /// A name after what is counted, with a number where it is taken.
    fn id(&self, words: &[String]) -> String {
        let mut parts: Vec<&str> = Vec::new();
        for word in words {
            let last = word.rsplit(' ').next().unwrap_or(word);
            let part = if word.starts_with("new ") { word.as_str() } else { last };
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        let id = parts.join("-").replace(' ', "-").replace('\'', "");
        let taken = |id: &str| self.claims.iter().any(|proposed| proposed.claim.id == id);
        let numbered = (2..).map(|number| format!("{id}-{number}"));
        std::iter::once(id.clone()).chain(numbered).find(|id| !taken(id)).unwrap_or(id)
    }
}

fn one_line(text: &str) -> String {
    let shown = |letter: char| {
        !letter.is_control()
            && !matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let clean: String = text.chars().map(|letter| if shown(letter) { letter } else { ' ' }).collect();
    without_emails(&clean.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned()
}

/// The proposals as a file of claims; what was not understood stands in comments.
pub fn extracted_toml(extracted: &Extracted) -> String {
    let mut out = format!(
        "# Claims of {}, as muster understood them. Look them over: a comment says what a sentence leaves open.\n",
        one_line(&extracted.document)
    );
    for proposed in &extracted.claims {
        table(proposed, &mut out);
    }
    if !extracted.unmapped.is_empty() {
        out.push_str("\n# Sentences with numbers that are no claim that muster can check:\n");
    }
    for unmapped in &extracted.unmapped {
        let _ = writeln!(out, "#\n# {}\n#   {}", unmapped.place, unmapped.sentence);
        for (number, why) in &unmapped.numbers {
            let _ = writeln!(out, "#   {}: {why}", one_line(number));
        }
    }
    out
}

fn table(proposed: &Proposed, out: &mut String) {
    let claim = &proposed.claim;
    out.push('\n');
    for note in &proposed.notes {
        let _ = writeln!(out, "# {note}");
    }
    let _ = writeln!(out, "[[claim]]\nid = {}\ntext = {}", quoted(&claim.id), quoted(&claim.text));
    if let Some(place) = &claim.place {
        let _ = writeln!(out, "place = {}", quoted(place));
    }
    out.push_str("expect = [\n");
    for expectation in &claim.expect {
        let over = expectation.over.map_or(String::new(), |over| format!(", over = \"{over}\""));
        let _ = writeln!(
            out,
            "    {{ metric = {}, window = \"{}\"{over}, {} }},",
            quoted(&expectation.metric),
            expectation.window,
            comparison(&expectation.must)
        );
    }
    out.push_str("]\n");
}

fn comparison(must: &Comparison) -> String {
    let number = |value: f64| number::full(value).unwrap_or_default();
    match must {
        Comparison::Between(low, high) => format!("op = \"between\", values = [{}, {}]", number(*low), number(*high)),
        _ => format!(
            "op = \"{}\", value = {}",
            must.operator(),
            must.values().into_iter().map(number).collect::<String>()
        ),
    }
}

/// A string that the pipeline file's reader reads back: a variable is no part of a sentence.
fn quoted(text: &str) -> String {
    toml::Value::String(text.replace("${", "$${")).to_string()
}

#[derive(Serialize)]
struct Shown<'a> {
    schema: u32,
    document: &'a str,
    claims: Vec<ShownClaim<'a>>,
    unmapped: &'a [Unmapped],
}

#[derive(Serialize)]
struct ShownClaim<'a> {
    id: &'a str,
    text: &'a str,
    place: Option<&'a str>,
    notes: &'a [String],
    expect: Vec<ShownExpectation<'a>>,
}

#[derive(Serialize)]
struct ShownExpectation<'a> {
    metric: &'a str,
    window: String,
    over: Option<String>,
    op: &'static str,
    values: Vec<f64>,
}

/// The same for programs.
pub fn extracted_json(extracted: &Extracted) -> String {
    let claims = extracted
        .claims
        .iter()
        .map(|proposed| ShownClaim {
            id: &proposed.claim.id,
            text: &proposed.claim.text,
            place: proposed.claim.place.as_deref(),
            notes: &proposed.notes,
            expect: proposed
                .claim
                .expect
                .iter()
                .map(|one| ShownExpectation {
                    metric: &one.metric,
                    window: one.window.to_string(),
                    over: one.over.map(|over| over.to_string()),
                    op: one.must.operator(),
                    values: one.must.values(),
                })
                .collect(),
        })
        .collect();
    guarded(&Shown { schema: 1, document: &extracted.document, claims, unmapped: &extracted.unmapped })
}
