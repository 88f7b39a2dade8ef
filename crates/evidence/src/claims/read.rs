//! One number under one definition, in one window and one group: what it is, and whether it is as it must be.

use super::course::{Turn, course, day};
use super::figures::{About, FigureCell, Figures};
use super::judge::judge;
use super::verdict::{Answer, Each, Rate, Reading};
use crate::number;
use muster_model::{Comparison, Cut, Timestamp, Window, WindowKind};
use std::collections::BTreeMap;

/// Which number.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Choice {
    pub metric: String,
    /// What the definition is called.
    pub label: String,
    pub window: Cut,
    /// What the window is called where it is not the claim's own.
    pub window_label: Option<String>,
    pub group: Option<String>,
    /// Of a rate: the span.
    pub over: Option<WindowKind>,
}

/// Reads numbers, each metric's cells once.
pub(super) struct Reader<'a> {
    pub figures: &'a dyn Figures,
    cells: BTreeMap<(String, WindowKind), Result<Vec<FigureCell>, String>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(figures: &'a dyn Figures) -> Self {
        Self { figures, cells: BTreeMap::new() }
    }

    fn as_of(&self) -> Timestamp {
        self.figures.setting().as_of
    }

    /// The cells of a metric in windows of a kind.
    pub(super) fn cells(&mut self, metric: &str, kind: WindowKind) -> Result<&[FigureCell], String> {
        let figures = self.figures;
        let cells = self.cells.entry((metric.to_owned(), kind)).or_insert_with(|| figures.cells(metric, kind));
        cells.as_deref().map_err(Clone::clone)
    }

    /// Of what lasts: its value over time.
    pub(super) fn course(&self, metric: &str, group: Option<&str>) -> Vec<Turn> {
        let lasts = self.figures.metric(metric).is_some_and(|about| about.lasts);
        let holding = if lasts { self.figures.holding(metric).unwrap_or_default() } else { Vec::new() };
        course(&holding, group, self.as_of())
    }

    /// The number, and whether it is as it must be.
    pub(super) fn read(&mut self, choice: &Choice, must: &Comparison) -> Reading {
        let Some(about) = self.figures.metric(&choice.metric) else {
            return self.without_metric(choice);
        };
        let mut reading = blank(choice, &about);
        match choice.over {
            Some(over) => self.rate(choice, must, over, &mut reading),
            None => self.single(choice, must, &mut reading),
        }
        for missing in self.figures.missing(&choice.metric) {
            undecide(&mut reading, format!("{} are not collected (completeness 0 %)", missing.what), &missing.collect);
        }
        reading
    }

    fn without_metric(&self, choice: &Choice) -> Reading {
        let about = About {
            version: 0,
            title: choice.metric.clone(),
            definition: String::new(),
            unit: String::new(),
            lasts: false,
        };
        let mut reading = blank(choice, &about);
        let near = crate::near::nearest(&choice.metric, self.figures.setting().ids.iter().map(String::as_str));
        let cure = near.map_or("`muster metrics` lists them".to_owned(), |near| format!("did you mean {near}?"));
        undecide(&mut reading, format!("there is no metric {}", choice.metric), &cure);
        reading
    }

    fn single(&mut self, choice: &Choice, must: &Comparison, reading: &mut Reading) {
        let cell = match self.cells(&choice.metric, choice.window.kind) {
            Ok(cells) => pick(cells, &choice.window, choice.group.as_deref()).cloned(),
            Err(why) => return undecide(reading, why, "mend the metric and run again"),
        };
        match cell {
            Some(cell) => self.judge_cell(&cell, must, reading),
            None => undecide(reading, nothing(choice), "see whether what it counts was collected: muster trace"),
        }
    }

    fn judge_cell(&self, cell: &FigureCell, must: &Comparison, reading: &mut Reading) {
        (reading.window, reading.n) = (cell.window.clone(), cell.n);
        (reading.window_start, reading.window_end) = (Some(day(cell.window_start)), Some(day(cell.window_end)));
        (reading.unknown_share, reading.completeness) = (cell.unknown_share, cell.completeness);
        (reading.value, reading.note) = (cell.value, cell.note.clone());
        let Some(value) = cell.value else {
            let why = cell.note.clone().unwrap_or("it has no value in this window".to_owned());
            return undecide(reading, why, "choose a window in which it has one");
        };
        let high = value + cell.doubt.unwrap_or(0.0);
        if cell.doubt.is_some() {
            (reading.low, reading.high) = (Some(value), Some(high));
        }
        reading.answer = judge(must, value, high);
        if reading.answer == Answer::Undecided {
            let unknown = cell.unknown_share.map_or("part".to_owned(), number::percent);
            let why = format!(
                "{unknown} of it is of unknown organisation, so it is between {} and {}",
                number::rounded(value),
                number::rounded(high)
            );
            undecide(reading, why, "say where those people work (muster people list), or add a people source");
        }
        self.judge_completeness(cell, reading);
    }

    fn judge_completeness(&self, cell: &FigureCell, reading: &mut Reading) {
        let bar = self.figures.setting().completeness;
        if let Some(share) = cell.completeness.filter(|share| *share < bar) {
            let why = format!(
                "only {} of what the sources state is collected (the bar is {})",
                number::percent(share),
                number::percent(bar)
            );
            undecide(reading, why, "run again until the sources are complete");
        }
    }

    /// Every whole window of the span is judged; one without a cell is one that nobody can tell.
    fn rate(&mut self, choice: &Choice, must: &Comparison, over: WindowKind, reading: &mut Reading) {
        let as_of = self.as_of();
        let cells = match self.cells(&choice.metric, choice.window.kind) {
            Ok(cells) => cells.to_vec(),
            Err(why) => return undecide(reading, why, "mend the metric and run again"),
        };
        let first = cells.iter().map(|cell| cell.window_start).min().unwrap_or(as_of);
        let span = over.windows(first.min(as_of), as_of).into_iter().next();
        let windows = span.as_ref().map(|span| whole(choice.window.kind, span, as_of)).unwrap_or_default();
        let mut each = Vec::new();
        for window in &windows {
            let cell = cells.iter().find(|cell| is_of(cell, &window.label, choice.group.as_deref()));
            let mut one = reading.clone();
            match cell {
                Some(cell) => self.judge_cell(cell, must, &mut one),
                None => one.answer = Answer::Undecided,
            }
            reading
                .because
                .extend(one.because.into_iter().filter(|why| !reading.because.contains(why)).collect::<Vec<_>>());
            reading
                .to_decide
                .extend(one.to_decide.into_iter().filter(|how| !reading.to_decide.contains(how)).collect::<Vec<_>>());
            reading.n += cell.map_or(0, |cell| cell.n);
            each.push(Each { window: window.label.clone(), value: one.value, answer: one.answer });
        }
        (reading.window_start, reading.window_end) =
            (span.as_ref().map(|span| day(span.start)), span.as_ref().map(|span| day(span.end)));
        reading.window = format!("{} in {over}", choice.window);
        let values: Vec<f64> = each.iter().filter_map(|one| one.value).collect();
        reading.value = (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
        reading.answer =
            if each.is_empty() { Answer::Undecided } else { Answer::all(each.iter().map(|one| one.answer)) };
        if values.len() < windows.len() || windows.is_empty() {
            let told = format!("{} of {} windows have a figure", values.len(), windows.len());
            note(&mut reading.because, told);
        }
        reading.rate = Some(Rate {
            holds: each.iter().filter(|one| one.answer == Answer::Holds).count(),
            windows: each.len(),
            least: values.iter().copied().reduce(f64::min),
            most: values.iter().copied().reduce(f64::max),
            each,
        });
    }
}

/// The windows of a kind that lie wholly in a span and are over.
fn whole(kind: WindowKind, span: &Window, as_of: Timestamp) -> Vec<Window> {
    let end = span.end.min(as_of);
    let mut windows = kind.windows(span.start, end);
    windows.retain(|window| window.start >= span.start && window.end <= end);
    windows
}

fn is_of(cell: &FigureCell, label: &str, group: Option<&str>) -> bool {
    cell.window == label && cell.group == group.unwrap_or("")
}

/// The cell of a window: the one named, else the only one, else the last complete one.
fn pick<'c>(cells: &'c [FigureCell], window: &Cut, group: Option<&str>) -> Option<&'c FigureCell> {
    let mut of_group = cells.iter().filter(|cell| cell.group == group.unwrap_or(""));
    match &window.label {
        Some(label) => of_group.find(|cell| cell.window == *label),
        None if window.kind.is_single() => of_group.next(),
        None => of_group.rfind(|cell| !cell.unfinished),
    }
}

fn nothing(choice: &Choice) -> String {
    let of = choice.group.as_ref().map_or(String::new(), |group| format!(" of {group}"));
    format!("there is no figure{of} in {}: nothing that it counts was collected then", choice.window)
}

fn blank(choice: &Choice, about: &About) -> Reading {
    Reading {
        label: choice.label.clone(),
        metric: choice.metric.clone(),
        version: about.version,
        title: about.title.clone(),
        definition: about.definition.clone(),
        unit: about.unit.clone(),
        lasts: about.lasts,
        window_label: choice.window_label.clone(),
        window: choice.window.to_string(),
        window_start: None,
        window_end: None,
        group: choice.group.clone(),
        value: None,
        low: None,
        high: None,
        n: 0,
        unknown_share: None,
        completeness: None,
        note: None,
        rate: None,
        answer: Answer::Undecided,
        because: Vec::new(),
        to_decide: Vec::new(),
    }
}

fn undecide(reading: &mut Reading, why: String, cure: &str) {
    reading.answer = Answer::Undecided;
    note(&mut reading.because, why);
    note(&mut reading.to_decide, cure.to_owned());
}

pub(super) fn note(notes: &mut Vec<String>, text: String) {
    if !notes.contains(&text) {
        notes.push(text);
    }
}
