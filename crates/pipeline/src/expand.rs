//! `${NAME}` in values of the pipeline file.

use std::ops::Range;

/// What is wrong with a text's variables, and which bytes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ExpandError {
    /// The variable is not set.
    Unset { name: String, range: Range<usize> },
    /// A `${` without an end, or with something that is no name.
    Malformed { range: Range<usize> },
}

/// Puts the environment's values for `${NAME}`; `$$` is one `$`; any other `$` is itself.
pub(crate) fn expand(text: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<String, Vec<ExpandError>> {
    let mut out = String::with_capacity(text.len());
    let mut errors = Vec::new();
    let mut at = 0;
    while let Some(dollar) = text[at..].find('$').map(|found| at + found) {
        out.push_str(&text[at..dollar]);
        let rest = &text[dollar + 1..];
        if rest.starts_with('$') {
            out.push('$');
            at = dollar + 2;
        } else if let Some(inner) = rest.strip_prefix('{') {
            let length = inner.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
            let name = &inner[..length];
            at = dollar + 2 + length;
            if length == 0
                || name.starts_with(|first: char| first.is_ascii_digit())
                || !inner[length..].starts_with('}')
            {
                errors.push(ExpandError::Malformed { range: dollar..at });
                continue;
            }
            at += 1;
            match env(name) {
                Some(value) => out.push_str(&value),
                None => errors.push(ExpandError::Unset { name: name.to_owned(), range: dollar..at }),
            }
        } else {
            out.push('$');
            at = dollar + 1;
        }
    }
    out.push_str(&text[at..]);
    if errors.is_empty() { Ok(out) } else { Err(errors) }
}

/// The text that [`expand`] turns back into `text`, whatever the environment is.
pub(crate) fn escape(text: &str) -> String {
    text.replace('$', "$$")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(name: &str) -> Option<String> {
        (name == "HOME_1").then(|| "/home/${X}".to_owned())
    }

    #[test]
    fn variables_are_put_in_once() {
        for (text, expanded) in [
            ("${HOME_1}/a", "/home/${X}/a"),
            ("$${HOME_1}", "${HOME_1}"),
            ("^bot$", "^bot$"),
            ("a$$b $HOME_1", "a$b $HOME_1"),
            ("", ""),
        ] {
            assert_eq!(expand(text, &env).as_deref(), Ok(expanded), "{text}");
        }
    }

    #[test]
    fn each_mistake_has_its_place() {
        let errors = expand("x${NO}${HOME_1}${", &env).expect_err("two mistakes");
        assert_eq!(
            errors,
            [ExpandError::Unset { name: "NO".to_owned(), range: 1..6 }, ExpandError::Malformed { range: 15..17 }]
        );
        assert!(expand("${1A}", &env).is_err() && expand("${}", &env).is_err() && expand("${é}", &env).is_err());
    }

    #[test]
    fn an_escaped_text_comes_back() {
        for text in ["$", "$$", "${HOME_1}", "a$b", "é${"] {
            assert_eq!(expand(&escape(text), &env).as_deref(), Ok(text));
        }
    }
}
