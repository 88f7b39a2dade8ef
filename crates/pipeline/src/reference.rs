//! The reference page of the pipeline file, made from the same data that the file is checked against.

use crate::schema::{self, Key, Need, Section};
use std::fmt::Write as _;

/// A whole pipeline file; the tests read it.
const EXAMPLE: &str = r#"[project]
name = "dragonfly"
log = "../data/dragonfly/log"
out = "../data/dragonfly/out"
as_of = "2025-12-05"

[[source]]
kind = "notes"
name = "maintainer-meetings"
path = "meetings/dragonfly"

[[source]]
kind = "git"
repository = "dragonflyoss/dragonfly"
path = "clones/dragonfly"

[[source]]
kind = "gharchive"
path = "archive/*.json.gz"
repositories = ["dragonflyoss/*"]

[[source]]
kind = "roster"
repository = "dragonflyoss/community"
path = "rosters/dragonflyoss-community"
files = ["roles/Maintainers.md"]

[[source]]
kind = "people"
path = "people.toml"

[[source]]
kind = "github"
repositories = ["dragonflyoss"]
schedule = "@hourly"

[[source]]
kind = "slack"
path = "exports/slack.zip"

[[source]]
kind = "mail"
list = "dev"
path = "mail/dev.mbox"

[metrics]
windows = ["quarter", "365d"]
bots = ["^acme-ci$"]
not_bots = ["robotlover"]

[schedule]
cron = "30 2 * * *"
timezone = "Europe/Berlin"

[evidence]
criteria = ["cncf-graduation"]
links = { code-of-conduct = "https://github.com/dragonflyoss/community/blob/main/CODE_OF_CONDUCT.md" }

[[milestone]]
name = "incubation"
date = "2020-04-09"

[[claim]]
id = "maintainers"
text = "There are 12 maintainers from 7 different companies."
expect = [
  { metric = "governance.listed_maintainers", op = "=", value = 12 },
  { metric = "governance.maintainer_organizations", op = "=", value = 7 },
]
"#;

const RULES: &str = "\
- A key that is not listed here is a mistake. All mistakes are reported at once, each with its line and column; \
syntax errors first, because nothing else can be read until they are gone.
- Relative paths are relative to the file. A URL (`s3://…`) stays as it is.
- `${NAME}` in a string stands for an environment variable; one that is not set is a mistake. `$$` is one `$`; any \
other `$` is itself. Messages show `${NAME}`, never its value.
- `muster run FILE --set project.out=…`, `--set source.<name>.<key>=…`, `--set transport.<key>=…`, \
`--set metrics.<key>=…`, `--set evidence.<key>=…` and `--set schedule.<key>=…` replace values. \
They are taken literally (the shell has put in its variables), a relative path is relative to the working directory, \
and a list is written `a,b` or as TOML: `[\"a\", \"b\"]`. Setting one of two keys that exclude each other takes the \
other away.
";

/// The page docs/pipeline-file.md.
pub fn to_reference_markdown() -> String {
    let mut out = format!(
        "# The pipeline file\n\n\
         <!-- Made by `MUSTER_UPDATE_DOCS=1 cargo test -p muster-pipeline` from crates/pipeline/src/schema.rs. -->\n\n\
         One TOML file says what a project collects, into which log, how its metrics are cut, and which claims and criteria\n\
         they are held against.\n\
         `muster init <name> --from <folder or URL>` writes a first one.\n\n\
         ```toml\n{EXAMPLE}```\n\n{RULES}"
    );
    for section in schema::sections() {
        section_markdown(section, &mut out);
    }
    out
}

fn section_markdown(section: &Section, out: &mut String) {
    let heading = match section.kind {
        Some(kind) => format!("`[[source]]` with `kind = \"{kind}\"`"),
        None if section.table == "expect" => "`expect` of a claim".to_owned(),
        None => format!("`{}`", section.title),
    };
    let _ = write!(out, "\n## {heading}\n\n{}\n\n| key | value | | |\n| --- | --- | --- | --- |\n", section.what);
    for key in section.keys {
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} Example: `{}`. |",
            key.name,
            key.shape.reference(),
            need(key),
            key.what,
            key.example
        );
    }
}

fn need(key: &Key) -> String {
    match key.need {
        Need::Required => "required".to_owned(),
        Need::Optional(otherwise) => format!("optional; without it: {otherwise}"),
        Need::OrElse(other) => format!("exactly one of this and `{other}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Pipeline;
    use std::path::Path;

    fn parse(text: &str) -> Pipeline {
        Pipeline::parse(Path::new("muster.toml"), text, &[], &|_| None)
            .unwrap_or_else(|errors| panic!("{}", errors.render(false)))
    }

    #[test]
    fn the_example_is_a_pipeline() {
        assert_eq!(parse(EXAMPLE).sources.len(), 8);
    }

    /// An expectation stands inside a claim, and two values need another operator.
    fn example_of(section: &Section, keys: &str) -> String {
        let keys = if keys.contains("\nvalues") { keys.replace(">=", "between") } else { keys.to_owned() };
        match section.table {
            "security" => format!(
                "[transport]\nkind = \"kafka\"\nbrokers = [\"b:1\"]\ntopic = \"t\"\n[transport.security]\n{keys}"
            ),
            "expect" => format!("[[claim]]\nid = \"a\"\ntext = \"b\"\n[[claim.expect]]\n{keys}"),
            _ => format!("{}\n{keys}", section.title),
        }
    }

    #[test]
    fn the_example_of_every_key_is_right() {
        for section in schema::sections() {
            let value = |key: &Key| format!("{} = {}\n", key.name, key.example);
            // Keys that exclude each other.
            for left_out in [
                &["path", "token_file", "password_file", "app_id", "app_installation", "app_key", "value", "command"][..],
                &[
                    "url",
                    "token_env",
                    "password_env",
                    "app_id",
                    "app_installation",
                    "app_key",
                    "values",
                    "secret_env",
                    "headers_env",
                ],
                &["url", "token_env", "token_file", "password_env", "values", "secret_env", "headers_env"],
            ] {
                let is_choice = |key: &Key| {
                    let by_rule = section.kind == Some("github") || ["notify", "security"].contains(&section.table);
                    by_rule || matches!(key.need, Need::OrElse(_))
                };
                let keys: String = section
                    .keys
                    .iter()
                    .filter(|key| !(is_choice(key) && left_out.contains(&key.name)))
                    .map(value)
                    .collect();
                let table = match section.kind {
                    Some(kind) => format!("[[source]]\nkind = \"{kind}\"\n{keys}"),
                    None => example_of(section, &keys),
                };
                let project = if section.table == "project" { "" } else { "[project]\nname='a'\nlog='b'\nout='c'\n" };
                let schedule = if section.table == "source" { "[schedule]\ncron='@daily'\n" } else { "" };
                parse(&format!("{project}{schedule}{table}"));
            }
        }
    }

    #[test]
    fn the_page_is_up_to_date() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/pipeline-file.md");
        let page = to_reference_markdown();
        if std::env::var_os("MUSTER_UPDATE_DOCS").is_some() {
            std::fs::write(&path, &page).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(written == page, "docs/pipeline-file.md is stale: MUSTER_UPDATE_DOCS=1 cargo test -p muster-pipeline");
    }
}
