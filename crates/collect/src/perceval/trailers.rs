//! The trailers of a commit's message, found as Git finds them (`trailer.c`), for who has the message and not Git.
//!
//! They are the last block of lines, after the first, in which either every line is a trailer, or one was written by Git
//! itself (`Signed-off-by: `, `(cherry picked from commit `) and at least a quarter are trailers.

const GENERATED: [&str; 2] = ["Signed-off-by: ", "(cherry picked from commit "];

/// The trailers, one a line, as `git log --format=%(trailers:only,unfold)` prints them.
pub(super) fn of(message: &str) -> String {
    let lines: Vec<&str> = message.split('\n').collect();
    let lines = &lines[..end(&lines)];
    let mut trailers: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in lines[start(lines)..].iter().filter(|line| !is_comment(line)) {
        if line.starts_with(char::is_whitespace) && goes_on {
            if let Some(last) = trailers.last_mut().filter(|_| !is_blank(line)) {
                let between = if last.ends_with(' ') { "" } else { " " };
                *last = format!("{last}{between}{}", line.trim());
            }
            continue;
        }
        goes_on = separator(line).is_some();
        if let Some((key, value)) = separator(line).and_then(|at| line.split_at_checked(at)) {
            trailers.push(format!("{}: {}", key.trim(), value[1..].trim()));
        }
    }
    trailers.iter().map(|trailer| format!("{trailer}\n")).collect()
}

fn is_comment(line: &str) -> bool {
    line.starts_with('#')
}

fn is_blank(line: &str) -> bool {
    line.trim_ascii().is_empty()
}

/// Where the colon is, if the line is a trailer: a word of letters, digits and hyphens, and blanks before it at most.
fn separator(line: &str) -> Option<usize> {
    let at = line.find(':').filter(|at| *at > 0)?;
    let word = line[..at].trim_end_matches([' ', '\t']);
    let is_word = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_word.then_some(at)
}

/// Where the message ends: comments, blank lines and an old list of conflicts at its end do not count.
fn end(lines: &[&str]) -> usize {
    let mut end = None;
    let mut in_conflicts = false;
    for (at, line) in lines.iter().enumerate() {
        if line.is_empty() || is_comment(line) || (in_conflicts && line.starts_with('\t')) {
            end = end.or(Some(at));
        } else if *line == "Conflicts:" {
            in_conflicts = true;
            end = end.or(Some(at));
        } else {
            (end, in_conflicts) = (None, false);
        }
    }
    end.unwrap_or(lines.len())
}

/// Where the last block begins, if it is one of trailers; else the end.
fn start(lines: &[&str]) -> usize {
    let Some(title_end) = lines.iter().position(|line| !is_comment(line) && is_blank(line)) else {
        return lines.len();
    };
    let (mut trailers, mut others, mut continuations) = (0_usize, 0_usize, 0_usize);
    let (mut is_generated, mut only_blanks) = (false, true);
    for (at, line) in lines.iter().enumerate().skip(title_end).rev() {
        if is_comment(line) {
            others += std::mem::take(&mut continuations);
        } else if is_blank(line) {
            if only_blanks {
                continue;
            }
            others += continuations;
            let is_block = (is_generated && trailers * 3 >= others) || (trailers > 0 && others == 0);
            return if is_block { at + 1 } else { lines.len() };
        } else {
            only_blanks = false;
            if GENERATED.iter().any(|start| line.starts_with(start)) {
                is_generated = true;
                trailers += 1;
                continuations = 0;
            } else if separator(line).is_some() && !line.starts_with(char::is_whitespace) {
                trailers += 1;
                continuations = 0;
            } else if line.starts_with(char::is_whitespace) {
                continuations += 1;
            } else {
                others += 1 + std::mem::take(&mut continuations);
            }
        }
    }
    lines.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailers_are_the_last_block() {
        for (message, expected) in [
            ("One\n\nSigned-off-by: Ada <a@b.org>", "Signed-off-by: Ada <a@b.org>\n"),
            ("Signed-off-by: Ada <a@b.org>", ""),
            ("One\n\nSigned-off-by: Ada\n\nMore words", ""),
            ("One\n\nwords here\nFixes: #1", ""),
            ("One\n\nwords here\nSigned-off-by: Ada\nAcked-by: Bo", "Signed-off-by: Ada\nAcked-by: Bo\n"),
            ("One\n\na\nb\nc\nd\ne\nSigned-off-by: Ada", ""),
            ("One\n\nReviewed-by: Ada\n  <a@b.org>\nKey: x", "Reviewed-by: Ada <a@b.org>\nKey: x\n"),
            ("One\n\nReviewed-by: Ada\n  <a@b.org>\nKey word: x", ""),
            ("One\n\n(cherry picked from commit 1)\nword\nAcked-by: Bo", "Acked-by: Bo\n"),
            ("One\n\nAcked-by: Bo\n\nConflicts:\n\ta.txt\n# note\n", "Acked-by: Bo\n"),
            ("One\n\nAcked-by : Bo\r\n", "Acked-by: Bo\n"),
            ("", ""),
        ] {
            assert_eq!(of(message), expected, "{message:?}");
        }
    }

    /// Messages out of lines of every kind, in an order that no hand would choose.
    #[test]
    fn git_itself_finds_the_same() {
        const LINES: [&str; 15] = [
            "",
            "",
            "words and more",
            "Signed-off-by: Ada <a@b.org>",
            "Acked-by: Bo",
            "  goes on",
            "# comment",
            "Key word: x",
            "(cherry picked from commit 1)",
            "Conflicts:",
            "\ta.txt",
            "http://a.b",
            "Tested-by : Cy",
            " ",
            "Reported-by:",
        ];
        let mut seed: usize = 7;
        let mut next = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        let mut with_trailers = 0;
        for _ in 0..300 {
            let mut message = "One\n".to_owned();
            for _ in 0..next(9) {
                message.push_str(LINES[next(LINES.len())]);
                message.push('\n');
            }
            let expected = by_git(&message);
            with_trailers += usize::from(!expected.is_empty());
            assert_eq!(of(&message), expected, "{message:?}");
        }
        assert!(with_trailers > 30, "{with_trailers}");
    }

    fn by_git(message: &str) -> String {
        use std::io::Write;
        use std::process::{Command, Stdio};
        let mut git = Command::new("git")
            .args(["interpret-trailers", "--parse", "--no-divider"])
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("git");
        git.stdin.take().expect("input").write_all(message.as_bytes()).expect("input");
        String::from_utf8(git.wait_with_output().expect("git").stdout).expect("text")
    }
}
