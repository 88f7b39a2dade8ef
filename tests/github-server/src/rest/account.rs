//! Accounts.

use super::Writer;
use crate::node_id;
use crate::world::{Account, AccountKind};
use serde_json::{Value, json};

impl Writer<'_> {
    /// `simple-user`.
    pub(super) fn user(&self, account: &Account) -> Value {
        let id = node_id::alone(node_id::account_prefix(account.kind), account.id);
        self.simple_user(account.id, &account.rest_login(), &id, account.kind.rest())
    }

    /// The author of a text: the account, or `ghost` if it was deleted.
    pub(super) fn author(&self, id: u64) -> Value {
        match self.world.account(id) {
            Some(account) => self.user(account),
            None => self.simple_user(10_137, "ghost", "MDQ6VXNlcjEwMTM3", "User"),
        }
    }

    /// Who did something: the account, or null if it was deleted.
    pub(super) fn actor(&self, id: u64) -> Value {
        self.world.account(id).map_or(Value::Null, |account| self.user(account))
    }

    fn simple_user(&self, id: u64, login: &str, node_id: &str, kind: &str) -> Value {
        let api = format!("{}/users/{}", self.url, login.replace('[', "%5B").replace(']', "%5D"));
        let html = match login.strip_suffix("[bot]") {
            Some(app) => format!("https://github.com/apps/{app}"),
            None => format!("https://github.com/{login}"),
        };
        json!({
            "login": login, "id": id, "node_id": node_id, "type": kind,
            "avatar_url": format!("https://avatars.githubusercontent.com/u/{id}?v=4"), "gravatar_id": "",
            "url": api, "html_url": html,
            "followers_url": format!("{api}/followers"),
            "following_url": format!("{api}/following{{/other_user}}"),
            "gists_url": format!("{api}/gists{{/gist_id}}"),
            "starred_url": format!("{api}/starred{{/owner}}{{/repo}}"),
            "subscriptions_url": format!("{api}/subscriptions"),
            "organizations_url": format!("{api}/orgs"),
            "repos_url": format!("{api}/repos"),
            "events_url": format!("{api}/events{{/privacy}}"),
            "received_events_url": format!("{api}/received_events"),
            "user_view_type": "public", "site_admin": false,
        })
    }

    /// `public-user`.
    pub(super) fn public_user(&self, account: &Account) -> Value {
        full(self.user(account))
    }

    /// Who a token belongs to that nobody in the world has.
    pub(super) fn stand_in(&self, login: &str) -> Value {
        full(self.user(&Account { id: 1, login: login.to_owned(), kind: AccountKind::User, deleted: false }))
    }
}

fn full(mut user: Value) -> Value {
    for absent in ["name", "company", "location", "email", "hireable", "bio", "twitter_username"] {
        user[absent] = Value::Null;
    }
    user["blog"] = json!("");
    for count in ["public_repos", "public_gists", "followers", "following"] {
        user[count] = json!(0);
    }
    user["created_at"] = json!("2015-01-01T00:00:00Z");
    user["updated_at"] = json!("2025-01-01T00:00:00Z");
    user
}
