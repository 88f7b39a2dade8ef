//! What muster knows of organisations by itself: `queries/organizations.toml`.

use std::sync::OnceLock;

use muster_model::{Timestamp, parse_time};
use serde::Deserialize;

use crate::{Alias, Domain, Relation};

const TEXT: &str = include_str!("../../../queries/organizations.toml");

/// As the evidence has it, said by `muster`.
#[derive(Default)]
pub(crate) struct Shipped {
    pub aliases: Vec<Alias>,
    pub relations: Vec<Relation>,
    pub domains: Vec<Domain>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    organization: Vec<Organization>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Organization {
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    domains: Vec<String>,
    parent: Option<String>,
    from: Option<String>,
    until: Option<String>,
}

/// The list. A test reads it, so that it cannot be shipped broken.
pub(crate) fn shipped() -> &'static Shipped {
    static SHIPPED: OnceLock<Shipped> = OnceLock::new();
    SHIPPED.get_or_init(|| read(TEXT).unwrap_or_default())
}

fn read(text: &str) -> Result<Shipped, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    let mut shipped = Shipped::default();
    for organization in file.organization {
        let Organization { name, aliases, domains, parent, from, until } = organization;
        shipped.aliases.extend(aliases.into_iter().map(|alias| shipped_alias(alias, &name)));
        shipped.domains.extend(domains.into_iter().map(|domain| shipped_domain(domain, &name)));
        if let Some(parent) = parent {
            shipped.relations.push(Relation {
                event_id: String::new(),
                organisation: name,
                parent,
                from: time(from.as_deref())?,
                until: time(until.as_deref())?,
                said_by: "muster".to_owned(),
                revision: 0,
                withdrawn: false,
            });
        }
    }
    Ok(shipped)
}

fn shipped_alias(alias: String, name: &str) -> Alias {
    Alias {
        event_id: String::new(),
        alias,
        organisation: name.to_owned(),
        pattern: false,
        said_by: "muster".to_owned(),
        revision: 0,
        withdrawn: false,
    }
}

fn shipped_domain(domain: String, name: &str) -> Domain {
    Domain {
        event_id: String::new(),
        domain,
        organisation: name.to_owned(),
        from: None,
        until: None,
        said_by: "muster".to_owned(),
        revision: 0,
        withdrawn: false,
    }
}

fn time(day: Option<&str>) -> Result<Option<Timestamp>, String> {
    day.map(|day| parse_time(&format!("{day}T00:00:00Z"))).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_list_can_be_read() {
        let shipped = read(TEXT).unwrap();
        assert!(shipped.relations.len() > 20 && shipped.aliases.len() > 10 && shipped.domains.len() > 20);
        assert!(shipped.domains.iter().all(|domain| !crate::free_mail::is_anybodys(&domain.domain)));
    }

    #[test]
    fn a_wrong_list_is_an_error() {
        assert!(read("[[organization]]\nname = 'A'\ncolour = 'red'\n").is_err());
        assert!(read("[[organization]]\nname = 'A'\nparent = 'B'\nfrom = '2020-13-01'\n").is_err());
    }
}
