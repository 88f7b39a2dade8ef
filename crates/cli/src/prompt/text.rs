//! Where a statement ends: at a `;` that is in no text, no name and no comment.

/// How far the first statement reaches, with its `;`; none when more has to come.
pub fn end_of_statement(text: &str) -> Option<usize> {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = match first {
            ';' => return Some(text.len() - rest.len() + 1),
            '\'' | '"' => 1 + after(&rest[1..], &rest[..1])?,
            '-' if rest.starts_with("--") => after(rest, "\n")?,
            '/' if rest.starts_with("/*") => 2 + after(&rest[2..], "*/")?,
            other => other.len_utf8(),
        };
        rest = &rest[skipped..];
    }
    None
}

fn after(text: &str, end: &str) -> Option<usize> {
    text.find(end).map(|at| at + end.len())
}

/// Whether a line that is being typed can be answered.
pub fn is_complete(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || text.starts_with('\\') || end_of_statement(text).is_some()
}

/// The statements and the `\` commands, which end with their line. The last statement needs no `;`.
pub fn parts(mut text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    loop {
        text = text.trim_start();
        if text.is_empty() {
            return parts;
        }
        let end = if text.starts_with('\\') { text.find('\n') } else { end_of_statement(text) };
        let (part, rest) = text.split_at(end.unwrap_or(text.len()));
        parts.push(part);
        text = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_ends_at_its_semicolon() {
        for (text, end) in [
            ("SELECT 1; SELECT 2", Some(9)),
            ("SELECT 'a;b' || ';';", Some(20)),
            ("SELECT 'it''s;';", Some(16)),
            ("SELECT \"a;b\";", Some(13)),
            ("SELECT 1 -- not; here\n;", Some(23)),
            ("SELECT /* not; here */ 1;", Some(25)),
            ("SELECT 'ä';", Some(12)),
            ("SELECT 1", None),
            ("SELECT 'open;", None),
            ("SELECT 1 -- ;", None),
        ] {
            assert_eq!(end_of_statement(text), end, "{text}");
        }
    }

    #[test]
    fn an_input_is_statements_and_commands() {
        let input = "\\timing\nSELECT 1;SELECT ';'; \n\\d\n SELECT\n 3\n";
        assert_eq!(parts(input), ["\\timing", "SELECT 1;", "SELECT ';';", "\\d", "SELECT\n 3\n"]);
    }
}
