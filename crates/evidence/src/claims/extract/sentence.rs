//! A sentence into what it claims: a number, the thing counted, the comparison, the window.

use super::number::{Number, Token, numbers, tokens};
use super::window::{When, span_of, when};
use crate::claims::meanings::{Meaning, Meanings, Word};
use muster_model::{Comparison, Cut, Date, Expectation, WindowKind};
use std::ops::Range;

/// What a sentence claims.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub expect: Vec<Expectation>,
    /// The words it counts, for the claim's name.
    pub words: Vec<String>,
    /// What a reader should see to.
    pub notes: Vec<String>,
    /// Numbers that count nothing known, as they are written, and why.
    pub unmapped: Vec<(String, &'static str)>,
}

/// A thing that is counted, where a sentence names it.
#[derive(Clone, Copy)]
struct Mention<'m> {
    word: &'m Word,
    meaning: &'m Meaning,
    at: usize,
}

const WISHES: [&str; 14] = [
    "will", "would", "aim", "aims", "aiming", "goal", "goals", "plan", "plans", "hope", "hopes", "target", "intend",
    "expect",
];
const RULES: [&str; 5] = ["must", "should", "shall", "required", "requires"];
const NEGATIONS: [&str; 6] = ["not", "never", "without", "lack", "lacks", "cannot"];
const JOINTS: [&str; 22] = [
    ":", "=", "is", "are", "was", "were", "to", "at", "of", "now", "reached", "stands", "stood", "totals", "totalled",
    "count", "number", "total", "has", "have", "-", "–",
];
/// How far from its number the thing may stand.
const REACH: usize = 6;

/// What a sentence claims, under a heading.
pub(super) fn said(sentence: &str, heading: &str, meanings: &Meanings) -> Said {
    let tokens = tokens(sentence);
    let when = when(&tokens);
    let under = self::when(&self::tokens(heading));
    let reader = Reader { sentence, tokens: &tokens, meanings, all: mentions(&tokens, meanings) };
    let mut said = Said::default();
    let is_when = |number: &Number| when.tokens.iter().any(|range| range.contains(&number.tokens.start));
    let numbers: Vec<Number> = numbers(&tokens).into_iter().filter(|number| !is_when(number)).collect();
    let rated = rated(&numbers, &when);
    for (at, number) in numbers.into_iter().enumerate() {
        let when = if rated.is_none_or(|rated| rated == at) { when.clone() } else { when.without_rate() };
        match reader.expectation(&number, &when, &under, &mut said.notes) {
            Ok((word, expectation)) => {
                said.words.push(word);
                said.expect.push(expectation);
            }
            Err(why) => said.unmapped.push((reader.written(&number.tokens), why)),
        }
    }
    said
}

/// Which number it is so many of in each window: the last one before that is said, else the first.
fn rated(numbers: &[Number], when: &When) -> Option<usize> {
    when.each?;
    Some(numbers.iter().rposition(|number| number.tokens.start < when.each_at).unwrap_or(0))
}

/// The things that a sentence names, in its order; of names that overlap the longest.
fn mentions<'m>(tokens: &[Token], meanings: &'m Meanings) -> Vec<Mention<'m>> {
    let mut mentions: Vec<(Range<usize>, Mention<'m>)> = Vec::new();
    for at in 0..tokens.len() {
        let fitting = meanings.words.iter().flat_map(|word| word.names.iter().map(move |name| (word, name)));
        let longest = fitting
            .filter_map(|(word, name)| Some((word, name, ends_with(&tokens[..=at], name)?)))
            .max_by_key(|(_, _, length)| *length);
        if let Some((word, name, length)) = longest {
            let range = at + 1 - length..at + 1;
            mentions.retain(|(other, _)| other.end <= range.start);
            mentions.push((range, Mention { word, meaning: meaning_of(word, name), at }));
        }
    }
    mentions.into_iter().map(|(_, mention)| mention).collect()
}

/// How many tokens of the end a name is.
fn ends_with(tokens: &[Token], name: &str) -> Option<usize> {
    let name: Vec<&str> = name.split(' ').collect();
    let end = tokens.get(tokens.len().checked_sub(name.len())?..)?;
    end.iter().zip(&name).all(|(token, word)| token.word == *word).then_some(name.len())
}

/// The meaning that a name has and no other, else the first.
fn meaning_of<'m>(word: &'m Word, name: &str) -> &'m Meaning {
    let own = word.readings.iter().find(|meaning| meaning.names.iter().any(|own| own == name));
    own.unwrap_or(&word.readings[0])
}

struct Reader<'a> {
    sentence: &'a str,
    tokens: &'a [Token],
    meanings: &'a Meanings,
    all: Vec<Mention<'a>>,
}

impl<'a> Reader<'a> {
    fn expectation(
        &self,
        number: &Number,
        when: &When,
        under: &When,
        notes: &mut Vec<String>,
    ) -> Result<(String, Expectation), &'static str> {
        let mention = self.after(number).or_else(|| self.before(number)).ok_or("it is not known what it counts")?;
        let mention = self.in_its_place(mention).ok_or("it counts adopters or users, whom no log knows")?;
        if self.has(&WISHES) {
            return Err("it is a wish, not a claim");
        }
        if self.has(&RULES) {
            return Err("it is a rule, not a claim");
        }
        if number.is_percent != mention.word.share {
            return Err(if number.is_percent {
                "no metric is that share"
            } else {
                "it is a share, and this is no percentage"
            });
        }
        let must = self.comparison(number, mention.word).ok_or("what is denied is not clear")?;
        let said = Spoken { when, under, is_active: self.is_active(number, mention), word: mention.word };
        let (window, over) = said.window(notes);
        let expectation = Expectation { metric: mention.meaning.metric.clone(), window, group: None, over, must };
        Ok((mention.word.many.clone(), expectation))
    }

    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.word.as_str())
    }

    fn has(&self, words: &[&str]) -> bool {
        self.tokens.iter().any(|token| words.contains(&token.word.as_str()))
    }

    fn written(&self, tokens: &Range<usize>) -> String {
        let start = self.tokens.get(tokens.start).map_or(0, |token| token.range.start);
        let end = self.tokens.get(tokens.end.saturating_sub(1)).map_or(start, |token| token.range.end);
        self.sentence.get(start..end).unwrap_or_default().to_owned()
    }

    /// `234 active contributors`: words may stand between, but no sign and no other number. `5 of our maintainers` counts a part.
    fn after(&self, number: &Number) -> Option<Mention<'a>> {
        let start = number.tokens.end;
        if ["of", "top", "out"].contains(&self.word(start)) {
            return None;
        }
        for at in start..(start + REACH).min(self.tokens.len()) {
            let token = self.word(at);
            if !token.starts_with(char::is_alphabetic)
                || ["and", "or", "but", "per", "from", "of", "top"].contains(&token)
            {
                return None;
            }
            if let Some(mention) = self.all.iter().find(|mention| mention.at == at) {
                return Some(self.qualified(*mention, start));
            }
        }
        None
    }

    /// `new pull request contributors`: the words of a longer name may stand apart before it.
    fn qualified(&self, mention: Mention<'a>, start: usize) -> Mention<'a> {
        let between: Vec<&str> = (start..=mention.at).map(|at| self.word(at)).collect();
        let fits = |name: &&String| {
            let parts: Vec<&str> = name.split(' ').collect();
            parts.len() > 1 && parts.last() == between.last() && parts.iter().all(|part| between.contains(part))
        };
        let names = self.meanings.words.iter().flat_map(|word| word.names.iter().map(move |name| (word, name)));
        let longest = names.filter(|(_, name)| fits(name)).max_by_key(|(_, name)| name.len());
        longest.map_or(mention, |(word, name)| Mention { word, meaning: meaning_of(word, name), at: mention.at })
    }

    /// `Contributors: 234`, `the number of contributors grew to 234`, `Contributors (2024): 234`.
    fn before(&self, number: &Number) -> Option<Mention<'a>> {
        let mut at = number.tokens.start;
        let mut in_brackets = false;
        while at > 0 && number.tokens.start - at < 2 * REACH {
            at -= 1;
            let token = self.word(at);
            if let Some(mention) = self.all.iter().find(|mention| mention.at == at) {
                return Some(*mention);
            }
            in_brackets = match token {
                ")" => true,
                "(" => false,
                _ => in_brackets,
            };
            let passes =
                in_brackets || token == "(" || JOINTS.contains(&token) || is_hedge(token) || GROWTH.contains(&token);
            if !passes {
                return None;
            }
        }
        None
    }

    /// The word that is meant beside what stands nearest: organisations of maintainers, not of contributors. None where it is of
    /// those whom a log does not know.
    fn in_its_place(&self, mention: Mention<'a>) -> Option<Mention<'a>> {
        if mention.word.unless.iter().any(|word| self.has(&[word.as_str()])) {
            return None;
        }
        let before = self.all.iter().rev().find(|other| other.at < mention.at && other.word.id != mention.word.id);
        let beside =
            before.or_else(|| self.all.iter().find(|other| other.at > mention.at && other.word.id != mention.word.id));
        let instead = self.meanings.words.iter().find(|word| {
            word.instead.as_ref() == Some(&mention.word.id)
                && beside.is_some_and(|other| word.beside.contains(&other.word.id))
        });
        Some(instead.map_or(mention, |word| Mention { word, meaning: &word.readings[0], at: mention.at }))
    }

    fn is_active(&self, number: &Number, mention: Mention<'_>) -> bool {
        let (from, to) = (number.tokens.start.min(mention.at), number.tokens.start.max(mention.at));
        (from..=to).any(|at| ["active", "regular", "regularly", "monthly"].contains(&self.word(at)))
    }

    /// What the number must be: as it is hedged, else as a bare number of the word claims; the other way round where it is denied.
    fn comparison(&self, number: &Number, word: &Word) -> Option<Comparison> {
        let scale = if number.is_percent { 100.0 } else { 1.0 };
        let (low, high) = (number.low / scale, number.high.map(|high| high / scale));
        let before: Vec<&str> =
            (number.tokens.start.saturating_sub(4)..number.tokens.start).map(|at| self.word(at)).collect();
        let claimed = match high {
            Some(high) => Comparison::Between(low, high),
            None if number.is_open => Comparison::AtLeast(low),
            None => hedged(&before, low).unwrap_or(match word.op.as_str() {
                "=" => Comparison::Equal(low),
                _ => Comparison::AtLeast(low),
            }),
        };
        if self.is_denied(number) { denied(claimed) } else { Some(claimed) }
    }

    /// Whether the number's clause is denied. `not more than` and `no fewer than` are comparisons, no denials.
    fn is_denied(&self, number: &Number) -> bool {
        let clause = (0..number.tokens.start).rev().take_while(|at| ![",", ";", ":", "("].contains(&self.word(*at)));
        clause.take(8).any(|at| {
            let word = self.word(at);
            let compares = ["more", "less", "fewer", "only", "just"].contains(&self.word(at + 1));
            (NEGATIONS.contains(&word) || word.ends_with("n't")) && !compares
        })
    }
}

const GROWTH: [&str; 8] = ["grew", "grown", "rose", "increased", "fell", "dropped", "from", "by"];

fn is_hedge(word: &str) -> bool {
    const HEDGES: [&str; 34] = [
        "more",
        "than",
        "over",
        "above",
        "exceeding",
        "at",
        "least",
        "minimum",
        "no",
        "not",
        "fewer",
        "less",
        "most",
        "up",
        "to",
        "under",
        "below",
        "about",
        "around",
        "approximately",
        "roughly",
        "some",
        "circa",
        "ca",
        "nearly",
        "almost",
        "close",
        "exactly",
        "~",
        "≥",
        "≤",
        ">",
        "<",
        "≈",
    ];
    HEDGES.contains(&word)
}

/// The comparison of the words right before a number; none where there are none.
fn hedged(before: &[&str], value: f64) -> Option<Comparison> {
    let ends = |words: &[&str]| before.ends_with(words);
    let any = |words: &[&str]| words.iter().any(|word| ends(&[word]));
    let about = |low: f64, high: f64| Some(Comparison::Between(round(value * low), round(value * high)));
    if ends(&["no", "fewer", "than"])
        || ends(&["no", "less", "than"])
        || ends(&["not", "less", "than"])
        || ends(&["not", "fewer", "than"])
    {
        return Some(Comparison::AtLeast(value));
    }
    if ends(&["no", "more", "than"])
        || ends(&["not", "more", "than"])
        || ends(&["at", "most"])
        || ends(&["up", "to"])
        || any(&["≤", "maximum"])
    {
        return Some(Comparison::AtMost(value));
    }
    if ends(&["at", "least"]) || ends(&["minimum", "of"]) || ends(&["least"]) || any(&["≥"]) {
        return Some(Comparison::AtLeast(value));
    }
    if ends(&["more", "than"])
        || ends(&["greater", "than"])
        || ends(&["upwards", "of"])
        || any(&["over", "above", "exceeding", "exceeds", ">"])
    {
        return Some(Comparison::MoreThan(value));
    }
    if ends(&["fewer", "than"]) || ends(&["less", "than"]) || any(&["under", "below", "<"]) {
        return Some(Comparison::LessThan(value));
    }
    if ends(&["close", "to"]) || any(&["nearly", "almost"]) {
        return about(0.9, 1.0);
    }
    if any(&["about", "around", "approximately", "roughly", "some", "circa", "ca", "~", "≈"]) {
        return about(0.9, 1.1);
    }
    any(&["exactly", "precisely", "only", "just"]).then_some(Comparison::Equal(value))
}

/// To three places, so that no proposal shows how a computer divides.
fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

fn denied(claimed: Comparison) -> Option<Comparison> {
    Some(match claimed {
        Comparison::AtLeast(value) => Comparison::LessThan(value),
        Comparison::MoreThan(value) => Comparison::AtMost(value),
        Comparison::AtMost(value) => Comparison::MoreThan(value),
        Comparison::LessThan(value) => Comparison::AtLeast(value),
        Comparison::Equal(_) | Comparison::Between(..) => return None,
    })
}

/// A window as it is spoken of.
struct Spoken<'a> {
    when: &'a When,
    /// The heading's.
    under: &'a When,
    is_active: bool,
    word: &'a Word,
}

impl Spoken<'_> {
    /// The window and, of a rate, the span; with a note where the sentence leaves it open.
    fn window(&self, notes: &mut Vec<String>) -> (Cut, Option<WindowKind>) {
        notes.extend(self.when.note.clone().filter(|note| !notes.contains(note)));
        let window = self.when.window.clone().or_else(|| self.under.window.clone());
        let until = self.when.until;
        if let Some(each) = self.when.each {
            return self.rate(each, window, until);
        }
        if self.word.lasts {
            let last_day = until.and_then(|until| until.yesterday().ok());
            let label = |day: Date| day.to_string().parse().ok();
            let of_window = window.filter(|window| window.label.is_some());
            return (last_day.and_then(label).or(of_window).unwrap_or(WindowKind::TrailingDays(365).into()), None);
        }
        let window = match (window, until) {
            (Some(window), Some(until)) => ending(window.kind, until).into(),
            (Some(window), None) => window,
            (None, Some(until)) => WindowKind::Range { from: Date::constant(1970, 1, 1), until: Some(until) }.into(),
            (None, None) => {
                let (window, said) = match self.is_active || self.word.id.starts_with("new ") {
                    true => (WindowKind::TrailingDays(365), "the year before the as-of instant"),
                    false => (WindowKind::All, "all time"),
                };
                let open = format!("the sentence names no window; it is taken as {said}");
                if !notes.contains(&open) {
                    notes.push(open);
                }
                window.into()
            }
        };
        (window, None)
    }

    /// So many each quarter, over a span: the one named, else the trailing year.
    fn rate(&self, each: WindowKind, window: Option<Cut>, until: Option<Date>) -> (Cut, Option<WindowKind>) {
        let span = window.and_then(|window| span_of(&window)).unwrap_or(WindowKind::TrailingDays(365));
        let span = until.map_or(span, |until| ending(span, until));
        (each.into(), Some(span))
    }
}

/// A trailing window that ends on a day, not at the as-of instant.
fn ending(kind: WindowKind, until: Date) -> WindowKind {
    let epoch = Date::constant(1970, 1, 1);
    let from = match kind {
        WindowKind::TrailingDays(_) => first_day(kind, until).unwrap_or(epoch),
        WindowKind::Range { from, .. } => from,
        _ => epoch,
    };
    if from < until { WindowKind::Range { from, until: Some(until) } } else { kind }
}

/// The first day of a trailing window that ends on a day.
fn first_day(kind: WindowKind, until: Date) -> Option<Date> {
    let end = muster_model::parse_time(&until.to_string()).ok()?;
    let window = kind.windows(muster_model::Timestamp::UNIX_EPOCH, end).into_iter().next()?;
    crate::claims::day(window.start).parse().ok()
}
