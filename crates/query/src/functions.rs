//! The functions that SQL lacks.
//!
//! | function | gives |
//! | --- | --- |
//! | `as_of()` | the as-of instant; a constant within a run |
//! | `masked(text)` | an account or other text; e-mail addresses are replaced by hashes, so that none leaves the log |
//! | `masked_list(json)` | a JSON list of accounts, masked, separated by spaces |
//! | `instant(text)` | the instant that a payload states as `2019-07-09` or in RFC 3339; null where it is none |
//! | `github_fields(data)` | a struct of what the tables need of a GitHub payload, read in one pass |
//! | `repository_of(type, subject)` | owner/name of the subject of a fact on GitHub and the like |
//! | `timeless(id)` | an id without the time at its end, where it has one |
//! | `time_key(time)` | the instant as 20 digits that sort as it does: `max(time_key(t) || x)` holds the latest `x` |
//! | `bot_reason(account, name, typed)` | why the account is a bot, or null |
//! | `bot_exception(account, name)` | whether the pipeline says it is none |
//! | `devstats_bot(login)` | whether DevStats takes the login for a bot (queries/bots.devstats.toml), whatever the pipeline says; nobody is one |

use crate::QueryError;
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int64Array, StringArray, StringBuilder, StringViewArray, StringViewBuilder,
    StructArray, TimestampMicrosecondArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Fields, Int64Type, TimeUnit};
use datafusion::common::{Result, ScalarValue};
use datafusion::error::DataFusionError;
use datafusion::execution::context::SessionContext;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use muster_model::{Timestamp, account};
use regex::RegexSet;
use serde::Deserialize;
use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Arc;

/// Who is taken for a bot: one policy, applied everywhere.
#[derive(Debug, Clone)]
pub struct BotPolicy {
    patterns: RegexSet,
    reasons: Vec<String>,
    exceptions: RegexSet,
}

/// Whose list of bots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BotList {
    /// Ours.
    Muster,
    /// DevStats' `exclude_bots.sql`, as far as it is published by pattern.
    DevStats,
}

#[derive(Deserialize)]
struct Patterns {
    bot: Vec<Pattern>,
}

#[derive(Deserialize)]
struct Pattern {
    pattern: String,
    reason: String,
}

impl BotPolicy {
    /// The patterns of a list (`queries/bots.toml`, or `queries/bots.devstats.toml`) and the pipeline's own, and the pipeline's exceptions: regular expressions
    /// over the login, the name or the e-mail address, without regard to case.
    ///
    /// # Errors
    /// A pattern that is no regular expression.
    pub fn new(list: BotList, more: &[String], exceptions: &[String]) -> std::result::Result<Self, QueryError> {
        let (file, text) = match list {
            BotList::Muster => ("queries/bots.toml", include_str!("../../../queries/bots.toml")),
            BotList::DevStats => ("queries/bots.devstats.toml", include_str!("../../../queries/bots.devstats.toml")),
        };
        let wrong = |message: String| QueryError::Definition { file: file.to_owned(), message };
        let shipped: Patterns = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
        let own = more.iter().map(|pattern| Pattern {
            pattern: pattern.clone(),
            reason: format!("matches {pattern} of the pipeline file"),
        });
        let (patterns, reasons): (Vec<_>, Vec<_>) =
            shipped.bot.into_iter().chain(own).map(|bot| (format!("(?i){}", bot.pattern), bot.reason)).unzip();
        let any_case: Vec<String> = exceptions.iter().map(|pattern| format!("(?i){pattern}")).collect();
        let set = |patterns: &[String]| RegexSet::new(patterns).map_err(|error| wrong(error.to_string()));
        Ok(Self { patterns: set(&patterns)?, reasons, exceptions: set(&any_case)? })
    }

    /// Why an account is a bot by its login, address or name.
    pub fn reason(&self, account: &str, name: Option<&str>) -> Option<&str> {
        let account = bare(account);
        // A login is its own name. Few match: which pattern does is asked of those only.
        let name = name.filter(|name| *name != account);
        let matched = [Some(account), name].into_iter().flatten().find(|text| self.patterns.is_match(text))?;
        self.patterns.matches(matched).iter().next().map(|index| self.reasons[index].as_str())
    }

    /// Whether the pipeline says that it is no bot.
    pub fn is_exception(&self, account: &str, name: Option<&str>) -> bool {
        self.exceptions.is_match(bare(account)) || name.is_some_and(|name| self.exceptions.is_match(name))
    }
}

/// The login, address or name in an account.
fn bare(account: &str) -> &str {
    account.split_once(':').map_or(account, |(_, rest)| rest)
}

fn masked_list(json: &str) -> String {
    let accounts: Vec<String> = serde_json::from_str(json).unwrap_or_default();
    accounts.iter().map(|written| account::masked(written)).collect::<Vec<_>>().join(" ")
}

pub(crate) fn register(
    context: &SessionContext,
    as_of: Timestamp,
    bots: &BotPolicy,
) -> std::result::Result<(), QueryError> {
    let at = ScalarValue::TimestampMicrosecond(Some(as_of.as_microsecond()), Some("UTC".into()));
    context.register_udf(create_udf(
        "as_of",
        vec![],
        utc(),
        Volatility::Immutable,
        Arc::new(move |_: &[ColumnarValue]| Ok(ColumnarValue::Scalar(at.clone()))),
    ));
    context.register_udf(text_function("masked", |text| Some(account::masked(text))));
    context.register_udf(text_function("masked_list", |text| Some(masked_list(text))));
    context.register_udf(text_function("timeless", |id| Some(timeless(id).to_owned())));
    crate::turns::register(context);
    context.register_udf(repository_of());
    context.register_udf(time_key());
    context.register_udf(instant());
    context.register_udf(github_fields());
    context.register_udf(bot_reason(bots.clone()));
    context.register_udf(bot_exception(bots.clone()));
    context.register_udf(devstats_bot(BotPolicy::new(BotList::DevStats, &[], &[])?));
    Ok(())
}

fn text_function(name: &str, function: fn(&str) -> Option<String>) -> ScalarUDF {
    let body = move |arguments: &[ColumnarValue]| {
        let columns = ColumnarValue::values_to_arrays(arguments)?;
        let texts = strings(&columns[0])?;
        let answer: StringArray = texts.iter().map(|text| text.and_then(function)).collect();
        Ok(ColumnarValue::Array(Arc::new(answer)))
    };
    create_udf(name, vec![DataType::Utf8], DataType::Utf8, Volatility::Immutable, Arc::new(body))
}

/// Times in ids are written in full, so that no number of a comment looks like one.
fn timeless(id: &str) -> &str {
    let is_time = |end: &str| end.get(10..11) == Some("T") && end.parse::<Timestamp>().is_ok();
    id.rsplit_once('/').filter(|(_, end)| is_time(end)).map_or(id, |(rest, _)| rest)
}

fn repository_of() -> ScalarUDF {
    let body = |arguments: &[ColumnarValue]| {
        let columns = ColumnarValue::values_to_arrays(arguments)?;
        let views = |column: &ArrayRef| cast(column, &DataType::Utf8View);
        let (types, subjects) = (views(&columns[0])?, views(&columns[1])?);
        let (types, subjects) = (types.as_string_view(), subjects.as_string_view());
        let mut names = StringViewBuilder::with_capacity(subjects.len()).with_deduplicate_strings();
        for (kind, subject) in types.iter().zip(subjects) {
            names.append_option(subject.map(|subject| repository(kind.unwrap_or_default(), subject)));
        }
        Ok(ColumnarValue::Array(Arc::new(names.finish())))
    };
    let arguments = vec![DataType::Utf8View, DataType::Utf8View];
    create_udf("repository_of", arguments, DataType::Utf8View, Volatility::Immutable, Arc::new(body))
}

/// `#` is GitHub's, `!` GitLab's and Gerrit's, and `@` stands before the commit of a `git:` subject.
fn repository<'a>(kind: &str, subject: &'a str) -> &'a str {
    let (scheme, rest) = subject.split_once(':').unwrap_or(("", subject));
    let end = match scheme {
        _ if kind == "release.published" => rest.find("/release/"),
        "git" => rest.find('@'),
        _ => rest.find(['#', '!']),
    };
    end.map_or(rest, |end| &rest[..end])
}

/// An aggregate over such texts is many times faster than `last_value(… ORDER BY …)`, which keeps a state a group.
fn time_key() -> ScalarUDF {
    let body = |arguments: &[ColumnarValue]| {
        let columns = ColumnarValue::values_to_arrays(arguments)?;
        let micros = cast(&columns[0], &DataType::Int64)?;
        let micros = micros.as_primitive::<Int64Type>();
        let mut keys = StringBuilder::with_capacity(micros.len(), micros.len() * 20);
        for micros in micros {
            match micros.map(|micros| micros.wrapping_sub(i64::MIN).cast_unsigned()) {
                Some(shifted) => {
                    // Into memory: it cannot fail.
                    let _ = write!(keys, "{shifted:020}");
                    keys.append_value("");
                }
                None => keys.append_null(),
            }
        }
        Ok(ColumnarValue::Array(Arc::new(keys.finish())))
    };
    create_udf("time_key", vec![utc()], DataType::Utf8, Volatility::Immutable, Arc::new(body))
}

fn utc() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

fn instant() -> ScalarUDF {
    let body = |arguments: &[ColumnarValue]| {
        let columns = ColumnarValue::values_to_arrays(arguments)?;
        let read = |text: Option<&str>| muster_model::parse_time(text?).ok().map(|time| time.as_microsecond());
        let times: TimestampMicrosecondArray = strings(&columns[0])?.iter().map(read).collect();
        Ok(ColumnarValue::Array(Arc::new(times.with_timezone("UTC"))))
    };
    create_udf("instant", vec![DataType::Utf8], utc(), Volatility::Immutable, Arc::new(body))
}

/// A text of a payload as it stands there: of an `Option<Cow>` serde makes a text of its own.
#[derive(Deserialize)]
#[serde(transparent)]
struct Standing<'a>(#[serde(borrow)] Cow<'a, str>);

/// What the tables need of a GitHub payload. Each `json_get_*` reads the text again; this reads it once.
#[derive(Default, Deserialize)]
#[serde(default)]
struct GithubFields<'a> {
    number: Option<i64>,
    actor_id: Option<i64>,
    #[serde(borrow)]
    actor_type: Option<Standing<'a>>,
    #[serde(borrow)]
    author: Option<Standing<'a>>,
    author_id: Option<i64>,
    #[serde(borrow)]
    state: Option<Standing<'a>>,
    #[serde(borrow)]
    tag: Option<Standing<'a>>,
}

impl<'a> GithubFields<'a> {
    /// A payload of another shape has none of them.
    fn read(json: &'a str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }
}

fn github_fields() -> ScalarUDF {
    let fields = Fields::from(vec![
        Field::new("number", DataType::Int64, true),
        Field::new("actor_id", DataType::Int64, true),
        Field::new("actor_type", DataType::Utf8View, true),
        Field::new("author", DataType::Utf8View, true),
        Field::new("author_id", DataType::Int64, true),
        Field::new("state", DataType::Utf8View, true),
        Field::new("tag", DataType::Utf8View, true),
    ]);
    let kind = DataType::Struct(fields.clone());
    let body = move |arguments: &[ColumnarValue]| {
        let columns = ColumnarValue::values_to_arrays(arguments)?;
        let payloads = columns[0].as_string_view_opt().ok_or_else(|| {
            DataFusionError::Execution("github_fields(data) is for the column data of events".to_owned())
        })?;
        let rows: Vec<GithubFields<'_>> =
            payloads.iter().map(|json| json.map(GithubFields::read).unwrap_or_default()).collect();
        let numbers = |of: fn(&GithubFields<'_>) -> Option<i64>| -> ArrayRef {
            Arc::new(rows.iter().map(of).collect::<Int64Array>())
        };
        let texts = |of: for<'r, 'a> fn(&'r GithubFields<'a>) -> Option<&'r Standing<'a>>| -> ArrayRef {
            Arc::new(rows.iter().map(|row| of(row).map(|text| &*text.0)).collect::<StringViewArray>())
        };
        let columns = vec![
            numbers(|row| row.number),
            numbers(|row| row.actor_id),
            texts(|row| row.actor_type.as_ref()),
            texts(|row| row.author.as_ref()),
            numbers(|row| row.author_id),
            texts(|row| row.state.as_ref()),
            texts(|row| row.tag.as_ref()),
        ];
        Ok(ColumnarValue::Array(Arc::new(StructArray::try_new(fields.clone(), columns, None)?)))
    };
    create_udf("github_fields", vec![DataType::Utf8View], kind, Volatility::Immutable, Arc::new(body))
}

fn bot_reason(bots: BotPolicy) -> ScalarUDF {
    let body = move |arguments: &[ColumnarValue]| {
        let columns = ColumnarValue::values_to_arrays(arguments)?;
        let (accounts, names) = (strings(&columns[0])?, strings(&columns[1])?);
        let typed = columns[2].as_boolean();
        let answer: StringArray = (0..accounts.len())
            .map(|row| match text_at(&accounts, row) {
                account if typed.is_valid(row) && typed.value(row) => Some(typed_reason(account?).to_owned()),
                account => bots.reason(account?, text_at(&names, row)).map(str::to_owned),
            })
            .collect();
        Ok(ColumnarValue::Array(Arc::new(answer)))
    };
    let arguments = vec![DataType::Utf8, DataType::Utf8, DataType::Boolean];
    create_udf("bot_reason", arguments, DataType::Utf8, Volatility::Immutable, Arc::new(body))
}

fn typed_reason(account: &str) -> &'static str {
    if account.starts_with("github") {
        "GitHub's account type is Bot"
    } else {
        "the platform says that it is a program"
    }
}

fn bot_exception(bots: BotPolicy) -> ScalarUDF {
    let body = move |arguments: &[ColumnarValue]| {
        let columns = ColumnarValue::values_to_arrays(arguments)?;
        let (accounts, names) = (strings(&columns[0])?, strings(&columns[1])?);
        let answer: BooleanArray = (0..accounts.len())
            .map(|row| {
                Some(text_at(&accounts, row).is_some_and(|account| bots.is_exception(account, text_at(&names, row))))
            })
            .collect();
        Ok(ColumnarValue::Array(Arc::new(answer)))
    };
    let arguments = vec![DataType::Utf8, DataType::Utf8];
    create_udf("bot_exception", arguments, DataType::Boolean, Volatility::Immutable, Arc::new(body))
}

/// SQL's `NULL NOT LIKE …` is not true, so that DevStats leaves out whoever has no login.
fn devstats_bot(bots: BotPolicy) -> ScalarUDF {
    let body = move |arguments: &[ColumnarValue]| {
        let columns = ColumnarValue::values_to_arrays(arguments)?;
        let answer: BooleanArray = strings(&columns[0])?
            .iter()
            .map(|login| Some(login.is_none_or(|login| bots.reason(login, None).is_some())))
            .collect();
        Ok(ColumnarValue::Array(Arc::new(answer)))
    };
    create_udf("devstats_bot", vec![DataType::Utf8], DataType::Boolean, Volatility::Immutable, Arc::new(body))
}

fn strings(column: &ArrayRef) -> Result<StringArray> {
    Ok(cast(column, &DataType::Utf8)?.as_string::<i32>().clone())
}

fn text_at(texts: &StringArray, row: usize) -> Option<&str> {
    texts.is_valid(row).then(|| texts.value(row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_accounts_is_masked() {
        let hidden = account::masked("email:ada@example.org");
        assert_eq!(masked_list(r#"["github:octo","email:ada@example.org"]"#), format!("github:octo {hidden}"));
    }

    #[test]
    fn a_payload_is_read_in_one_pass_whatever_is_in_it() {
        let field = GithubFields::read;
        let merged = field(r#"{"schema":1,"number":7,"actor_id":5,"author":"github:a\u00e9","author_id":9}"#);
        assert_eq!((merged.number, merged.actor_id, merged.author_id), (Some(7), Some(5), Some(9)));
        assert_eq!(merged.author.as_ref().map(|text| &*text.0), Some("github:aé"));
        assert_eq!(field("not JSON").number, None);
        assert_eq!(field(r#"{"number":"seven","actor_id":5}"#).actor_id, None);
    }

    #[test]
    fn a_subject_says_its_repository() {
        assert_eq!(repository("issue.opened", "github:a/b#7"), "a/b");
        assert_eq!(repository("pull_request.opened", "gitlab:a/b/c!7"), "a/b/c");
        assert_eq!(repository("release.published", "github:a/b/release/v1#2"), "a/b");
        assert_eq!(repository("commit.commented", "git:a/b@c0ffee"), "a/b");
        assert_eq!(repository("repository.starred", "github:a/b"), "a/b");
    }

    #[test]
    fn an_id_is_the_same_fact_whatever_its_time() {
        assert_eq!(timeless("github:a/b#1/labeled/bug/2025-01-01T00:00:00Z"), "github:a/b#1/labeled/bug");
        assert_eq!(timeless("github:a/b#1/comment/20250101"), "github:a/b#1/comment/20250101");
        assert_eq!(timeless("github:a/b#1/opened"), "github:a/b#1/opened");
    }

    #[test]
    fn one_policy_says_who_is_a_bot() {
        let bots = BotPolicy::new(BotList::Muster, &["^acme-ci$".to_owned()], &["^robotlover$".to_owned()]).unwrap();
        assert!(bots.reason("github:dependabot[bot]", None).is_some());
        assert!(bots.reason("github:k8s-ci-robot", None).is_some());
        assert!(bots.reason("email:x@example.org", Some("renovate[bot]")).is_some());
        assert!(bots.reason("github:Acme-CI", None).unwrap().contains("acme-ci"));
        assert_eq!(bots.reason("github:botticelli", Some("Bot Ticelli")), None);
        assert!(bots.is_exception("github:robotlover", None));
        let theirs = BotPolicy::new(BotList::DevStats, &[], &[]).unwrap();
        for login in ["k8s-ci-robot", "travis-ci-bot", "acme-ci", "k8s-lover", "openshift[bot]", "x-testing", "asfgit"]
        {
            assert!(theirs.reason(&format!("github:{login}"), None).is_some(), "{login}");
        }
        assert_eq!(theirs.reason("github:ada", None), None);
    }
}
