//! Mistakes in a pipeline file: where, what, what to do; and how they are drawn.

use std::fmt::{self, Write as _};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use unicode_width::UnicodeWidthChar;

/// Where a mistake is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// 1-based line.
    pub line: usize,
    /// 1-based column, in characters.
    pub column: usize,
    /// The bytes of `text` that are wrong.
    pub span: Range<usize>,
    /// The whole text: the pipeline file, or the argument of one `--set`.
    pub text: Arc<str>,
}

impl Place {
    /// The place of some bytes of a text. A span that lies outside it, or inside a character, is moved to fit.
    pub fn new(text: &Arc<str>, span: Range<usize>) -> Self {
        let start = boundary(text, span.start);
        let end = boundary(text, span.end).max(start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: text[..start].matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            span: start..end,
            text: text.clone(),
        }
    }

    /// The line, split into what is before, in and after the span. A span over several lines ends with its first.
    fn excerpt(&self) -> (&str, &str, &str) {
        let start = self.text[..self.span.start].rfind('\n').map_or(0, |at| at + 1);
        let end = self.text[self.span.start..].find('\n').map_or(self.text.len(), |at| self.span.start + at);
        let until = self.span.end.clamp(self.span.start, end);
        let after = self.text[until..end].trim_end_matches('\r');
        (&self.text[start..self.span.start], self.text[self.span.start..until].trim_end_matches('\r'), after)
    }
}

/// The nearest character boundary at or before `at`.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The pipeline file as it was named, or `--set`.
    pub path: PathBuf,
    /// Where in it; `None` when the file itself could not be read.
    pub place: Option<Place>,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// A few words right under the mistake: usually the cure.
    pub label: Option<String>,
    /// What to do, or what would be right.
    pub help: Option<String>,
}

impl ConfigError {
    /// 1-based line, when the mistake has a place.
    pub fn line(&self) -> Option<usize> {
        self.place.as_ref().map(|place| place.line)
    }

    /// 1-based column in characters, when the mistake has a place.
    pub fn column(&self) -> Option<usize> {
        self.place.as_ref().map(|place| place.column)
    }

    /// The wrong bytes, when the mistake has a place.
    pub fn span(&self) -> Option<Range<usize>> {
        self.place.as_ref().map(|place| place.span.clone())
    }

    /// The mistake drawn for a person, several lines, each ending with a line feed. Colour repeats what the text says.
    pub fn render(&self, color: bool) -> String {
        let paint = Paint { color };
        let mut out = format!("{}\n", paint.bold(&format!("{}: {}", paint.red("error"), printable(&self.message))));
        match &self.place {
            Some(place) => self.draw_place(place, paint, &mut out),
            None => {
                let _ = writeln!(out, "  {} {}", paint.blue("┌─"), printable(&self.path.display().to_string()));
                self.draw_help(1, paint, &mut out);
            }
        }
        out
    }

    fn draw_place(&self, place: &Place, paint: Paint, out: &mut String) {
        let number = place.line.to_string();
        let (before, wrong, after) = place.excerpt();
        let (before, wrong, after) = (printable(before), printable(wrong), printable(after));
        let indent = " ".repeat(width(&before));
        let carets = "^".repeat(width(&wrong).max(1));
        let label = self.label.as_deref().map_or(String::new(), |label| format!(" {}", printable(label)));
        let gutter = " ".repeat(number.len());
        let path = printable(&self.path.display().to_string());
        let _ = writeln!(out, "{gutter} {} {path}:{}:{}", paint.blue("┌─"), place.line, place.column);
        let _ = writeln!(out, "{} {before}{wrong}{after}", paint.blue(&format!("{number} │")));
        let _ = writeln!(out, "{gutter} {} {indent}{}", paint.blue("│"), paint.red(&format!("{carets}{label}")));
        self.draw_help(number.len(), paint, out);
    }

    fn draw_help(&self, gutter: usize, paint: Paint, out: &mut String) {
        for line in self.help.iter().flat_map(|help| help.lines()) {
            let _ = writeln!(out, "{} {} {}", " ".repeat(gutter), paint.blue("="), printable(line));
        }
    }
}

impl fmt::Display for ConfigError {
    /// `file:line:column: message; label; help`, on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display().to_string();
        write!(f, "{}", printable(&path))?;
        if let Some(place) = &self.place {
            write!(f, ":{}:{}", place.line, place.column)?;
        }
        write!(f, ": {}", printable(&self.message))?;
        let cures = self.label.iter().map(String::as_str).chain(self.help.iter().flat_map(|help| help.lines()));
        cures.map(printable).try_for_each(|cure| write!(f, "; {cure}"))
    }
}

/// Every mistake of a pipeline file and its `--set`s, in the order of their places. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigErrors(
    /// The mistakes.
    pub Vec<ConfigError>,
);

impl ConfigErrors {
    /// All mistakes drawn one under the other, a blank line between.
    pub fn render(&self, color: bool) -> String {
        self.0.iter().map(|error| error.render(color)).collect::<Vec<_>>().join("\n")
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

/// Text that a terminal shows and does not obey: tabs as blanks, other control characters as their pictures.
fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\t' => out.push_str("    "),
            '\u{7f}' => out.push('␡'),
            '\0'..='\u{1f}' => out.push(char::from_u32(0x2400 + letter as u32).unwrap_or('\u{fffd}')),
            // C1 controls, and the marks that reorder or hide text.
            '\u{80}'..='\u{9f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                out.push('\u{fffd}');
            }
            _ => out.push(letter),
        }
    }
    out
}

fn width(text: &str) -> usize {
    text.chars().map(|letter| letter.width().unwrap_or(0)).sum()
}

#[derive(Clone, Copy)]
struct Paint {
    color: bool,
}

impl Paint {
    fn with(self, code: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn red(self, text: &str) -> String {
        self.with("1;31", text)
    }

    fn blue(self, text: &str) -> String {
        self.with("34", text)
    }

    fn bold(self, text: &str) -> String {
        self.with("1", text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str, span: Range<usize>) -> ConfigError {
        ConfigError {
            path: "a.toml".into(),
            place: Some(Place::new(&text.into(), span)),
            message: "wrong".to_owned(),
            label: Some("right".to_owned()),
            help: Some("one\ntwo".to_owned()),
        }
    }

    #[test]
    fn carets_stand_under_wide_letters_and_tabs() {
        let text = "a = 1\r\n\tk = \"会议\" # x\r\n";
        let start = text.find("\"会").expect("start");
        assert_eq!(
            error(text, start..start + 8).render(false),
            "error: wrong\n  ┌─ a.toml:2:6\n2 │     k = \"会议\" # x\n  │         ^^^^^^ right\n  = one\n  = two\n"
        );
    }

    #[test]
    fn a_terminal_never_obeys_the_file() {
        let drawn = error("a = \"\u{1b}[2J\u{202e}\"", 4..11).render(false);
        assert!(!drawn.contains('\u{1b}') && !drawn.contains('\u{202e}'), "{drawn}");
        assert!(drawn.contains("\"␛[2J"), "{drawn}");
    }

    #[test]
    fn any_span_has_a_place() {
        for start in 0..12 {
            for end in 0..12 {
                error("é\nü\r\nß", start..end).render(true);
            }
        }
        error("", 3..9).render(false);
    }

    #[test]
    fn on_one_line() {
        assert_eq!(error("ab\ncd", 4..5).to_string(), "a.toml:2:2: wrong; right; one; two");
    }
}
