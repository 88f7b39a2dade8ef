//! A profile answered: met, not met, undecided, or in need of a link. What no data can answer is never met.

use super::profile::{Criterion, Profile};
use crate::claims::{Answer, Figures, Meanings, Reading, Verdict, check, figure};
use muster_model::Claim;
use serde::Serialize;
use std::collections::BTreeMap;
use url::Url;

/// How a criterion stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The data say that it is met, and the link that it asks for besides is there.
    Met,
    /// The data say that it is not.
    NotMet,
    /// The data cannot tell, or the body names no threshold to hold them against.
    Undecided,
    /// A document answers it, which a person must read: whether the link is there is told beside it.
    NeedsLink,
}

impl Status {
    /// `met`, `not met`, `undecided`, `needs a link`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not met",
            Self::Undecided => "undecided",
            Self::NeedsLink => "needs a link",
        }
    }
}

/// A link that answers a criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkAnswer {
    /// What `links` of the pipeline file calls it.
    pub name: String,
    /// The address, as it is written there; none where it is not.
    pub address: Option<String>,
    /// Whether it is an address that a reader can open.
    pub well_formed: bool,
    /// What is wrong with it.
    pub problem: Option<String>,
}

/// A criterion, answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CriterionAnswer {
    /// Its name.
    pub id: String,
    /// The part of the application that it stands in.
    pub section: String,
    /// What is asked.
    pub text: String,
    /// Where it stands.
    pub reference: String,
    /// Whether the body requires it.
    pub required: bool,
    /// Since when, where that is news.
    pub since: Option<String>,
    /// Of what a share is taken, and what counts.
    pub denominator: Option<String>,
    /// How it stands.
    pub status: Status,
    /// Why, where it is not met or nobody can tell.
    pub because: Vec<String>,
    /// What would decide it.
    pub to_decide: Vec<String>,
    /// What the data say, under every definition; none where none was asked for.
    pub verdict: Option<Verdict>,
    /// The figures that the body looks at without a threshold.
    pub figures: Vec<Reading>,
    /// The link; none where none is asked for.
    pub link: Option<LinkAnswer>,
}

/// A profile, answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answered {
    /// The number of this shape.
    pub schema: u32,
    /// The community.
    pub project: String,
    /// The program that computed it.
    pub muster_version: String,
    /// What the figures look back from.
    pub as_of: String,
    /// The version of the log.
    pub log_version: i64,
    /// The profile's name.
    pub profile: String,
    /// Its title.
    pub title: String,
    /// Who asks.
    pub body: String,
    /// The page that it was taken from.
    pub reference: String,
    /// Which version of it.
    pub version: String,
    /// What a reader should know.
    pub notes: Vec<String>,
    /// How many are met.
    pub met: usize,
    /// How many are not.
    pub not_met: usize,
    /// How many nobody can tell.
    pub undecided: usize,
    /// How many need a link.
    pub needs_link: usize,
    /// One a criterion, in the body's order.
    pub criteria: Vec<CriterionAnswer>,
}

impl Answered {
    /// Whether the data speak against a criterion that is required.
    pub fn is_refuted(&self) -> bool {
        self.criteria.iter().any(|criterion| criterion.required && criterion.status == Status::NotMet)
    }
}

/// What an answer is taken from.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The community.
    pub project: String,
    /// The program.
    pub muster_version: String,
    /// What the figures look back from, as a day.
    pub as_of: String,
    /// The version of the log.
    pub log_version: i64,
}

/// Answers a profile. `links` are the pipeline file's.
pub fn answer(
    profile: &Profile,
    links: &BTreeMap<String, String>,
    meanings: &Meanings,
    figures: &dyn Figures,
    taken: Taken,
) -> Answered {
    let one = |criterion| answer_one(criterion, profile, links, meanings, figures);
    let criteria: Vec<CriterionAnswer> = profile.criteria.iter().map(one).collect();
    let count = |status| criteria.iter().filter(|criterion| criterion.status == status).count();
    Answered {
        schema: 1,
        project: taken.project,
        muster_version: taken.muster_version,
        as_of: taken.as_of,
        log_version: taken.log_version,
        profile: profile.id.clone(),
        title: profile.title.clone(),
        body: profile.body.clone(),
        reference: profile.reference.clone(),
        version: profile.version.clone(),
        notes: profile.notes.clone(),
        met: count(Status::Met),
        not_met: count(Status::NotMet),
        undecided: count(Status::Undecided),
        needs_link: count(Status::NeedsLink),
        criteria,
    }
}

fn answer_one(
    criterion: &Criterion,
    profile: &Profile,
    links: &BTreeMap<String, String>,
    meanings: &Meanings,
    figures: &dyn Figures,
) -> CriterionAnswer {
    let verdict = verdict(criterion, meanings, figures);
    let link = criterion.link.as_deref().map(|name| link(name, links));
    let mut answered = CriterionAnswer {
        id: criterion.id.clone(),
        section: criterion.section.clone(),
        text: criterion.text.clone(),
        reference: criterion.reference.clone().unwrap_or(profile.reference.clone()),
        required: criterion.required,
        since: criterion.since.clone(),
        denominator: criterion.denominator.clone(),
        status: status(verdict.as_ref(), criterion, link.as_ref()),
        because: Vec::new(),
        to_decide: Vec::new(),
        figures: criterion.shows.iter().map(|metric| figure(metric, meanings, figures)).collect(),
        verdict,
        link,
    };
    reasons(&mut answered);
    answered
}

fn verdict(criterion: &Criterion, meanings: &Meanings, figures: &dyn Figures) -> Option<Verdict> {
    let claim = Claim {
        id: criterion.id.clone(),
        text: criterion.text.clone(),
        required: criterion.required,
        place: None,
        expect: criterion.expect.clone(),
    };
    if claim.expect.is_empty() { None } else { check(&[claim], meanings, figures).pop() }
}

/// The data decide first; what they leave to a document is its.
fn status(verdict: Option<&Verdict>, criterion: &Criterion, link: Option<&LinkAnswer>) -> Status {
    match verdict.map(|verdict| verdict.answer) {
        Some(Answer::Fails) => Status::NotMet,
        Some(Answer::Undecided) => Status::Undecided,
        Some(Answer::Holds) if link.is_none_or(|link| link.well_formed) => Status::Met,
        Some(Answer::Holds) => Status::NeedsLink,
        None if criterion.link.is_some() => Status::NeedsLink,
        None => Status::Undecided,
    }
}

fn reasons(answered: &mut CriterionAnswer) {
    if let Some(verdict) = &answered.verdict {
        answered.because.extend(verdict.because.iter().cloned());
        answered.to_decide.extend(verdict.to_decide.iter().cloned());
        answered.because.extend(
            verdict
                .nearest
                .iter()
                .filter(|_| verdict.answer == Answer::Fails)
                .map(|nearest| format!("there are {nearest}")),
        );
    } else if !answered.figures.is_empty() {
        answered.because.push("the body names no threshold; the figures are for it to judge".to_owned());
    }
    match &answered.link {
        Some(link) if link.address.is_none() => {
            answered.to_decide.push(format!("give evidence.links.{} in the pipeline file", link.name));
        }
        Some(LinkAnswer { problem: Some(problem), .. }) => answered.because.push(problem.clone()),
        _ => {}
    }
}

fn link(name: &str, links: &BTreeMap<String, String>) -> LinkAnswer {
    let address = links.get(name).cloned();
    let problem = address.as_deref().and_then(problem_of);
    LinkAnswer { name: name.to_owned(), well_formed: address.is_some() && problem.is_none(), address, problem }
}

/// What is wrong with an address: it must be one of the web, that anybody can open.
fn problem_of(address: &str) -> Option<String> {
    let url = match Url::parse(address.trim()) {
        Ok(url) => url,
        Err(_) => return Some(format!("{address:?} is no address; write it with https://")),
    };
    let host = url.host_str().unwrap_or_default();
    let is_public = host.contains('.') && !host.ends_with(".local") && host.parse::<std::net::IpAddr>().is_err();
    if !["http", "https"].contains(&url.scheme()) {
        return Some(format!("{address:?} is no address of the web; write it with https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some("the address holds a name or a password; take them out".to_owned());
    }
    (!is_public).then(|| format!("nobody outside can open {address:?}"))
}
