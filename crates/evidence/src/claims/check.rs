//! Claims into verdicts: each number as it is claimed, and under every other meaning of its words.

use super::course::{Turn, holding};
use super::figures::Figures;
use super::meanings::{Meanings, Since, Word, since};
use super::nearest;
use super::read::{Choice, Reader, note};
use super::verdict::{Answer, Part, Reading, Span, Step, Verdict, Way};
use muster_model::{Claim, Comparison, Cut, Expectation, WindowKind};

/// Answers claims, in their order. Neither reads a file nor knows an engine: the figures are `figures`'.
pub fn check(claims: &[Claim], meanings: &Meanings, figures: &dyn Figures) -> Vec<Verdict> {
    let mut checker = Checker { meanings, reader: Reader::new(figures) };
    claims.iter().map(|claim| checker.claim(claim)).collect()
}

/// A metric's figure over the trailing year, held against nothing: any value will do.
pub fn figure(metric: &str, meanings: &Meanings, figures: &dyn Figures) -> Reading {
    let label = meanings.word_of(metric).map_or(metric.to_owned(), |(_, meaning)| meaning.label.clone());
    let window = WindowKind::TrailingDays(365).into();
    let choice = Choice { metric: metric.to_owned(), label, window, window_label: None, group: None, over: None };
    Reader::new(figures).read(&choice, &Comparison::AtLeast(f64::NEG_INFINITY))
}

struct Checker<'a> {
    meanings: &'a Meanings,
    reader: Reader<'a>,
}

/// A part of a claim with what it was read from.
struct Read<'a> {
    must: &'a Comparison,
    word: Option<&'a Word>,
    part: Part,
}

impl<'a> Checker<'a> {
    fn claim(&mut self, claim: &'a Claim) -> Verdict {
        let parts: Vec<Read<'a>> = claim.expect.iter().map(|expectation| self.part(expectation)).collect();
        let answer = Answer::all(parts.iter().map(|read| read.part.reading.answer));
        let (mut because, mut to_decide) = (Vec::new(), Vec::new());
        for reading in parts.iter().map(|read| &read.part.reading).filter(|_| answer == Answer::Undecided) {
            reading.because.iter().for_each(|why| note(&mut because, why.clone()));
            reading.to_decide.iter().for_each(|how| note(&mut to_decide, how.clone()));
        }
        let (ways, holds_under) = self.ways(&parts);
        let own: Vec<&Reading> = parts.iter().map(|read| &read.part.reading).collect();
        let holds_during = self.during(&parts, &own);
        let nearest = nearest::nearest(&parts.iter().map(|read| (read.word, &read.part)).collect::<Vec<_>>());
        Verdict {
            id: claim.id.clone(),
            text: claim.text.clone(),
            required: claim.required,
            place: claim.place.clone(),
            answer,
            because,
            to_decide,
            holds_under,
            ways,
            holds_during,
            nearest: nearest.filter(|_| answer != Answer::Holds),
            parts: parts.into_iter().map(|read| read.part).collect(),
        }
    }

    fn part(&mut self, expectation: &'a Expectation) -> Read<'a> {
        let known = self.meanings.word_of(&expectation.metric);
        let word = known.map(|(word, _)| word);
        let label = known.map_or(expectation.metric.clone(), |(_, meaning)| meaning.label.clone());
        let own = Choice {
            metric: expectation.metric.clone(),
            label,
            window: expectation.window.clone(),
            window_label: None,
            group: expectation.group.clone(),
            over: expectation.over,
        };
        let must = &expectation.must;
        let reading = self.reader.read(&own, must);
        let others = self.choices(&own, word);
        let others = others.iter().map(|choice| self.reader.read(choice, must)).collect();
        let course = self.reader.course(&own.metric, own.group.as_deref()).iter().map(Step::from).collect();
        let part = Part { must: written(must), word: word.map(|word| word.id.clone()), reading, others, course };
        Read { must, word, part }
    }

    /// Every other way to read a number: its word's definitions, by its window's meanings, by the groups it may mean.
    fn choices(&mut self, own: &Choice, word: Option<&Word>) -> Vec<Choice> {
        let mut metrics = vec![(own.metric.clone(), own.label.clone())];
        let meanings = word.map(|word| word.readings.as_slice()).unwrap_or_default();
        metrics.extend(meanings.iter().map(|meaning| (meaning.metric.clone(), meaning.label.clone())));
        let windows = self.windows(own);
        let groups = self.groups(own, word);
        let mut choices = Vec::new();
        for (metric, label) in metrics {
            for (window, window_label) in &windows {
                for group in &groups {
                    let choice = Choice {
                        metric: metric.clone(),
                        label: label.clone(),
                        window: window.clone(),
                        window_label: window_label.clone(),
                        group: group.clone(),
                        over: own.over,
                    };
                    if choice != *own && !choices.contains(&choice) {
                        choices.push(choice);
                    }
                }
            }
        }
        choices
    }

    /// The claim's own window, and what else it could mean. A rate's span, a window by its label and what lasts mean one thing.
    fn windows(&self, own: &Choice) -> Vec<(Cut, Option<String>)> {
        let mut windows = vec![(own.window.clone(), None)];
        let lasts = self.reader.figures.metric(&own.metric).is_some_and(|about| about.lasts);
        if lasts || own.over.is_some() {
            return windows;
        }
        for meaning in self.meanings.windows_of(&own.window) {
            match (&meaning.window, meaning.since) {
                (Some(window), _) if *window != own.window => {
                    windows.push((window.clone(), Some(meaning.label.clone())));
                }
                (None, Some(Since::Milestones)) => {
                    let setting = self.reader.figures.setting();
                    windows.extend(
                        setting.milestones.iter().map(|(name, date)| (since(*date), Some(format!("since {name}")))),
                    );
                }
                _ => {}
            }
        }
        windows
    }

    /// The claim's own group, and the parts that may be meant where it names none.
    fn groups(&mut self, own: &Choice, word: Option<&Word>) -> Vec<Option<String>> {
        let mut groups = vec![own.group.clone()];
        let columns = word.map(|word| word.by.as_slice()).unwrap_or_default();
        if own.group.is_some() || columns.is_empty() {
            return groups;
        }
        let is_part =
            |group: &&str| columns.iter().any(|column| group.split_once('=').is_some_and(|(by, _)| by == column));
        let holding = self.reader.figures.holding(&own.metric).unwrap_or_default();
        let cells = self.reader.cells(&own.metric, WindowKind::All).unwrap_or_default();
        let named = cells.iter().map(|cell| cell.group.as_str());
        let named = named.chain(holding.iter().flat_map(|interval| interval.groups.iter().map(String::as_str)));
        let mut named: Vec<String> = named.filter(is_part).map(str::to_owned).collect();
        named.sort_unstable();
        named.dedup();
        // A single part is the whole.
        if named.len() > 1 {
            groups.extend(named.into_iter().map(Some));
        }
        groups
    }

    /// How many other ways there are to read all parts together, and those of them that hold or held.
    fn ways(&self, parts: &[Read<'_>]) -> (usize, Vec<Way>) {
        let mut ways = Vec::new();
        let mut tried = 0;
        for frame in frames(parts) {
            for readings in product(parts, &frame) {
                let is_own = readings.iter().zip(parts).all(|(reading, read)| **reading == read.part.reading);
                if is_own || readings.iter().any(|reading| reading.version == 0) {
                    continue;
                }
                tried += 1;
                let answer = Answer::all(readings.iter().map(|reading| reading.answer));
                let during = self.during(parts, &readings);
                if answer == Answer::Holds || !during.is_empty() {
                    ways.push(Way {
                        labels: readings.iter().map(|reading| reading.label.clone()).collect(),
                        values: readings.iter().map(|reading| reading.value).collect(),
                        window: frame.window.clone(),
                        group: frame.group.clone(),
                        answer,
                        during,
                    });
                }
            }
        }
        (tried, ways)
    }

    /// Of what lasts: when all readings were as they must be. Empty where one of them is of what happens in a window.
    fn during(&self, parts: &[Read<'_>], readings: &[&Reading]) -> Vec<Span> {
        let courses: Vec<Vec<Turn>> =
            readings.iter().map(|reading| self.reader.course(&reading.metric, reading.group.as_deref())).collect();
        if courses.iter().any(Vec::is_empty) {
            return Vec::new();
        }
        let together: Vec<(&Comparison, &[Turn])> =
            parts.iter().zip(&courses).map(|(read, course)| (read.must, course.as_slice())).collect();
        holding(&together)
    }
}

/// A window and a group that all parts are read in together; none for each part's own.
#[derive(Debug, Clone, PartialEq)]
struct Frame {
    window: Option<String>,
    group: Option<String>,
}

/// Every window and group that some part can be read in.
fn frames(parts: &[Read<'_>]) -> Vec<Frame> {
    let mut frames = vec![Frame { window: None, group: None }];
    for reading in parts.iter().flat_map(|read| &read.part.others) {
        let own = parts.iter().any(|read| read.part.reading.group == reading.group);
        let frame = Frame { window: reading.window_label.clone(), group: reading.group.clone().filter(|_| !own) };
        if !frames.contains(&frame) {
            frames.push(frame);
        }
    }
    frames
}

/// A reading a part, every combination. A part that cannot be read in the frame's window or group is read in its own.
fn product<'r>(parts: &'r [Read<'_>], frame: &Frame) -> Vec<Vec<&'r Reading>> {
    let mut combinations = vec![Vec::new()];
    for read in parts {
        let all = || std::iter::once(&read.part.reading).chain(&read.part.others);
        let own = &read.part.reading;
        let has_window = all().any(|reading| reading.window_label == frame.window);
        let has_group = frame.group.is_some() && all().any(|reading| reading.group == frame.group);
        let window = if has_window { &frame.window } else { &own.window_label };
        let group = if has_group { &frame.group } else { &own.group };
        let fitting: Vec<&Reading> =
            all().filter(|reading| reading.window_label == *window && reading.group == *group).collect();
        combinations = combinations
            .into_iter()
            .flat_map(|before| fitting.iter().map(move |reading| [before.as_slice(), &[*reading]].concat()))
            .collect();
    }
    combinations
}

/// `>= 234`, `between 15 and 20`.
pub(super) fn written(must: &Comparison) -> String {
    let number = |value: f64| crate::number::full(value).unwrap_or_default();
    match must {
        Comparison::Between(low, high) => format!("between {} and {}", number(*low), number(*high)),
        _ => format!("{} {}", must.operator(), must.values().into_iter().map(number).collect::<String>()),
    }
}
