//! Every mistake a pipeline file can hold, as it is drawn.

use muster_pipeline::{Pipeline, SetArg};
use std::path::Path;

fn env(name: &str) -> Option<String> {
    match name {
        "SET" => Some("s3cret value".to_owned()),
        "EMPTY" => Some(String::new()),
        _ => None,
    }
}

fn parse(text: &str, sets: &[&str]) -> Result<Pipeline, String> {
    let sets: Vec<SetArg> = sets.iter().map(|&set| SetArg(set.to_owned())).collect();
    Pipeline::parse(Path::new("lantern/muster.toml"), text, &sets, &env).map_err(|errors| {
        let shown = format!("{errors}{}", errors.render(true));
        assert!(!shown.contains("s3cret"), "{shown}");
        assert_eq!(without_color(&errors.render(true)), errors.render(false));
        errors.render(false)
    })
}

/// Nothing may be said by colour alone.
fn without_color(drawn: &str) -> String {
    let mut parts = drawn.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    first + &parts.map(|part| part.split_once('m').map_or("", |(_, text)| text)).collect::<String>()
}

/// Every kind, where a message lists them.
const KINDS: &str = "notes, git, gharchive, roster, people, github, webhooks, github-json, slack, discord, mail, zulip, \
                     mattermost, messages, perceval, attendance";

#[track_caller]
fn assert_mistakes(text: &str, drawn: &str) {
    assert_eq!(parse(text, &[]).expect_err("mistakes"), drawn.replace("KINDS", KINDS));
}

#[track_caller]
fn assert_set_mistake(set: &str, drawn: &str) {
    const FILE: &str = "[project]\nname = 'a'\nlog = 'b'\nout = 'c'\n\
                        [[source]]\nkind = 'notes'\nname = 'maintainer-meetings'\npath = 'd'\n\
                        [[source]]\nkind = 'git'\nrepository = 'acme/lantern.io'\npath = 'e'\n";
    assert_eq!(parse(FILE, &[set]).expect_err("mistakes"), drawn);
}

#[test]
fn a_set_that_names_something_unknown() {
    assert_set_mistake(
        "project.ouut=x",
        "error: unknown key `ouut`\n  ┌─ --set:1:9\n1 │ project.ouut=x\n  │         ^^^^ did you mean `out`?\n  \
         = [project] takes: name, log, out, keep, as_of\n",
    );
    assert_set_mistake(
        "projct.out=x",
        "error: unknown table `projct`\n  ┌─ --set:1:1\n1 │ projct.out=x\n  │ ^^^^^^ did you mean `project`?\n  \
         = a --set starts with project., source.<name>., transport., metrics., evidence. or schedule.\n",
    );
    assert_set_mistake(
        "source.maintainer-meeting.path=x",
        "error: the file has no source `maintainer-meeting`\n  ┌─ --set:1:8\n\
         1 │ source.maintainer-meeting.path=x\n  │        ^^^^^^^^^^^^^^^^^^ did you mean `maintainer-meetings`?\n  \
         = its sources: maintainer-meetings, git-acme/lantern.io\n",
    );
    assert_set_mistake(
        "source.git-acme/lantern.io.pth=x",
        "error: unknown key `pth`\n  ┌─ --set:1:28\n1 │ source.git-acme/lantern.io.pth=x\n  \
         │                            ^^^ did you mean `path`?\n  \
         = a git source takes: name, repository, path or url, branch, mailmap, schedule\n",
    );
}

#[test]
fn a_set_that_is_none() {
    assert_set_mistake(
        "project.out",
        "error: a --set has no `=`\n  ┌─ --set:1:1\n1 │ project.out\n  │ ^^^^^^^^^^^\n  \
         = write --set project.out=…, --set source.<name>.<key>=… or --set metrics.<key>=…\n",
    );
    assert_set_mistake(
        "source.path=x",
        "error: a --set names no key\n  ┌─ --set:1:1\n1 │ source.path=x\n  │ ^^^^^^^^^^^\n  \
         = write --set source.<name>.<key>=…\n",
    );
    assert_set_mistake(
        "metrics=x",
        "error: a --set names no key\n  ┌─ --set:1:1\n1 │ metrics=x\n  │ ^^^^^^^\n  = write --set <table>.<key>=…\n",
    );
    assert_set_mistake(
        "project.a.out=x",
        "error: [project] has no tables inside it\n  ┌─ --set:1:9\n1 │ project.a.out=x\n  │         ^^^^^\n  \
         = write --set project.<key>=…\n",
    );
    assert_set_mistake(
        "metrics.windows=[\"day\"",
        "error: unclosed array, expected `]`\n  ┌─ --set:1:23\n1 │ metrics.windows=[\"day\"\n  \
         │                       ^\n  = write a list as a,b or as TOML: [\"a\", \"b\"]\n",
    );
}

#[test]
fn a_set_with_a_wrong_value() {
    assert_set_mistake(
        "metrics.windows=quarter,fortnight",
        "error: not a window: \"fortnight\"\n  ┌─ --set:1:25\n1 │ metrics.windows=quarter,fortnight\n  \
         │                         ^^^^^^^^^\n  \
         = a window is day, week, month, quarter, year, all or a number of days such as 365d\n",
    );
    assert_set_mistake(
        "metrics.windows=[\"day\", 3]",
        "error: windows must be a list of strings; found integer 3\n  ┌─ --set:1:25\n\
         1 │ metrics.windows=[\"day\", 3]\n  │                         ^\n",
    );
    assert_set_mistake(
        "project.name=",
        "error: name is empty\n  ┌─ --set:1:14\n1 │ project.name=\n  │              ^\n",
    );
}

#[test]
fn a_file_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let drawn = |name: &str| {
        let errors = Pipeline::read(&folder.path().join(name), &[], &env).expect_err("mistakes");
        errors.render(false).replace(&folder.path().display().to_string(), "…")
    };
    assert_eq!(
        drawn("muster.toml"),
        "error: there is no such pipeline file\n  ┌─ …/muster.toml\n  \
         = `muster init <name> --from <folder>` writes one\n"
    );
    assert_eq!(
        drawn(""),
        "error: the pipeline file is a folder\n  ┌─ …/\n  = give the pipeline file, such as muster.toml\n"
    );
    std::fs::write(folder.path().join("muster.toml"), b"[project]\nname = \"a\xff\"\n").unwrap();
    assert_eq!(
        drawn("muster.toml"),
        "error: the pipeline file is not UTF-8\n  ┌─ …/muster.toml:2:10\n2 │ name = \"a\u{fffd}\"\n  \
         │          ^ byte 0xFF\n  = save it as UTF-8\n"
    );
    assert_eq!(drawn(""), "error: the pipeline file is a folder\n  ┌─ …/\n  = did you mean …/muster.toml?\n");
}

#[test]
fn an_unknown_key_names_the_nearest() {
    assert_mistakes(
        r#"[project]
name = "lantern"
log = "log"
out = "out"

[[source]]
kind = "git"
path = "."
repositry = "acme/lantern"
"#,
        r#"error: unknown key `repositry`
  ┌─ lantern/muster.toml:9:1
9 │ repositry = "acme/lantern"
  │ ^^^^^^^^^ did you mean `repository`?
  = a git source takes: name, repository, path or url, branch, mailmap, schedule
"#,
    );
}

#[test]
fn a_key_of_another_section_and_a_key_of_none() {
    assert_mistakes(
        r#"[project]
name = "lantern"
log = "log"
out = "out"
mailmap = "x"
colour = "red"
"#,
        r#"error: unknown key `mailmap`
  ┌─ lantern/muster.toml:5:1
5 │ mailmap = "x"
  │ ^^^^^^^ a git source has it
  = [project] takes: name, log, out, keep, as_of

error: unknown key `colour`
  ┌─ lantern/muster.toml:6:1
6 │ colour = "red"
  │ ^^^^^^
  = [project] takes: name, log, out, keep, as_of
"#,
    );
}

#[test]
fn missing_keys_say_what_the_section_takes() {
    assert_mistakes(
        r#"[project]
name = "lantern"

[[source]]
kind = "git"
repository = "acme/lantern"

[[source]]
name = "x"
"#,
        r#"error: [project] has no `log`
  ┌─ lantern/muster.toml:1:2
1 │ [project]
  │  ^^^^^^^
  = [project] takes: name, log, out, keep, as_of

error: [project] has no `out`
  ┌─ lantern/muster.toml:1:2
1 │ [project]
  │  ^^^^^^^
  = [project] takes: name, log, out, keep, as_of

error: a git source has no `path` or `url`
  ┌─ lantern/muster.toml:4:1
4 │ [[source]]
  │ ^^^^^^^^^^
  = a git source takes: name, repository, path or url, branch, mailmap, schedule

error: a source has no `kind`
  ┌─ lantern/muster.toml:8:1
8 │ [[source]]
  │ ^^^^^^^^^^
  = the kinds of source: KINDS
"#,
    );
}

#[test]
fn there_is_no_project() {
    assert_mistakes(
        r#"[metrics]
windows = ["quarter"]
"#,
        r#"error: there is no [project]
  ┌─ lantern/muster.toml:1:1
1 │ [metrics]
  │ ^
  = [project] takes: name, log, out, keep, as_of
"#,
    );
}

#[test]
fn wrong_types() {
    assert_mistakes(
        r#"[project]
name = 3
log = ["log"]
out = true
as_of = 2025-12-05

[[source]]
kind = "gharchive"
path = { a = 1 }
repositories = "kubernetes/*"

[metrics]
windows = 3
bots = ["a", 1.5]
not_bots = 2025-01-01
parameters = { "growth.core" = 3 }
"#,
        r#"error: name must be a string; found integer 3
  ┌─ lantern/muster.toml:2:8
2 │ name = 3
  │        ^

error: log must be a string; found a list
  ┌─ lantern/muster.toml:3:7
3 │ log = ["log"]
  │       ^^^^^^^

error: out must be a string; found boolean true
  ┌─ lantern/muster.toml:4:7
4 │ out = true
  │       ^^^^

error: path must be a string or a list of strings; found a table
  ┌─ lantern/muster.toml:9:8
9 │ path = { a = 1 }
  │        ^^^^^^^^^

error: repositories must be a list of strings; found string "kubernetes/*"
   ┌─ lantern/muster.toml:10:16
10 │ repositories = "kubernetes/*"
   │                ^^^^^^^^^^^^^^ write ["kubernetes/*"]

error: windows must be a list of strings; found integer 3
   ┌─ lantern/muster.toml:13:11
13 │ windows = 3
   │           ^

error: bots must be a list of strings; found number 1.5
   ┌─ lantern/muster.toml:14:14
14 │ bots = ["a", 1.5]
   │              ^^^

error: not_bots must be a list of strings; found date 2025-01-01
   ┌─ lantern/muster.toml:15:12
15 │ not_bots = 2025-01-01
   │            ^^^^^^^^^^

error: parameters must be a table from metrics to tables of numbers; found integer 3
   ┌─ lantern/muster.toml:16:32
16 │ parameters = { "growth.core" = 3 }
   │                                ^
   = write parameters = { "growth.core_contributors" = { least = 20 } }
"#,
    );
}

#[test]
fn tables_of_the_wrong_kind() {
    assert_mistakes(
        r#"project = 1
metrics = "x"
[source]
kind = "git"
"#,
        r#"error: project must be a table; found integer 1
  ┌─ lantern/muster.toml:1:1
1 │ project = 1
  │ ^^^^^^^ write [project]
  = [project] takes: name, log, out, keep, as_of

error: metrics must be a table; found string "x"
  ┌─ lantern/muster.toml:2:1
2 │ metrics = "x"
  │ ^^^^^^^ write [metrics]
  = [metrics] takes: windows, completeness, folder, only, parameters, bots, bot_list, not_bots

error: source must be a list of tables; found a table
  ┌─ lantern/muster.toml:3:2
3 │ [source]
  │  ^^^^^^ write [[source]]
  = every source has a table of its own
"#,
    );
}

#[test]
fn tables_that_are_unknown() {
    assert_mistakes(
        r#"title = "x"
windows = ["day"]
[projects]
[[sources]]
kind = "git"
"#,
        r#"error: unknown key `title`
  ┌─ lantern/muster.toml:1:1
1 │ title = "x"
  │ ^^^^^
  = a pipeline file has: [project], [[source]], [transport], [schedule], [tables], [metrics], [evidence], [[milestone]], [[claim]], [[notify]]

error: unknown key `windows`
  ┌─ lantern/muster.toml:2:1
2 │ windows = ["day"]
  │ ^^^^^^^ [metrics] has it
  = a pipeline file has: [project], [[source]], [transport], [schedule], [tables], [metrics], [evidence], [[milestone]], [[claim]], [[notify]]

error: unknown table `projects`
  ┌─ lantern/muster.toml:3:2
3 │ [projects]
  │  ^^^^^^^^ did you mean `project`?
  = a pipeline file has: [project], [[source]], [transport], [schedule], [tables], [metrics], [evidence], [[milestone]], [[claim]], [[notify]]

error: unknown table `sources`
  ┌─ lantern/muster.toml:4:3
4 │ [[sources]]
  │   ^^^^^^^ did you mean `source`?
  = a pipeline file has: [project], [[source]], [transport], [schedule], [tables], [metrics], [evidence], [[milestone]], [[claim]], [[notify]]
"#,
    );
}

#[test]
fn both_path_and_url() {
    assert_mistakes(
        r#"[project]
name = "lantern"
log = "log"
out = "out"
[[source]]
kind = "git"
repository = "acme/lantern"
path = "."
url = "https://github.com/acme/lantern"
"#,
        r#"error: a git source has both `path` and `url`
  ┌─ lantern/muster.toml:9:1
9 │ url = "https://github.com/acme/lantern"
  │ ^^^ keep one of them
"#,
    );
}

#[test]
fn kinds_that_are_unknown() {
    assert_mistakes(
        r#"[project]
name = "lantern"
log = "log"
out = "out"
[[source]]
kind = "gti"
repository = "acme/lantern"
[[source]]
kind = "jira"
"#,
        r#"error: unknown kind of source "gti"
  ┌─ lantern/muster.toml:6:8
6 │ kind = "gti"
  │        ^^^^^ did you mean "git"?
  = the kinds of source: KINDS

error: unknown kind of source "jira"
  ┌─ lantern/muster.toml:9:8
9 │ kind = "jira"
  │        ^^^^^^
  = the kinds of source: KINDS
"#,
    );
}

#[test]
fn names_must_differ() {
    assert_mistakes(
        r#"[project]
name = "lantern"
log = "log"
out = "out"
[[source]]
kind = "notes"
path = "a"
[[source]]
kind = "notes"
path = "b"
[[source]]
kind = "notes"
name = "notes"
path = "c"
"#,
        r#"error: two sources are named "notes"
  ┌─ lantern/muster.toml:8:1
8 │ [[source]]
  │ ^^^^^^^^^^ give it a `name` of its own
  = the first is in line 5

error: two sources are named "notes"
   ┌─ lantern/muster.toml:13:8
13 │ name = "notes"
   │        ^^^^^^^ give it a `name` of its own
   = the first is in line 5
"#,
    );
}

#[test]
fn a_syntax_error_comes_alone() {
    assert_mistakes(
        r#"[project
name = "lantern
log = "log"
log = "log"
colour = "red"
"#,
        r#"error: not TOML: unclosed table, expected `]`
  ┌─ lantern/muster.toml:1:9
1 │ [project
  │         ^
"#,
    );
}

#[test]
fn a_key_twice() {
    assert_mistakes(
        r#"[project]
name = "a"
name = "b"
"#,
        r#"error: not TOML: duplicate key
  ┌─ lantern/muster.toml:3:1
3 │ name = "b"
  │ ^^^^
"#,
    );
}

#[test]
fn values_that_are_not_what_they_should_be() {
    assert_mistakes(
        r#"[project]
name = " "
log = "s3://bucket/log"
out = "ftp://host/out"
as_of = "yesterday"

[[source]]
kind = "git"
repository = "https://github.com/acme/lantern"
path = "https://github.com/acme/lantern"

[[source]]
kind = "git"
repository = "lantern"
url = "../lantern"

[[source]]
kind = "roster"
repository = "acme/lantern"
path = "a\nb"
files = ["[.md", "x"]

[[source]]
kind = "gharchive"
path = []
repositories = []

[metrics]
windows = ["quater", "fortnight", "0d"]
bots = ["(bot"]
"#,
        r#"error: name is empty
  ┌─ lantern/muster.toml:2:8
2 │ name = " "
  │        ^^^

error: out must be a folder or an object store; found a URL with ftp://
  ┌─ lantern/muster.toml:4:7
4 │ out = "ftp://host/out"
  │       ^^^^^^^^^^^^^^^^
  = write a path, s3://bucket/folder, gs://bucket/folder or az://container/folder

error: as_of must be a date or an instant; found "yesterday"
  ┌─ lantern/muster.toml:5:9
5 │ as_of = "yesterday"
  │         ^^^^^^^^^^^
  = write it as 2025-12-05 or 2025-12-05T09:30:00Z

error: repository must be owner/name; found "https://github.com/acme/lantern"
  ┌─ lantern/muster.toml:9:14
9 │ repository = "https://github.com/acme/lantern"
  │              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ write "acme/lantern"

error: path must be a file or folder; found a URL
   ┌─ lantern/muster.toml:10:8
10 │ path = "https://github.com/acme/lantern"
   │        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ write url = instead of path =

error: repository must be owner/name; found "lantern"
   ┌─ lantern/muster.toml:14:14
14 │ repository = "lantern"
   │              ^^^^^^^^^

error: url must be a URL; found "../lantern"
   ┌─ lantern/muster.toml:15:7
15 │ url = "../lantern"
   │       ^^^^^^^^^^^^ for a folder or file write path =

error: path holds a control character
   ┌─ lantern/muster.toml:20:8
20 │ path = "a\nb"
   │        ^^^^^^

error: files holds no glob: "[.md"
   ┌─ lantern/muster.toml:21:10
21 │ files = ["[.md", "x"]
   │          ^^^^^^ unclosed character class; missing ']'

error: path is an empty list
   ┌─ lantern/muster.toml:25:8
25 │ path = []
   │        ^^

error: repositories is an empty list
   ┌─ lantern/muster.toml:26:16
26 │ repositories = []
   │                ^^ leave it out for every repository in the files

error: not a window: "quater"
   ┌─ lantern/muster.toml:29:12
29 │ windows = ["quater", "fortnight", "0d"]
   │            ^^^^^^^^ did you mean "quarter"?
   = a window is day, week, month, quarter, year, all or a number of days such as 365d

error: not a window: "fortnight"
   ┌─ lantern/muster.toml:29:22
29 │ windows = ["quater", "fortnight", "0d"]
   │                      ^^^^^^^^^^^
   = a window is day, week, month, quarter, year, all or a number of days such as 365d

error: not a window: "0d"
   ┌─ lantern/muster.toml:29:35
29 │ windows = ["quater", "fortnight", "0d"]
   │                                   ^^^^
   = a window is day, week, month, quarter, year, all or a number of days such as 365d

error: bots holds no regular expression: "(bot"
   ┌─ lantern/muster.toml:30:9
30 │ bots = ["(bot"]
   │         ^^^^^^ unclosed group
"#,
    );
}

#[test]
fn variables_are_named_and_never_shown() {
    assert_mistakes(
        r#"[project]
name = "${NO_NAME}/x/${OTHER_NAME}"
log = "${LOG"
out = "$${OUT}/${SET}"
as_of = "${SET}"
[[source]]
kind = "${SET}"
[[source]]
kind = "git"
repository = "${SET}"
url = "${SET}"
[metrics]
windows = ["${SET}"]
bots = ["(${SET}"]
folder = "${EMPTY}"
"#,
        r#"error: the environment variable NO_NAME is not set
  ┌─ lantern/muster.toml:2:9
2 │ name = "${NO_NAME}/x/${OTHER_NAME}"
  │         ^^^^^^^^^^
  = set it, or write $${NO_NAME} for the text itself

error: the environment variable OTHER_NAME is not set
  ┌─ lantern/muster.toml:2:22
2 │ name = "${NO_NAME}/x/${OTHER_NAME}"
  │                      ^^^^^^^^^^^^^
  = set it, or write $${OTHER_NAME} for the text itself

error: `${` begins no variable
  ┌─ lantern/muster.toml:3:8
3 │ log = "${LOG"
  │        ^^^^^
  = write ${NAME} for an environment variable, or $${ for the text itself

error: as_of must be a date or an instant; found "${SET}"
  ┌─ lantern/muster.toml:5:9
5 │ as_of = "${SET}"
  │         ^^^^^^^^
  = write it as 2025-12-05 or 2025-12-05T09:30:00Z

error: unknown kind of source "${SET}"
  ┌─ lantern/muster.toml:7:8
7 │ kind = "${SET}"
  │        ^^^^^^^^
  = the kinds of source: KINDS

error: repository must be owner/name; found "${SET}"
   ┌─ lantern/muster.toml:10:14
10 │ repository = "${SET}"
   │              ^^^^^^^^

error: url must be a URL; found "${SET}"
   ┌─ lantern/muster.toml:11:7
11 │ url = "${SET}"
   │       ^^^^^^^^ for a folder or file write path =

error: not a window: "${SET}"
   ┌─ lantern/muster.toml:13:12
13 │ windows = ["${SET}"]
   │            ^^^^^^^^
   = a window is day, week, month, quarter, year, all or a number of days such as 365d

error: bots holds no regular expression: "(${SET}"
   ┌─ lantern/muster.toml:14:9
14 │ bots = ["(${SET}"]
   │         ^^^^^^^^^ unclosed group

error: folder is empty
   ┌─ lantern/muster.toml:15:10
15 │ folder = "${EMPTY}"
   │          ^^^^^^^^^^ its variable is empty
"#,
    );
}

#[test]
fn a_misspelt_table_is_one_mistake() {
    assert_mistakes(
        r#"[projekt]
name = "lantern"
"#,
        r#"error: unknown table `projekt`
  ┌─ lantern/muster.toml:1:2
1 │ [projekt]
  │  ^^^^^^^ did you mean `project`?
  = a pipeline file has: [project], [[source]], [transport], [schedule], [tables], [metrics], [evidence], [[milestone]], [[claim]], [[notify]]
"#,
    );
}

#[test]
fn top_level_keys_that_belong_elsewhere() {
    assert_mistakes(
        r#"windows = ["day"]
name = "x"
"#,
        r#"error: unknown key `windows`
  ┌─ lantern/muster.toml:1:1
1 │ windows = ["day"]
  │ ^^^^^^^ [metrics] has it
  = a pipeline file has: [project], [[source]], [transport], [schedule], [tables], [metrics], [evidence], [[milestone]], [[claim]], [[notify]]

error: there is no [project]
  ┌─ lantern/muster.toml:1:1
1 │ windows = ["day"]
  │ ^
  = [project] takes: name, log, out, keep, as_of

error: unknown key `name`
  ┌─ lantern/muster.toml:2:1
2 │ name = "x"
  │ ^^^^ [project] has it
  = a pipeline file has: [project], [[source]], [transport], [schedule], [tables], [metrics], [evidence], [[milestone]], [[claim]], [[notify]]
"#,
    );
}

#[test]
fn two_syntax_errors() {
    assert_mistakes(
        r#"[project]
name = "lantern
log = 
out = "out"
"#,
        r#"error: not TOML: invalid basic string, expected `"`
  ┌─ lantern/muster.toml:2:16
2 │ name = "lantern
  │                ^

error: not TOML: string values must be quoted, expected literal string
  ┌─ lantern/muster.toml:3:7
3 │ log = 
  │       ^
"#,
    );
}

const PROJECT: &str = "[project]\nname = 'a'\nlog = 'b'\nout = 'c'\n";

/// The first line of each mistake.
fn messages(source: &str) -> Vec<String> {
    let drawn = parse(&format!("{PROJECT}{source}"), &[]).expect_err("mistakes");
    drawn.lines().filter_map(|line| line.strip_prefix("error: ")).map(str::to_owned).collect()
}

#[test]
fn github_is_asked_in_one_way() {
    let github = "[[source]]\nkind = 'github'\nrepositories = ['acme']\n";
    let both = messages(&format!("{github}token_env = ['A']\ntoken_file = 't'\n"));
    assert_eq!(both, ["a github source has both `token_env` and `token_file`"]);
    assert_eq!(
        messages(&format!("{github}app_id = 1\n")),
        ["an App needs all of app_id, app_installation and app_key"]
    );
    assert_eq!(
        messages(&format!("{github}forks = 'yes'\nmax_requests = 0\nconcurrency = 1.5\n")),
        [
            "forks must be true or false; found string \"yes\"",
            "max_requests must be a whole number from 1 on; found integer 0",
            "concurrency must be a whole number from 1 on; found number 1.5",
        ]
    );
}

#[test]
fn columns_name_what_is_there() {
    let table = "[[source]]\nkind = 'messages'\npath = 'm.csv'\nplatform = 'dingtalk'\n";
    assert_eq!(
        messages(&format!("{table}columns = {{ time = 'at', autor = 'who' }}\n")),
        ["columns has no `author`", "unknown key `autor`"]
    );
    assert_eq!(
        messages(&format!("{table}columns = 'at'\n")),
        ["columns must be a table of column names; found string \"at\""]
    );
}

#[test]
fn a_share_is_between_0_and_1() {
    assert_eq!(
        messages("[metrics]\ncompleteness = 98\n"),
        ["completeness must be a number from 0 to 1; found integer 98"]
    );
    assert!(parse(PROJECT, &["metrics.completeness=0.9"]).is_ok());
}

#[test]
fn whom_to_tell_is_checked_like_everything_else() {
    let project = "[project]\nname = \"a\"\nlog = \"l\"\nout = \"o\"\n";
    let said = |notify: &str| parse(&format!("{project}[[notify]]\n{notify}\n"), &[]).expect_err(notify);
    for (notify, words) in [
        ("", "[[notify]] has no `command` or `url`"),
        ("url = \"https://a.example\"\ncommand = [\"x\"]", "[[notify]] has both `command` and `url`"),
        ("url = \"ftp://a.example\"", "url must be an http:// or https:// URL, or env:NAME; found \"ftp://a.example\""),
        ("command = [\"x\"]\non = [\"failures\"]", "did you mean \"failure\"?"),
        ("command = [\"x\"]\nsecret_env = \"S\"", "secret_env is for a url"),
        ("command = [\"x\"]\ntimeout = \"soon\"", "timeout must be a length of time; found \"soon\""),
        ("command = [\"x\"]\ntimeout = 10", "timeout must be a length of time; found integer 10"),
        ("command = []", "command is an empty list"),
        ("url = \"env:HOOK\"\nheaders_env = \"X\"", "headers_env must be a table of names of environment variables"),
        ("command = [\"x\"]\nretry = 3", "unknown key `retry`"),
    ] {
        let drawn = said(notify);
        assert!(drawn.contains(words), "{notify}: {drawn}");
        assert!(drawn.contains(".toml:"), "{drawn}");
    }
}
