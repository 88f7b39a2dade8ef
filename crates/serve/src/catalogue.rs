//! What tools ask of PostgreSQL's catalogue and datafusion-postgres does not know.
//!
//! Functions about things that there are none of here give the answer for none. Parts of questions that DataFusion cannot plan are
//! put in other words, which mean the same for a database without keys, roles and types of its own.

use muster_query::datafusion::arrow::datatypes::DataType;
use muster_query::datafusion::common::{Result, ScalarValue};
use muster_query::datafusion::execution::context::SessionContext;
use muster_query::datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, TypeSignature, Volatility,
};
use regex::Regex;

/// A function's name and what it always gives: nothing, an empty text, or yes or no.
const FUNCTIONS: [(&str, Answer); 16] = [
    ("col_description", Answer::Nothing),
    ("obj_description", Answer::Nothing),
    ("shobj_description", Answer::Nothing),
    ("pg_get_viewdef", Answer::Nothing),
    ("pg_get_ruledef", Answer::Nothing),
    ("pg_get_indexdef", Answer::Nothing),
    ("pg_get_triggerdef", Answer::Nothing),
    ("pg_get_function_result", Answer::Nothing),
    ("pg_get_function_arguments", Answer::Nothing),
    ("pg_get_functiondef", Answer::Nothing),
    ("pg_size_pretty", Answer::Nothing),
    ("pg_tablespace_location", Answer::Nothing),
    ("pg_type_is_visible", Answer::Yes),
    ("pg_operator_is_visible", Answer::Yes),
    ("pg_function_is_visible", Answer::Yes),
    ("pg_is_in_recovery", Answer::No),
];

/// Part of a question, and other words for it. Spaces stand for any white space.
const WORDS: [(&str, &str); 14] = [
    // psql, \d+: options of the storage.
    (
        "pg_catalog.array_to_string(c.reloptions || array(select 'toast.' || x from pg_catalog.unnest(tc.reloptions) x), ', ')",
        "''",
    ),
    // psql, \du: the roles of a role.
    (
        "ARRAY(SELECT b.rolname FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles b ON (m.roleid = b.oid) WHERE m.member = r.oid)",
        "''",
    ),
    // JDBC, getTypeInfo: whether a type is the row of a table, and whether it is a list.
    ("(SELECT c.relkind = 'c' FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid)", "false"),
    ("typinput='pg_catalog.array_in'::regproc", "typinput='array_in'"),
    // JDBC, getPrimaryKeys and getIndexInfo: the columns of a key, of which there is none.
    ("(information_schema._pg_expandarray(i.indkey)).n", "1"),
    ("information_schema._pg_expandarray(i.indkey)", "1"),
    ("(result.KEYS).x", "1"),
    ("(i.keys).x", "1"),
    ("tmp.I_INDOPTION[tmp.ORDINAL_POSITION - 1] & 1::smallint", "0"),
    // JDBC, getImportedKeys, getExportedKeys and getCrossReference: how many columns a key can have, and which they are.
    ("SELECT setting FROM pg_catalog.pg_settings WHERE name='max_index_keys'", "SELECT '32' AS setting"),
    ("con.confkey[pos.n]", "CAST(NULL AS SMALLINT)"),
    ("con.conkey[pos.n]", "CAST(NULL AS SMALLINT)"),
    // JDBC, getProcedures: columns that have no name.
    ("\"PROCEDURE_NAME\", NULL, NULL, NULL,", "\"PROCEDURE_NAME\", NULL AS a, NULL AS b, NULL AS c,"),
    // JDBC, getTablePrivileges and getColumnPrivileges: who was given rights.
    ("r.rolname,c.relacl", "r.rolname,CAST(NULL AS VARCHAR) AS relacl"),
];

/// Puts the words of tools into words that can be planned.
#[derive(Debug)]
pub(crate) struct Phrasebook(Vec<(Regex, &'static str)>);

impl Phrasebook {
    pub fn new() -> Self {
        let pattern = |part: &str| part.split(' ').map(regex::escape).collect::<Vec<_>>().join(r"\s+");
        let entry = |(part, words): (&str, &'static str)| Regex::new(&pattern(part)).ok().map(|part| (part, words));
        Self(WORDS.into_iter().filter_map(entry).collect())
    }

    /// The question, as it came where there is nothing to change.
    pub fn translated(&self, sql: &str) -> String {
        let mut sql = sql.to_owned();
        if sql.contains("pg_catalog") {
            for (part, words) in &self.0 {
                sql = part.replace_all(&sql, *words).into_owned();
            }
        }
        sql
    }
}

/// Registers the functions.
pub(crate) fn register(context: &SessionContext) {
    for (name, answer) in FUNCTIONS {
        let any = vec![TypeSignature::Nullary, TypeSignature::VariadicAny];
        let signature = Signature::one_of(any, Volatility::Immutable);
        context.register_udf(ScalarUDF::new_from_impl(Always { name, answer, signature }));
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Answer {
    Nothing,
    Yes,
    No,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Always {
    name: &'static str,
    answer: Answer,
    signature: Signature,
}

impl ScalarUDFImpl for Always {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(if self.answer == Answer::Nothing { DataType::Utf8 } else { DataType::Boolean })
    }

    fn invoke_with_args(&self, _: ScalarFunctionArgs) -> Result<ColumnarValue> {
        Ok(ColumnarValue::Scalar(match self.answer {
            Answer::Nothing => ScalarValue::Utf8(None),
            Answer::Yes => ScalarValue::Boolean(Some(true)),
            Answer::No => ScalarValue::Boolean(Some(false)),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_words_of_tools_are_changed() {
        let book = Phrasebook::new();
        assert_eq!(book.0.len(), WORDS.len());
        let asked = "SELECT t.typname FROM pg_catalog.pg_type t WHERE (t.typrelid = 0 OR (SELECT c.relkind = 'c'\n  FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid))";
        let planned = "SELECT t.typname FROM pg_catalog.pg_type t WHERE (t.typrelid = 0 OR false)";
        assert_eq!(book.translated(asked), planned);
        let own = "SELECT 'a  b' FROM contributions";
        assert_eq!(book.translated(own), own);
    }
}
