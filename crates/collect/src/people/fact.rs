//! What the files state, and the event of it.

use super::COLLECTOR;
use muster_model::payload::{
    AccountLinked, AccountUnlinked, AffiliationDeclared, DomainAssigned, OrganizationAliased, OrganizationRelated,
    PersonForgotten,
};
use muster_model::{Event, Payload, Timestamp, account, parse_time};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_64;

/// Who says so. Short names, since the cursor holds one for each statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Voice {
    #[serde(rename = "p")]
    People,
    #[serde(rename = "g")]
    Gitdm,
    #[serde(rename = "e")]
    EmailMap,
    #[serde(rename = "c")]
    Profile,
    #[serde(rename = "s")]
    SortingHat,
    #[serde(rename = "m")]
    Mailmap,
}

impl Voice {
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Gitdm => "gitdm",
            Self::EmailMap => "email-map",
            Self::Profile => "profile",
            Self::SortingHat => "sortinghat",
            Self::Mailmap => "mailmap",
        }
    }
}

/// When something holds: from a day on, until before another.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Period {
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

impl Period {
    /// Whether some day lies in it. Days are written so that their order is that of the text.
    pub(super) fn has_days(&self) -> bool {
        match (&self.from, &self.until) {
            (Some(from), Some(until)) => from < until,
            _ => true,
        }
    }

    /// The days in both.
    pub(super) fn and(&self, other: &Self) -> Self {
        Self {
            from: self.from.clone().max(other.from.clone()),
            until: match (&self.until, &other.until) {
                (Some(one), Some(two)) => Some(one.min(two).clone()),
                (one, two) => one.clone().or_else(|| two.clone()),
            },
        }
    }

    fn text(&self) -> String {
        let day = |day: &Option<String>| day.clone().unwrap_or_default();
        format!("{}..{}", day(&self.from), day(&self.until))
    }
}

/// A day as `2015-10-01`.
///
/// # Errors
/// What is wrong with it, and how to write it.
pub(super) fn day(text: &str) -> Result<String, String> {
    let text = text.trim();
    let written = text.len() == 10
        && text.bytes().enumerate().all(
            |(at, byte)| {
                if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() }
            },
        );
    if written && text.parse::<jiff::civil::Date>().is_ok() {
        Ok(text.to_owned())
    } else if written {
        Err(format!("{text} is no day of the calendar"))
    } else {
        Err(format!("{:?} is no date; a date is written as 2015-10-01", shown(text)))
    }
}

/// A piece of a file as it may stand in a message: short, and without addresses, also those written with `!`.
pub(super) fn shown(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    let masked = account::masked(&short);
    if masked.contains('@') || masked.contains('!') { "…".to_owned() } else { format!("{masked}{more}") }
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Fact {
    /// Two accounts are one person.
    #[serde(rename = "l")]
    Linked {
        #[serde(rename = "a")]
        account: String,
        #[serde(rename = "c")]
        canonical: String,
        #[serde(rename = "v")]
        evidence: Voice,
        #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// Two accounts are two people.
    #[serde(rename = "n")]
    Unlinked {
        #[serde(rename = "a")]
        account: String,
        #[serde(rename = "o")]
        other: String,
        #[serde(rename = "v")]
        evidence: Voice,
    },
    /// Somebody works somewhere.
    #[serde(rename = "a")]
    Affiliated {
        #[serde(rename = "a")]
        account: String,
        #[serde(rename = "o")]
        organisation: String,
        #[serde(rename = "v")]
        said_by: Voice,
        #[serde(rename = "t", default)]
        period: Period,
    },
    /// A spelling, or a pattern of spellings, means an organisation.
    #[serde(rename = "s")]
    Aliased {
        #[serde(rename = "a")]
        alias: String,
        #[serde(rename = "o")]
        organisation: String,
        #[serde(rename = "p", default)]
        pattern: bool,
        #[serde(rename = "v")]
        said_by: Voice,
    },
    /// An organisation belongs to another.
    #[serde(rename = "r")]
    Related {
        #[serde(rename = "o")]
        organisation: String,
        #[serde(rename = "p")]
        parent: String,
        #[serde(rename = "v")]
        said_by: Voice,
        #[serde(rename = "t", default)]
        period: Period,
    },
    /// An organisation's people have addresses in a domain.
    #[serde(rename = "d")]
    Domain {
        #[serde(rename = "d")]
        domain: String,
        #[serde(rename = "o")]
        organisation: String,
        #[serde(rename = "v")]
        said_by: Voice,
        #[serde(rename = "t", default)]
        period: Period,
    },
    /// Somebody asked to be left out.
    #[serde(rename = "x")]
    Forgotten {
        #[serde(rename = "p")]
        pseudonym: String,
        #[serde(rename = "h")]
        hashes: Vec<String>,
    },
}

impl Fact {
    /// What stays the same when the source corrects the rest: a link is that of its two accounts in either direction,
    /// whatever the name beside it.
    pub(super) fn key(&self) -> u64 {
        let text = match self {
            Self::Linked { account, canonical, evidence, .. } => pair("linked", *evidence, account, canonical),
            Self::Unlinked { account, other, evidence } => pair("unlinked", *evidence, account, other),
            Self::Forgotten { pseudonym, .. } => format!("forgotten\n{pseudonym}"),
            Self::Affiliated { .. } | Self::Aliased { .. } | Self::Related { .. } | Self::Domain { .. } => self.what(),
        };
        xxh3_64(text.as_bytes())
    }

    /// The readable part of its id.
    fn what(&self) -> String {
        match self {
            Self::Linked { account, canonical, evidence, .. } => {
                format!("{}/linked/{}={}", evidence.text(), hidden(account), hidden(canonical))
            }
            Self::Unlinked { account, other, evidence } => {
                format!("{}/unlinked/{}={}", evidence.text(), hidden(account), hidden(other))
            }
            Self::Affiliated { account, organisation, said_by, period } => {
                format!("{}/affiliation/{}/{organisation}/{}", said_by.text(), hidden(account), period.text())
            }
            Self::Aliased { alias, organisation, pattern, said_by } => {
                let kind = if *pattern { "pattern" } else { "alias" };
                format!("{}/{kind}/{alias}={organisation}", said_by.text())
            }
            Self::Related { organisation, parent, said_by, period } => {
                format!("{}/parent/{organisation}={parent}/{}", said_by.text(), period.text())
            }
            Self::Domain { domain, organisation, said_by, period } => {
                format!("{}/domain/{domain}={organisation}/{}", said_by.text(), period.text())
            }
            Self::Forgotten { pseudonym, .. } => format!("people/forgotten/{pseudonym}"),
        }
    }

    fn subject(&self) -> String {
        match self {
            Self::Linked { account, .. } | Self::Unlinked { account, .. } | Self::Affiliated { account, .. } => {
                hidden(account)
            }
            Self::Aliased { organisation, .. }
            | Self::Related { organisation, .. }
            | Self::Domain { organisation, .. } => account::masked(&format!("organization:{organisation}")),
            Self::Forgotten { pseudonym, .. } => pseudonym.clone(),
        }
    }

    fn time(&self) -> Timestamp {
        let Self::Affiliated { period, .. } = self else { return Timestamp::UNIX_EPOCH };
        let from = period.from.as_deref().and_then(|day| parse_time(day).ok());
        from.unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The event of it, in its `revision`-th wording.
    pub(super) fn event(&self, source: &str, file: &str, revision: u32, withdrawn: bool) -> Event {
        let again = if revision > 0 { format!("#{revision}") } else { String::new() };
        // White space of any kind is folded: an id is one line.
        let what = self.what().split_whitespace().collect::<Vec<_>>().join(" ");
        Event {
            id: account::masked(&format!("people:{source}/{what}{again}")),
            source: Arc::from(format!("people:{source}/{file}")),
            time: self.time(),
            subject: self.subject(),
            actor: None,
            url: None,
            data: self.payload(revision, withdrawn),
            collector: COLLECTOR.into(),
        }
    }

    fn payload(&self, revision: u32, withdrawn: bool) -> Payload {
        match self.clone() {
            Self::Linked { account, canonical, evidence, name } => {
                let evidence = evidence.text().to_owned();
                Payload::AccountLinked(AccountLinked { account, canonical, evidence, name, revision, withdrawn })
            }
            Self::Unlinked { account, other, evidence } => {
                let evidence = evidence.text().to_owned();
                Payload::AccountUnlinked(AccountUnlinked { account, other, evidence, revision, withdrawn })
            }
            Self::Affiliated { account, organisation, said_by, period: Period { from, until } } => {
                let said_by = said_by.text().to_owned();
                let projects = Vec::new();
                Payload::AffiliationDeclared(AffiliationDeclared {
                    account,
                    organisation,
                    projects,
                    said_by,
                    from,
                    until,
                    revision,
                    withdrawn,
                })
            }
            Self::Aliased { alias, organisation, pattern, said_by } => {
                let said_by = said_by.text().to_owned();
                Payload::OrganizationAliased(OrganizationAliased {
                    alias,
                    organisation,
                    pattern,
                    said_by,
                    revision,
                    withdrawn,
                })
            }
            Self::Related { organisation, parent, said_by, period: Period { from, until } } => {
                let said_by = said_by.text().to_owned();
                Payload::OrganizationRelated(OrganizationRelated {
                    organisation,
                    parent,
                    from,
                    until,
                    said_by,
                    revision,
                    withdrawn,
                })
            }
            Self::Domain { domain, organisation, said_by, period: Period { from, until } } => {
                let said_by = said_by.text().to_owned();
                Payload::DomainAssigned(DomainAssigned {
                    domain,
                    organisation,
                    from,
                    until,
                    said_by,
                    revision,
                    withdrawn,
                })
            }
            Self::Forgotten { pseudonym, hashes } => Payload::PersonForgotten(PersonForgotten { pseudonym, hashes }),
        }
    }
}

/// An account as it stands in ids, subjects and messages. An address that [`account::masked`] does not know for one, because its host
/// has no dot or its first part odd letters, is hashed as a whole.
pub(super) fn hidden(written: &str) -> String {
    let masked = account::masked(written);
    match written.strip_prefix("email:") {
        Some(address) if masked.contains('@') => format!("email:#{:016x}", xxh3_64(address.to_lowercase().as_bytes())),
        _ => masked,
    }
}

fn pair(what: &str, evidence: Voice, one: &str, other: &str) -> String {
    format!("{what}\n{}\n{}\n{}", evidence.text(), one.min(other), one.max(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(day(" 2016-02-29 "), Ok("2016-02-29".to_owned()));
        assert_eq!(day("2015-02-30").unwrap_err(), "2015-02-30 is no day of the calendar");
        for text in ["2015-2-3", "20150203", "2015", "", "+2015-02-3", "2015-02-03T10", "２015-02-0"] {
            assert!(day(text).unwrap_err().contains("is written as 2015-10-01"), "{text}");
        }
    }

    #[test]
    fn no_address_stands_in_an_id_or_a_message() {
        let fact = Fact::Linked {
            account: "email:ada@example.org".to_owned(),
            canonical: "github:ada".to_owned(),
            evidence: Voice::Gitdm,
            name: None,
        };
        let event = fact.event("p", "f.txt", 2, true);
        assert!(event.id.starts_with("people:p/gitdm/linked/email:#") && event.id.ends_with("=github:ada#2"));
        assert!(!event.subject.contains('@'));
        for text in ["a!b.org", "a@b", "x a@b.org"] {
            assert!(!shown(text).contains(['!', '@']), "{text}");
        }
    }
}
