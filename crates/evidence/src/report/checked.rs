//! The verdicts on claims and the answers to criteria, as the report shows them.

use super::data::{Claim, Criteria, Criterion, FigureName, Reading, Standing};
use crate::claims::{self, Answer, Checked, Part, Verdict};
use crate::criteria::{Answered, CriterionAnswer, Status};
use crate::number;

/// So many readings of a number are shown; claims.json has them all.
const MOST_READINGS: usize = 12;

/// The claims as they were checked.
pub fn claims(checked: &Checked) -> Vec<Claim> {
    checked.verdicts.iter().map(claim).collect()
}

/// A body's criteria as they were answered.
pub fn criteria(answered: &Answered) -> Criteria {
    Criteria {
        id: answered.profile.clone(),
        title: format!("{} ({})", answered.title, answered.version),
        criteria: answered.criteria.iter().map(criterion).collect(),
    }
}

fn criterion(answer: &CriterionAnswer) -> Criterion {
    let verdict = answer.verdict.iter();
    let mut remarks = answer.because.clone();
    remarks.extend(answer.to_decide.iter().map(|how| format!("To decide: {how}")));
    remarks.extend(answer.link.iter().filter_map(|link| link.problem.clone()));
    remarks.extend(answer.denominator.iter().map(|what| format!("Of: {what}")));
    let shown = answer.figures.iter().map(|figure| Reading { expected: String::new(), ..plain(figure) });
    Criterion {
        id: answer.id.clone(),
        wording: answer.text.clone(),
        reference: answer.reference.clone(),
        required: answer.required,
        standing: match answer.status {
            Status::Met => Standing::Yes,
            Status::NotMet => Standing::No,
            Status::Undecided => Standing::Undecided,
            Status::NeedsLink => Standing::NeedsLink,
        },
        readings: verdict.flat_map(|verdict| verdict.parts.iter().flat_map(readings)).chain(shown).collect(),
        link: answer.link.as_ref().and_then(|link| link.address.clone()),
        remarks,
    }
}

fn standing(answer: Answer) -> Standing {
    match answer {
        Answer::Holds => Standing::Yes,
        Answer::Fails => Standing::No,
        Answer::Undecided => Standing::Undecided,
    }
}

fn claim(verdict: &Verdict) -> Claim {
    Claim {
        id: verdict.id.clone(),
        text: verdict.text.clone(),
        required: verdict.required,
        standing: standing(verdict.answer),
        readings: verdict.parts.iter().flat_map(readings).collect(),
        remarks: remarks(verdict),
    }
}

/// The number as it is claimed, and the readings that differ from it in one thing.
fn readings(part: &Part) -> Vec<Reading> {
    let own = &part.reading;
    let differs = |other: &claims::Reading| {
        usize::from(other.metric != own.metric)
            + usize::from(other.window_label != own.window_label)
            + usize::from(other.group != own.group)
    };
    let others = part.others.iter().filter(|other| other.version > 0 && differs(other) == 1);
    std::iter::once(own).chain(others).take(MOST_READINGS).map(|one| reading(one, part)).collect()
}

fn reading(reading: &claims::Reading, part: &Part) -> Reading {
    let mut shown = Reading { expected: part.must.clone(), ..plain(reading) };
    if reading.metric != part.reading.metric {
        shown.label = format!("{} ({})", shown.label, reading.label);
    }
    shown
}

/// A figure as it is read, whatever it should be.
fn plain(reading: &claims::Reading) -> Reading {
    let title = if reading.title.is_empty() { &reading.metric } else { &reading.title };
    let mut label = format!("{title}, {}", reading.window_label.as_deref().unwrap_or(&reading.window));
    if let Some(group) = &reading.group {
        label = format!("{label}, {}", group.replacen('=', ": ", 1));
    }
    Reading {
        label,
        value: value(reading),
        expected: String::new(),
        standing: standing(reading.answer),
        figure: reading.rate.is_none().then(|| FigureName {
            metric: reading.metric.clone(),
            window: reading.window.clone(),
            group: reading.group.clone().unwrap_or_default(),
        }),
    }
}

/// `31 (31 to 58)`; of a rate in how many windows it is as claimed.
fn value(reading: &claims::Reading) -> String {
    let mut value = reading.value.map_or("–".to_owned(), number::rounded);
    if let (Some(low), Some(high)) = (reading.low, reading.high)
        && low != high
    {
        value = format!("{value} ({} to {})", number::rounded(low), number::rounded(high));
    }
    match &reading.rate {
        Some(rate) => format!("{value}; as claimed in {} of {}", rate.holds, rate.windows),
        None => value,
    }
}

fn remarks(verdict: &Verdict) -> Vec<String> {
    let mut remarks = verdict.because.clone();
    remarks.extend(verdict.to_decide.iter().map(|how| format!("To decide: {how}")));
    if !verdict.holds_during.is_empty() {
        let span = |span: &claims::Span| match &span.until {
            Some(until) => format!("{} to {until}", span.from),
            None => format!("since {}", span.from),
        };
        let spans: Vec<String> = verdict.holds_during.iter().map(span).collect();
        remarks.push(format!("As claimed it held {}.", spans.join(", ")));
    }
    let ways = verdict.holds_under.iter().filter(|way| way.answer == Answer::Holds).take(3).map(|way| {
        let mut labels = way.labels.clone();
        labels.extend(way.window.clone());
        labels.extend(way.group.clone());
        format!("It holds read as: {}.", labels.join("; "))
    });
    remarks.extend(ways);
    remarks.extend(verdict.nearest.iter().map(|nearest| format!("The nearest statement that holds: “{nearest}”.")));
    remarks
}
