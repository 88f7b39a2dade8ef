//! Tables for spreadsheets and data frames: RFC 4180 with LF.

use crate::figure::{Figure, Present, Rejected};
use crate::guard::{spreadsheet_safe, without_emails};
use crate::number;

/// A cell. Only text can hold an address or a formula.
pub(crate) enum Cell<'a> {
    Text(&'a str),
    Owned(String),
    Number(String),
    Empty,
}

impl<'a> Cell<'a> {
    fn float(value: Option<f64>) -> Self {
        value.and_then(number::full).map_or(Cell::Empty, Cell::Number)
    }

    fn whole(value: Option<i64>) -> Self {
        value.map_or(Cell::Empty, |value| Cell::Number(value.to_string()))
    }

    fn text(text: Option<&'a str>) -> Self {
        text.map_or(Cell::Empty, Cell::Text)
    }

    fn write(&self, out: &mut String) {
        match self {
            Cell::Text(text) => quote(&spreadsheet_safe(&without_emails(text)), out),
            Cell::Owned(text) => Cell::Text(text).write(out),
            Cell::Number(number) => out.push_str(number),
            Cell::Empty => {}
        }
    }
}

fn quote(text: &str, out: &mut String) {
    if text.contains([',', '"', '\n', '\r']) {
        out.push('"');
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(text);
    }
}

fn table<'a, const N: usize>(header: [&str; N], rows: impl Iterator<Item = [Cell<'a>; N]>) -> String {
    let mut out = header.join(",");
    out.push('\n');
    rows.for_each(|row| line(&row, &mut out));
    out
}

/// A table whose columns are known only when it is written; their names are texts like any other.
pub(crate) fn rows_csv<'a>(header: &[&str], rows: impl Iterator<Item = Vec<Cell<'a>>>) -> String {
    let mut out = String::new();
    line(&header.iter().map(|name| Cell::Text(name)).collect::<Vec<_>>(), &mut out);
    rows.for_each(|row| line(&row, &mut out));
    out
}

fn line(cells: &[Cell<'_>], out: &mut String) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        cell.write(out);
    }
    out.push('\n');
}

/// Every cell of a metric, one a line. An empty cell says that there is no such number.
pub fn metric_csv(figures: &[Figure]) -> String {
    const HEADER: [&str; 20] = [
        "metric",
        "version",
        "scope",
        "group",
        "window",
        "window_kind",
        "window_start",
        "window_end",
        "unfinished",
        "value",
        "low",
        "high",
        "naive",
        "unit",
        "n",
        "unknown_share",
        "censored",
        "completeness",
        "log_version",
        "note",
    ];
    table(
        HEADER,
        figures.iter().map(|figure| {
            [
                Cell::Text(&figure.metric),
                Cell::Number(figure.version.to_string()),
                Cell::Text(&figure.scope),
                Cell::Text(&figure.group),
                Cell::Text(&figure.window),
                Cell::Text(&figure.window_kind),
                Cell::Number(figure.window_start.to_string()),
                Cell::Number(figure.window_end.to_string()),
                Cell::Text(if figure.unfinished { "true" } else { "false" }),
                Cell::float(figure.value),
                Cell::float(figure.low),
                Cell::float(figure.high),
                Cell::float(figure.naive),
                Cell::Text(&figure.unit),
                Cell::Number(figure.n.to_string()),
                Cell::float(figure.unknown_share),
                Cell::whole(figure.censored),
                Cell::float(figure.completeness),
                Cell::Number(figure.log_version.to_string()),
                Cell::text(figure.note.as_deref()),
            ]
        }),
    )
}

/// What could not be read, where and why, one record a line.
pub fn rejected_csv(rejected: &[Rejected]) -> String {
    table(
        ["source", "file", "line", "severity", "message", "hint", "text_hash"],
        rejected.iter().map(|row| {
            [
                Cell::Text(&row.source),
                Cell::Text(&row.file),
                Cell::whole(row.line.map(i64::from)),
                Cell::Text(row.severity_word()),
                Cell::Text(&row.message),
                Cell::Text(&row.hint),
                Cell::Text(&row.text_hash),
            ]
        }),
    )
}

/// Who was at which meeting, in the columns of FINOS' attendance table, so that its tools read it; the address, which never
/// leaves, is empty, and so is the type, which notes do not state.
pub fn attendance_csv(present: &[Present]) -> String {
    table(
        ["email", "name", "org", "githubid", "cm_program", "cm_title", "cm_type", "date"],
        present.iter().map(|row| {
            [
                Cell::Empty,
                Cell::Text(&row.name),
                Cell::Text(&row.organisation),
                Cell::Text(&row.login),
                Cell::Text(&row.community),
                Cell::Text(&row.series),
                Cell::Empty,
                Cell::Text(&row.date),
            ]
        }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn a_metric_is_written_in_full() {
        let csv = metric_csv(&samples::latency());
        assert_eq!(
            csv,
            "metric,version,scope,group,window,window_kind,window_start,window_end,unfinished,value,low,high,naive,unit,n,\
             unknown_share,censored,completeness,log_version,note\n\
             latency.issue_first_response,1,lantern,,2025Q3,quarter,2025-07-01T00:00:00Z,2025-10-01T00:00:00Z,false,\
             1.9123456789,1.4,2.6,0.8,days,212,,31,,41,\n\
             latency.issue_first_response,1,lantern,,2025Q4,quarter,2025-10-01T00:00:00Z,2026-01-01T00:00:00Z,true,\
             ,2,,,days,9,,9,0.97,41,\"the median is not reached, yet\"\n"
        );
    }

    #[test]
    fn hostile_cells_come_back_as_harmless_text() {
        let mut figure = samples::latency().remove(0);
        figure.scope = "=HYPERLINK(\"http://x\",\"y\")".to_owned();
        figure.group = "-Ada <ada@example.org>\r\n\"quoted\", x".to_owned();
        figure.unit = "-3.5".to_owned();
        figure.value = Some(-3.5);
        figure.low = Some(f64::NAN);
        let text = metric_csv(&[figure]);
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let row = reader.records().next().unwrap().unwrap();
        assert_eq!(&row[2], "'=HYPERLINK(\"http://x\",\"y\")");
        assert_eq!(&row[3], "'-Ada <<e-mail removed>>\r\n\"quoted\", x");
        assert_eq!([&row[9], &row[10], &row[13]], ["-3.5", "", "-3.5"]);
    }

    #[test]
    fn attendance_has_the_columns_of_finos_and_no_address() {
        let present = Present {
            name: "Ada <ada@example.org>".into(),
            organisation: "=Acme".into(),
            login: "ada".into(),
            community: "lantern".into(),
            series: "maintainers".into(),
            date: "2025-06-17".into(),
        };
        assert_eq!(
            attendance_csv(&[present]),
            "email,name,org,githubid,cm_program,cm_title,cm_type,date\n\
             ,Ada <<e-mail removed>>,'=Acme,ada,lantern,maintainers,,2025-06-17\n"
        );
    }

    #[test]
    fn rejected_records_are_listed() {
        assert_eq!(
            rejected_csv(&samples::rejected()),
            "source,file,line,severity,message,hint,text_hash\n\
             meetings,meetings/2024-03-05.md,14,rejected,\"attendee line has no name: \"\"- (<e-mail removed>)\"\"\",\
             write the name first,00ff\n\
             meetings,meetings/2024-05-xx.md,,notice,no date,'=rename it,\n"
        );
    }
}
