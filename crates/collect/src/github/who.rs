//! Accounts of GitHub's, the same whoever names them.
//!
//! **Deleted accounts.** GitHub gives them as null here and as the account `ghost` there, and what `ghost` did was done by
//! many. Both are nobody: no actor, no number, no type, and the mark of a part that is not known. An archive of the days
//! when the account was there still tells who it was, under the id without the mark.
//!
//! **Bots.** The REST API, webhooks and archives call an App's account `dependabot[bot]`, GraphQL calls it `dependabot` and
//! says beside it that it is a bot: [`Who::from_graphql`] writes it as the others do.

use muster_model::account;

/// Who did it. The default is nobody: a deleted account, or one that the source does not name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Who {
    /// `github:<login>`.
    pub account: Option<String>,
    /// GitHub's number of the account.
    pub id: Option<u64>,
    /// `User`, `Bot`, `Organization`, `Mannequin`.
    pub kind: Option<String>,
}

impl Who {
    /// An account as the REST API, webhooks and archives name it.
    pub fn new(login: &str, id: Option<u64>, kind: Option<&str>) -> Self {
        if login.is_empty() || login.eq_ignore_ascii_case("ghost") {
            return Self::default();
        }
        Self { account: Some(account::github(login)), id, kind: kind.map(str::to_owned) }
    }

    /// An account as GraphQL names it: `typename` is `__typename`, `id` is `databaseId`.
    #[allow(dead_code, reason = "the live collector's")]
    pub fn from_graphql(typename: &str, login: &str, id: Option<u64>) -> Self {
        Self::new(&rest_login(typename, login), id, Some(typename))
    }

    /// This account, or another where it is nobody.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if self.is_known() { self } else { other }
    }

    pub fn is_known(&self) -> bool {
        self.account.is_some()
    }
}

/// What the REST API calls an account that GraphQL calls `login`.
fn rest_login(typename: &str, login: &str) -> String {
    match login {
        _ if typename != "Bot" || login.ends_with("[bot]") => login.to_owned(),
        // The one App whose account is not called after it.
        "copilot-swe-agent" | "Copilot" => "Copilot".to_owned(),
        _ => format!("{login}[bot]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graphql_names_accounts_as_the_rest_api_does() {
        for (typename, login, account) in [
            ("Bot", "dependabot", "github:dependabot[bot]"),
            ("Bot", "dependabot[bot]", "github:dependabot[bot]"),
            ("Bot", "copilot-swe-agent", "github:copilot"),
            ("User", "Ada", "github:ada"),
        ] {
            let who = Who::from_graphql(typename, login, Some(7));
            assert_eq!((who.account.as_deref(), who.id, who.kind.as_deref()), (Some(account), Some(7), Some(typename)));
            assert_eq!(who, Who::new(account.trim_start_matches("github:"), Some(7), Some(typename)));
        }
        assert_eq!(Who::from_graphql("User", "ghost", Some(10_137)), Who::default());
    }
}
