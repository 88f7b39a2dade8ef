//! The functions that SQL lacks.
//!
//! | function | gives |
//! | --- | --- |
//! | `as_of()` | the as-of instant; a constant within a run |
//! | `masked(text)` | an account or other text; e-mail addresses are replaced by hashes, so that none leaves the log |
//! | `masked_list(json)` | a JSON list of accounts, masked, separated by spaces |
//! | `organisation_key(organisation)` | the organisation as it is told apart: lower case; null for `Independent` and the like |
//! | `noreply_account(account)` | `github:<login>` for GitHub's no-reply addresses, else the account |
//! | `time_key(time)` | the instant as 20 digits that sort as it does: `max(time_key(t) || x)` holds the latest `x` |
//! | `bot_reason(account, name, typed)` | why the account is a bot, or null |
//! | `bot_exception(account, name)` | whether the pipeline says it is none |

use crate::QueryError;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, StringArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type, TimeUnit};
use datafusion::common::{Result, ScalarValue};
use datafusion::execution::context::SessionContext;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use muster_model::{Timestamp, account};
use regex::RegexSet;
use serde::Deserialize;
use std::sync::Arc;

/// Who is taken for a bot: one policy, applied everywhere.
#[derive(Debug, Clone)]
pub struct BotPolicy {
    patterns: RegexSet,
    reasons: Vec<String>,
    exceptions: RegexSet,
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
    /// The patterns of `queries/bots.toml` and the pipeline's own, and the pipeline's exceptions: regular expressions
    /// over the login, the name or the e-mail address, without regard to case.
    ///
    /// # Errors
    /// A pattern that is no regular expression.
    pub fn new(more: &[String], exceptions: &[String]) -> std::result::Result<Self, QueryError> {
        let wrong = |message: String| QueryError::Definition { file: "queries/bots.toml".to_owned(), message };
        let shipped: Patterns =
            toml::from_str(include_str!("../../../queries/bots.toml")).map_err(|error| wrong(error.to_string()))?;
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
        [bare(account), name.unwrap_or("")]
            .into_iter()
            .filter_map(|text| self.patterns.matches(text).iter().next())
            .next()
            .map(|index| self.reasons[index].as_str())
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

fn noreply_account(written: &str) -> String {
    written.strip_prefix("email:").and_then(account::noreply_login).map_or_else(|| written.to_owned(), account::github)
}

/// What people write who work for nobody: their own row, not an organisation.
const NO_ORGANISATION: [&str; 9] =
    ["independent", "individual", "freelance", "self", "self-employed", "none", "n/a", "-", "unaffiliated"];

/// Two spellings that differ in case or white space alone are one organisation; `Independent` is none.
fn organisation_key(written: &str) -> Option<String> {
    let key = written.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    (!key.is_empty() && !NO_ORGANISATION.contains(&key.as_str())).then_some(key)
}

fn masked_list(json: &str) -> String {
    let accounts: Vec<String> = serde_json::from_str(json).unwrap_or_default();
    accounts.iter().map(|written| account::masked(written)).collect::<Vec<_>>().join(" ")
}

pub(crate) fn register(context: &SessionContext, as_of: Timestamp, bots: &BotPolicy) {
    let utc = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let instant = ScalarValue::TimestampMicrosecond(Some(as_of.as_microsecond()), Some("UTC".into()));
    context.register_udf(create_udf(
        "as_of",
        vec![],
        utc,
        Volatility::Immutable,
        Arc::new(move |_: &[ColumnarValue]| Ok(ColumnarValue::Scalar(instant.clone()))),
    ));
    context.register_udf(text_function("masked", |text| Some(account::masked(text))));
    context.register_udf(text_function("masked_list", |text| Some(masked_list(text))));
    context.register_udf(text_function("noreply_account", |text| Some(noreply_account(text))));
    context.register_udf(text_function("organisation_key", organisation_key));
    context.register_udf(time_key());
    context.register_udf(bot_reason(bots.clone()));
    context.register_udf(bot_exception(bots.clone()));
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

/// An aggregate over such texts is many times faster than `last_value(… ORDER BY …)`, which keeps a state a group.
fn time_key() -> ScalarUDF {
    let body = |arguments: &[ColumnarValue]| {
        let columns = ColumnarValue::values_to_arrays(arguments)?;
        let micros = cast(&columns[0], &DataType::Int64)?;
        let shifted = |micros: i64| i128::from(micros) - i128::from(i64::MIN);
        let keys: StringArray = micros
            .as_primitive::<Int64Type>()
            .iter()
            .map(|micros| micros.map(|micros| format!("{:020}", shifted(micros))))
            .collect();
        Ok(ColumnarValue::Array(Arc::new(keys)))
    };
    let utc = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    create_udf("time_key", vec![utc], DataType::Utf8, Volatility::Immutable, Arc::new(body))
}

fn bot_reason(bots: BotPolicy) -> ScalarUDF {
    let body = move |arguments: &[ColumnarValue]| {
        let columns = ColumnarValue::values_to_arrays(arguments)?;
        let (accounts, names) = (strings(&columns[0])?, strings(&columns[1])?);
        let typed = columns[2].as_boolean();
        let answer: StringArray = (0..accounts.len())
            .map(|row| match text_at(&accounts, row) {
                _ if typed.is_valid(row) && typed.value(row) => Some("GitHub's account type is Bot".to_owned()),
                account => bots.reason(account?, text_at(&names, row)).map(str::to_owned),
            })
            .collect();
        Ok(ColumnarValue::Array(Arc::new(answer)))
    };
    let arguments = vec![DataType::Utf8, DataType::Utf8, DataType::Boolean];
    create_udf("bot_reason", arguments, DataType::Utf8, Volatility::Immutable, Arc::new(body))
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
    fn independent_is_no_organisation() {
        assert_eq!(organisation_key(" Acme  Cloud ").as_deref(), Some("acme cloud"));
        assert_eq!(organisation_key("Independent"), None);
        assert_eq!(organisation_key(""), None);
    }

    #[test]
    fn one_policy_says_who_is_a_bot() {
        let bots = BotPolicy::new(&["^acme-ci$".to_owned()], &["^robotlover$".to_owned()]).unwrap();
        assert!(bots.reason("github:dependabot[bot]", None).is_some());
        assert!(bots.reason("github:k8s-ci-robot", None).is_some());
        assert!(bots.reason("email:x@example.org", Some("renovate[bot]")).is_some());
        assert!(bots.reason("github:Acme-CI", None).unwrap().contains("acme-ci"));
        assert_eq!(bots.reason("github:botticelli", Some("Bot Ticelli")), None);
        assert!(bots.is_exception("github:robotlover", None));
    }
}
