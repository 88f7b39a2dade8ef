//! The summary for programs: everything the page has, unrounded and complete.

use crate::figure::{Figure, Provenance, Rejected};
use crate::guard::without_emails;
use crate::number;
use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, PrettyFormatter};
use std::io;

/// The number of this shape. It grows when a key changes its meaning or goes; new keys leave it.
const SCHEMA: u32 = 1;

// Structs, not `serde_json::Value`: their keys keep this order whatever features other crates switch on.
#[derive(Serialize)]
struct Summary<'a> {
    schema: u32,
    project: &'a str,
    muster_version: &'a str,
    as_of: String,
    log_version: i64,
    log_events: u64,
    events_later_than_as_of: u64,
    metrics: Vec<Metric<'a>>,
    sources: Vec<Source<'a>>,
    excluded_bots: Vec<Bot<'a>>,
    rejected: usize,
    notices: usize,
}

#[derive(Serialize)]
struct Metric<'a> {
    id: &'a str,
    version: u32,
    title: &'a str,
    definition: &'a str,
    source: &'a str,
    unit: &'a str,
    figures: Vec<Cell<'a>>,
}

#[derive(Serialize)]
struct Cell<'a> {
    scope: &'a str,
    group: &'a str,
    window: &'a str,
    window_start: String,
    window_end: String,
    unfinished: bool,
    value: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    naive: Option<f64>,
    n: i64,
    unknown_share: Option<f64>,
    censored: Option<i64>,
    completeness: Option<f64>,
    log_version: i64,
    note: Option<&'a str>,
}

#[derive(Serialize)]
struct Source<'a> {
    name: &'a str,
    kind: &'a str,
    events: u64,
    by_type: Vec<TypeCount<'a>>,
}

#[derive(Serialize)]
struct TypeCount<'a> {
    r#type: &'a str,
    events: u64,
}

#[derive(Serialize)]
struct Bot<'a> {
    account: &'a str,
    reason: &'a str,
}

/// The summary as JSON, two blanks an indent. A number that does not exist is `null`.
pub fn summary_json(provenance: &Provenance, figures: &[Figure], rejected: &[Rejected]) -> String {
    let notices = rejected.iter().filter(|row| row.severity_word() == "notice").count();
    let summary = Summary {
        schema: SCHEMA,
        project: &provenance.project,
        muster_version: &provenance.muster_version,
        as_of: provenance.as_of.to_string(),
        log_version: provenance.log_version,
        log_events: provenance.log_events,
        events_later_than_as_of: provenance.late_events,
        metrics: by_metric(figures).into_iter().filter_map(|figures| metric(&figures)).collect(),
        sources: provenance.sources.iter().map(source).collect(),
        excluded_bots: provenance
            .excluded_bots
            .iter()
            .map(|bot| Bot { account: &bot.account, reason: &bot.reason })
            .collect(),
        rejected: rejected.len() - notices,
        notices,
    };
    guarded(&summary)
}

/// Anything as JSON, two blanks an indent, every string through the guard.
pub(crate) fn guarded(content: &impl Serialize) -> String {
    let mut out = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, Guarded::default());
    // Strings, numbers and lists into memory: there is nothing here that could fail.
    let _ = content.serialize(&mut serializer);
    out.push(b'\n');
    String::from_utf8(out).unwrap_or_default()
}

/// The figures of each metric, in the order in which the metrics first appear.
pub(crate) fn by_metric(figures: &[Figure]) -> Vec<Vec<&Figure>> {
    let mut metrics: Vec<Vec<&Figure>> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for figure in figures {
        let place = *places.entry(figure.metric.as_str()).or_insert(metrics.len());
        match metrics.get_mut(place) {
            Some(metric) => metric.push(figure),
            None => metrics.push(vec![figure]),
        }
    }
    metrics
}

fn metric<'a>(figures: &[&'a Figure]) -> Option<Metric<'a>> {
    let first = figures.first()?;
    Some(Metric {
        id: &first.metric,
        version: first.version,
        title: &first.title,
        definition: &first.definition,
        source: &first.source,
        unit: &first.unit,
        figures: figures.iter().map(|figure| cell(figure)).collect(),
    })
}

fn cell(figure: &Figure) -> Cell<'_> {
    Cell {
        scope: &figure.scope,
        group: &figure.group,
        window: &figure.window,
        window_start: figure.window_start.to_string(),
        window_end: figure.window_end.to_string(),
        unfinished: figure.unfinished,
        value: figure.value,
        low: figure.low,
        high: figure.high,
        naive: figure.naive,
        n: figure.n,
        unknown_share: figure.unknown_share,
        censored: figure.censored,
        completeness: figure.completeness,
        log_version: figure.log_version,
        note: figure.note.as_deref(),
    }
}

fn source(source: &crate::SourceCounts) -> Source<'_> {
    Source {
        name: &source.name,
        kind: &source.kind,
        events: source.total(),
        by_type: source.events.iter().map(|(name, events)| TypeCount { r#type: name, events: *events }).collect(),
    }
}

/// Writes every string through the guard, so that no field can be forgotten, and whole numbers without `.0`.
#[derive(Default)]
struct Guarded {
    pretty: PrettyFormatter<'static>,
    after_quote: bool,
}

impl Formatter for Guarded {
    // A fragment ends only at letters that JSON escapes. They end an address too, all but `"a b"@example.org`.
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if std::mem::take(&mut self.after_quote) && fragment.starts_with(['@', '\u{ff20}', '%']) {
            let quoted = format!("\"\"{fragment}");
            let clean = without_emails(&quoted);
            return writer.write_all(clean.strip_prefix("\"\"").unwrap_or(&clean).as_bytes());
        }
        writer.write_all(without_emails(fragment).as_bytes())
    }

    fn write_char_escape<W: ?Sized + io::Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        self.after_quote = matches!(escape, CharEscape::Quote);
        self.pretty.write_char_escape(writer, escape)
    }

    fn end_string<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.after_quote = false;
        self.pretty.end_string(writer)
    }

    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(number::full(value).as_deref().unwrap_or("null").as_bytes())
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.begin_array(writer)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.pretty.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.pretty.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.pretty.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn the_summary_is_complete_and_in_order() {
        let figures = &samples::latency()[1..];
        let json = summary_json(&samples::provenance(), figures, &samples::rejected());
        let expected = r#"{
  "schema": 1,
  "project": "lantern",
  "muster_version": "0.1.0",
  "as_of": "2025-12-05T00:00:00Z",
  "log_version": 41,
  "log_events": 2966,
  "events_later_than_as_of": 3,
  "metrics": [
    {
      "id": "latency.issue_first_response",
      "version": 1,
      "title": "Time to first response, issues",
      "definition": "How long an issue waits for the first answer of a person who is neither its author nor a bot.",
      "source": "CHAOSS 3448",
      "unit": "days",
      "figures": [
        {
          "scope": "lantern",
          "group": "",
          "window": "2025Q4",
          "window_start": "2025-10-01T00:00:00Z",
          "window_end": "2026-01-01T00:00:00Z",
          "unfinished": true,
          "value": null,
          "low": 2,
          "high": null,
          "naive": null,
          "n": 9,
          "unknown_share": null,
          "censored": 9,
          "completeness": 0.97,
          "log_version": 41,
          "note": "the median is not reached, yet"
        }
      ]
    }
  ],
  "sources": [
    {
      "name": "git-acme/lantern",
      "kind": "git",
      "events": 2320,
      "by_type": [
        {
          "type": "commit.authored",
          "events": 2314
        },
        {
          "type": "tag.created",
          "events": 6
        }
      ]
    },
    {
      "name": "meetings",
      "kind": "notes",
      "events": 0,
      "by_type": []
    }
  ],
  "excluded_bots": [
    {
      "account": "github:dependabot[bot]",
      "reason": "GitHub says so"
    },
    {
      "account": "email:<e-mail removed>",
      "reason": "pattern ^ci|bot$"
    }
  ],
  "rejected": 1,
  "notices": 1
}
"#;
        assert_eq!(json, expected);
    }

    #[test]
    fn no_string_can_smuggle_an_address_out() {
        let mut figures = samples::latency();
        figures[0].title = "\"ada@example.org\" \\bob@example.org \nx@y.z \"c d\"@example.org \"@\"".to_owned();
        figures[0].note = Some("mail ada%40example.org".to_owned());
        let json = summary_json(&samples::provenance(), &figures, &[]);
        assert!(!json.contains("example.org") && !json.contains("y.z"), "{json}");
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        let title = read["metrics"][0]["title"].as_str().unwrap();
        assert_eq!(title, "\"<e-mail removed>\" \\<e-mail removed> \n<e-mail removed> \"c d\"<e-mail removed> \"@\"");
    }
}
