//! The summary for people: one page that a committee can read from top to bottom, and check.

use crate::figure::{Figure, Provenance, Rejected, SourceCounts};
use crate::guard::without_emails;
use crate::json::by_metric;
use crate::number;
use muster_model::{Severity, Timestamp};
use std::fmt::Write as _;

/// How many windows of a metric the page shows; the CSV has all.
const MOST_WINDOWS: usize = 24;

/// How many groups of a metric the page shows; the CSV has all.
const MOST_GROUPS: usize = 25;

/// The summary as GitHub-flavoured Markdown.
///
/// A metric's trailing windows come first, then the others in the order given, then its groups in the first trailing
/// window (without one, in the last that is finished). Where a table would be too long, the last windows and the first
/// groups are kept and the CSV is named.
pub fn summary_md(provenance: &Provenance, figures: &[Figure], rejected: &[Rejected]) -> String {
    let metrics: Vec<Metric<'_>> = by_metric(figures).into_iter().filter_map(Metric::new).collect();
    let mut out = header(provenance);
    glance(&metrics, &mut out);
    for metric in &metrics {
        metric.section(provenance, &mut out);
    }
    bots(provenance, &mut out);
    unreadable(rejected, &mut out);
    sources(provenance, &mut out);
    // Cells are clean already; this is for whatever two of them might make together.
    without_emails(&out).into_owned()
}

fn header(provenance: &Provenance) -> String {
    let mut out = format!(
        "# {}: summary\n\n\
         As of **{}** · log version **{}**, {} events · muster {}\n\n\
         Every figure is computed from a list of events that anyone can look at, and names the definition it follows.\n",
        text(&provenance.project),
        instant(provenance.as_of),
        provenance.log_version,
        number::count(provenance.log_events),
        text(&provenance.muster_version),
    );
    if provenance.late_events > 0 {
        let _ = writeln!(
            out,
            "{} later than the as-of instant; the figures do not use {}.",
            plural(provenance.late_events, "event is", "events are"),
            if provenance.late_events == 1 { "it" } else { "them" },
        );
    }
    out.push_str(
        "\n| column | meaning |\n| --- | --- |\n\
         | value | in brackets the interval that the definition gives, where it gives one |\n\
         | naive | what the usual shortcut gives: waiting times of the finished only |\n\
         | n | how many people, issues or events stand behind the value |\n\
         | still waiting | how many of them were not finished when last seen; they count as \"at least this long\" |\n\
         | unknown | the part of them whose group, such as the organisation, nobody states |\n\
         | completeness | how much of what the source says it has was collected |\n\n\
         Windows are in UTC, from their first instant until just before their last. `365d` are the 365 days before the \
         as-of instant.\n",
    );
    out
}

fn glance(metrics: &[Metric<'_>], out: &mut String) {
    if metrics.is_empty() {
        out.push_str("\nThere are no figures: no metric was computed.\n");
        return;
    }
    out.push_str(
        "\n## At a glance\n\n| metric | window | value | n | completeness |\n| --- | --- | ---: | ---: | ---: |\n",
    );
    for metric in metrics {
        let figure = metric.lead;
        let _ = writeln!(
            out,
            "| [{}](#{}) | {} | {}{} | {} | {} |",
            text(&figure.title),
            anchor(&figure.metric),
            label(figure),
            value(figure),
            if is_share(figure) { String::new() } else { format!(" {}", text(&figure.unit)) },
            number::whole(figure.n),
            completeness(figure),
        );
    }
}

/// The figures of one metric, in the order of the page.
struct Metric<'a> {
    lead: &'a Figure,
    windows: Vec<&'a Figure>,
    groups: Vec<&'a Figure>,
    left_out: usize,
}

impl<'a> Metric<'a> {
    fn new(figures: Vec<&'a Figure>) -> Option<Self> {
        let all = figures.len();
        let (groups, totals): (Vec<_>, Vec<_>) = figures.into_iter().partition(|figure| !figure.group.is_empty());
        let (mut windows, calendar): (Vec<_>, Vec<_>) = totals.into_iter().partition(|figure| figure.is_trailing());
        let calendar = without_long_gaps(calendar);
        let skipped = (windows.len() + calendar.len()).saturating_sub(MOST_WINDOWS).min(calendar.len());
        windows.extend(calendar.into_iter().skip(skipped));
        let lead = leading(&windows).or_else(|| leading(&groups))?;
        let groups: Vec<_> =
            groups.into_iter().filter(|figure| figure.window == lead.window).take(MOST_GROUPS).collect();
        let left_out = all - windows.len() - groups.len();
        Some(Self { lead, windows, groups, left_out })
    }

    fn section(&self, provenance: &Provenance, out: &mut String) {
        let figure = self.lead;
        let _ = write!(
            out,
            "\n<a id=\"{}\"></a>\n\n## {}\n\n{}\n\n{} version {} · {} · {}\n",
            anchor(&figure.metric),
            text(&figure.title),
            paragraph(&figure.definition),
            code(&figure.metric),
            figure.version,
            if is_share(figure) { "share".to_owned() } else { text(&figure.unit) },
            if figure.source.is_empty() { "own definition".to_owned() } else { text(&figure.source) },
        );
        table(&self.windows, false, out);
        table(&self.groups, true, out);
        self.notes(out);
        let command = format!(
            "muster trace {} {} --window {}",
            shell_word(&provenance.pipeline_file),
            figure.metric,
            shell_word(&figure.window)
        );
        let csv = format!("[{}.csv](../metrics/{}.csv)", text(&figure.metric), anchor(&figure.metric));
        let more = match self.left_out {
            0 => String::new(),
            more => format!(", with {} more", number::whole(i64::try_from(more).unwrap_or(i64::MAX))),
        };
        let _ = writeln!(out, "\nThe events behind it: {} · as a table{more}: {csv}", code(&command));
    }

    /// What figures say besides, each sentence once.
    fn notes(&self, out: &mut String) {
        let mut notes: Vec<(&str, Vec<String>)> = Vec::new();
        for figure in self.windows.iter().chain(&self.groups) {
            let Some(note) = figure.note.as_deref() else { continue };
            match notes.iter_mut().find(|(known, _)| *known == note) {
                Some((_, windows)) if windows.contains(&text(&figure.window)) => {}
                Some((_, windows)) => windows.push(text(&figure.window)),
                None => notes.push((note, vec![text(&figure.window)])),
            }
        }
        if !notes.is_empty() {
            out.push('\n');
        }
        for (note, windows) in notes {
            let _ = writeln!(out, "- {}: {}", windows.join(", "), text(note));
        }
    }
}

/// Of several empty windows in a row only the first and the last are shown.
fn without_long_gaps(windows: Vec<&Figure>) -> Vec<&Figure> {
    let is_empty = |index: usize| windows.get(index).is_some_and(|figure| figure.n == 0);
    let inside = |index: usize| index > 0 && is_empty(index - 1) && is_empty(index) && is_empty(index + 1);
    (0..windows.len()).filter(|index| !inside(*index)).map(|index| windows[index]).collect()
}

/// The figure that stands for a metric: the first trailing window, else the last one that is finished.
fn leading<'a>(figures: &[&'a Figure]) -> Option<&'a Figure> {
    let trailing = figures.iter().find(|figure| figure.is_trailing());
    trailing.or_else(|| figures.iter().rfind(|figure| !figure.unfinished)).or(figures.last()).copied()
}

/// A column: its heading, whether its cells stand to the right, and the cell of a figure.
struct Column {
    heading: &'static str,
    right: bool,
    cell: fn(&Figure) -> String,
}

/// The columns that say something about at least one of the figures.
fn columns(figures: &[&Figure], grouped: bool) -> Vec<Column> {
    let any = |has: fn(&Figure) -> bool| figures.iter().any(|figure| has(figure));
    let scopes_differ = figures.windows(2).any(|pair| pair[0].scope != pair[1].scope);
    let mut columns = vec![Column { heading: "window", right: false, cell: label }];
    let mut add = |when: bool, heading, right, cell| {
        if when {
            columns.push(Column { heading, right, cell });
        }
    };
    add(scopes_differ, "scope", false, |figure| text(&figure.scope));
    add(grouped, "group", false, |figure| text(&figure.group));
    add(true, "value", true, value);
    add(any(|figure| figure.naive.is_some()), "naive", true, |figure| amount(figure, figure.naive));
    add(true, "n", true, |figure| number::whole(figure.n));
    add(any(|figure| figure.censored.is_some()), "still waiting", true, |figure| {
        figure.censored.map_or("–".to_owned(), number::whole)
    });
    add(any(|figure| figure.unknown_share.is_some()), "unknown", true, |figure| {
        figure.unknown_share.map_or("–".to_owned(), number::percent)
    });
    add(true, "completeness", true, completeness);
    columns
}

fn table(figures: &[&Figure], grouped: bool, out: &mut String) {
    if figures.is_empty() {
        return;
    }
    let columns = columns(figures, grouped);
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    out.push('\n');
    out.push_str(&row(columns.iter().map(|column| column.heading.to_owned()).collect()));
    let rule = |column: &Column| if column.right { "---:" } else { "---" }.to_owned();
    out.push_str(&row(columns.iter().map(rule).collect()));
    for figure in figures {
        out.push_str(&row(columns.iter().map(|column| (column.cell)(figure)).collect()));
    }
}

/// `2025Q2`; `365d, 2024-12-05 until 2025-12-05`; `2025Q4, unfinished`.
fn label(figure: &Figure) -> String {
    let mut label = text(&figure.window);
    if figure.is_trailing() {
        let _ = write!(label, ", {} until {}", day(figure.window_start), day(figure.window_end));
    }
    if figure.unfinished {
        label.push_str(", unfinished");
    }
    label
}

/// `1.9 (1.4 to 2.6)`, `– (2 or more)`, `41 %`.
pub fn value(figure: &Figure) -> String {
    let value = amount(figure, figure.value);
    match (figure.low, figure.high) {
        (None, None) => value,
        (Some(low), Some(high)) => {
            // One percent sign is enough for an interval.
            let low = amount(figure, Some(low)).trim_end_matches(" %").to_owned();
            format!("{value} ({low} to {})", amount(figure, Some(high)))
        }
        (Some(low), None) => format!("{value} ({} or more)", amount(figure, Some(low))),
        (None, Some(high)) => format!("{value} ({} or less)", amount(figure, Some(high))),
    }
}

fn amount(figure: &Figure, value: Option<f64>) -> String {
    match value {
        None => "–".to_owned(),
        Some(value) if is_share(figure) => number::percent(value),
        Some(value) => number::rounded(value),
    }
}

fn is_share(figure: &Figure) -> bool {
    figure.unit == "share"
}

fn completeness(figure: &Figure) -> String {
    figure.completeness.map_or("not stated".to_owned(), number::percent)
}

fn bots(provenance: &Provenance, out: &mut String) {
    out.push_str("\n## Left out as bots\n\n");
    if provenance.excluded_bots.is_empty() {
        out.push_str("No account was left out.\n");
        return;
    }
    let count = provenance.excluded_bots.len();
    let _ = writeln!(
        out,
        "{} left out of every figure. If one of them is a person, name it in `not_bots` of the pipeline file.\n\n\
         | account | why |\n| --- | --- |",
        plural(u64::try_from(count).unwrap_or(u64::MAX), "account was", "accounts were"),
    );
    for bot in &provenance.excluded_bots {
        let _ = writeln!(out, "| {} | {} |", text(&bot.account), text(&bot.reason));
    }
}

fn unreadable(rejected: &[Rejected], out: &mut String) {
    out.push_str("\n## What could not be read\n\n");
    let lost = rejected.iter().filter(|row| row.severity == Severity::Rejected).count();
    let doubted = rejected.len() - lost;
    let [lost, doubted] = [lost, doubted].map(|count| u64::try_from(count).unwrap_or(u64::MAX));
    if rejected.is_empty() {
        out.push_str("Every record was read.\n");
        return;
    }
    let mut sentence = match lost {
        0 => "Every record was read".to_owned(),
        lost => plural(lost, "record could not be read", "records could not be read"),
    };
    if doubted > 0 {
        let _ = write!(sentence, "; {} with a doubt", plural(doubted, "was read", "were read"));
    }
    let _ = writeln!(out, "{sentence}. Where, why and what to do: [rejected.csv](rejected.csv)");
}

fn sources(provenance: &Provenance, out: &mut String) {
    out.push_str("\n## Where the events come from\n\n");
    if provenance.sources.is_empty() {
        out.push_str("No source was collected.\n");
        return;
    }
    out.push_str("| source | kind | events | of which |\n| --- | --- | ---: | --- |\n");
    for source in &provenance.sources {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            text(&source.name),
            text(&source.kind),
            number::count(source.total()),
            types(source)
        );
    }
}

fn types(source: &SourceCounts) -> String {
    let types: Vec<String> =
        source.events.iter().map(|(name, count)| format!("{} {}", number::count(*count), text(name))).collect();
    if types.is_empty() { "–".to_owned() } else { types.join(", ") }
}

fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number::count(count), if count == 1 { one } else { many })
}

fn day(time: Timestamp) -> String {
    time.to_string().chars().take_while(|&letter| letter != 'T').collect()
}

/// `2025-12-05 00:00 UTC`; seconds only where there are some.
fn instant(time: Timestamp) -> String {
    let text = time.to_string();
    let text = text.trim_end_matches('Z');
    format!("{} UTC", text.strip_suffix(":00").unwrap_or(text).replace('T', " "))
}

/// An id as the target of a link. Ids hold nothing else; if one does, the link is dead and the page whole.
fn anchor(id: &str) -> String {
    without_emails(id).chars().filter(|letter| letter.is_ascii_alphanumeric() || "._-".contains(*letter)).collect()
}

/// A word as a shell reads it back.
fn shell_word(word: &str) -> String {
    let is_plain =
        !word.is_empty() && word.chars().all(|letter| letter.is_alphanumeric() || "._-/\\:".contains(letter));
    if is_plain { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

/// Code inside a line. What code cannot hold is shown as text.
pub(crate) fn code(content: &str) -> String {
    let clean = one_line(content);
    if clean.is_empty() || clean.contains(['`', '|']) { text(content) } else { format!("`{}`", clean.trim()) }
}

/// A text inside a line or cell: without addresses, on one line, with nothing that Markdown or HTML would act on.
pub(crate) fn text(content: &str) -> String {
    let clean = one_line(content);
    let mut out = String::with_capacity(clean.len());
    let letters: Vec<char> = clean.chars().collect();
    for (at, &letter) in letters.iter().enumerate() {
        let beside = |other: Option<usize>| {
            other.and_then(|other| letters.get(other)).is_some_and(|letter| letter.is_alphanumeric())
        };
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '|' | '`' | '*' | '[' | ']' | '~' | '$' => out.extend(['\\', letter]),
            // Inside a word it is no emphasis: `not_bots` stays readable.
            '_' if !(beside(at.checked_sub(1)) && beside(Some(at + 1))) => out.push_str("\\_"),
            _ => out.push(letter),
        }
    }
    out
}

/// A text that begins a line: also without what would make it a heading, a list or a rule.
fn paragraph(content: &str) -> String {
    let text = text(content);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    match text[digits..].chars().next() {
        Some('#' | '-' | '+' | '=') if digits == 0 => format!("\\{text}"),
        Some('.' | ')') if digits > 0 => format!("{}\\{}", &text[..digits], &text[digits..]),
        _ => text,
    }
}

fn one_line(content: &str) -> String {
    let clean = without_emails(content);
    let visible: String = clean.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    visible.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn a_page_for_a_committee() {
        let mut figures = samples::growth();
        figures.extend(samples::latency());
        let page = summary_md(&samples::provenance(), &figures, &samples::rejected());
        assert_eq!(page, include_str!("../tests/summary.md"));
    }

    #[test]
    fn a_page_without_anything() {
        let mut provenance = samples::provenance();
        provenance.sources.clear();
        provenance.excluded_bots.clear();
        let page = summary_md(&provenance, &[], &[]);
        for sentence in
            ["There are no figures", "No account was left out.", "Every record was read.", "No source was collected."]
        {
            assert!(page.contains(sentence), "{page}");
        }
        let doubts = &samples::rejected()[1..];
        assert!(summary_md(&provenance, &[], doubts).contains("Every record was read; 1 was read with a doubt. "));
    }

    #[test]
    fn nothing_in_a_text_is_markdown_or_html() {
        assert_eq!(
            text("a|b\n<img src=x> & [l](u) *b* _i_ not_bots `c` $x$ ~~s~~"),
            "a\\|b &lt;img src=x&gt; &amp; \\[l\\](u) \\*b\\* \\_i\\_ not_bots \\`c\\` \\$x\\$ \\~\\~s\\~\\~"
        );
        assert_eq!(text("Ada <ada@example.org>"), "Ada &lt;&lt;e-mail removed&gt;&gt;");
        assert_eq!(code("a | b"), "a \\| b");
        assert_eq!(paragraph("# x"), "\\# x");
        assert_eq!(paragraph("1. x"), "1\\. x");
        assert_eq!(paragraph("12 people"), "12 people");
        assert_eq!(shell_word("it's"), "'it'\\''s'");
    }

    #[test]
    fn values_say_how_sure_they_are() {
        let mut figure = samples::latency().remove(0);
        assert_eq!(value(&figure), "1.91 (1.4 to 2.6)");
        figure.unit = "share".to_owned();
        (figure.value, figure.low, figure.high) = (Some(0.411), Some(0.3), Some(0.5));
        assert_eq!(value(&figure), "41.1 % (30 to 50 %)");
        (figure.value, figure.low) = (None, None);
        assert_eq!(value(&figure), "– (50 % or less)");
    }

    #[test]
    fn long_tables_keep_the_latest_windows_and_the_first_groups() {
        let quarter = samples::growth().remove(0);
        let windows = (0..30).map(|number| Figure { window: format!("2025-W{number}"), ..quarter.clone() });
        let lead = Figure { window: "365d".to_owned(), ..quarter.clone() };
        let groups = (0..30).map(|number| Figure { group: format!("g{number}."), ..lead.clone() });
        let figures: Vec<Figure> = windows.chain([lead.clone()]).chain(groups).collect();
        let page = summary_md(&samples::provenance(), &figures, &[]);
        assert!(!page.contains("2025-W6 ") && page.contains("2025-W7 ") && page.contains("2025-W29 "));
        assert!(page.contains("g24.") && !page.contains("g25."));
        assert!(page.contains("as a table, with 12 more: "), "{page}");
    }
}
