//! What is computed after what.

use crate::QueryError;
use crate::parquet::joined;
use crate::people::RESOLVED;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use tokio::task::JoinSet;

/// How many steps are carried out at once: their rows are held in memory together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtOnce {
    /// One, for a long log. It is still the work of two threads: one computes rows, the other encodes those before.
    One,
    /// As many as there are cores, from two to four.
    Cores,
}

impl AtOnce {
    fn steps(self) -> usize {
        match self {
            Self::One => 1,
            Self::Cores => std::thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, 4)),
        }
    }
}

/// One thing to compute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// A fold, for the steps after it.
    Fold(String),
    /// Who is who: the tables `resolved.*`.
    Resolve,
    /// A published table.
    Table(String),
    /// The population of metrics that have the same SELECT, by the id of the first of them.
    Population(String),
}

impl Step {
    /// What it makes.
    pub fn name(&self) -> &str {
        match self {
            Self::Fold(name) | Self::Table(name) | Self::Population(name) => name,
            Self::Resolve => RESOLVED,
        }
    }

    /// Whether a name in SQL is what this step makes.
    pub fn makes(&self, name: &str) -> bool {
        match self {
            Self::Fold(own) | Self::Table(own) | Self::Population(own) => own == name,
            Self::Resolve => name.split_once('.').is_some_and(|(schema, _)| schema == RESOLVED),
        }
    }
}

/// The steps that are not done, each with those it waits for.
#[derive(Clone)]
pub(crate) struct Plan {
    waiting: BTreeMap<Step, BTreeSet<Step>>,
    /// How many wait for each, also by way of others: what most wait for is done first, so that there is always something to do.
    awaited: BTreeMap<Step, usize>,
}

impl Plan {
    /// From the names that each step reads; names that no step makes (`events`) are there already.
    pub fn new(reads: Vec<(Step, BTreeSet<String>)>) -> Self {
        let steps: Vec<Step> = reads.iter().map(|(step, _)| step.clone()).collect();
        let needs = |step: &Step, names: &BTreeSet<String>| {
            let makers = names.iter().flat_map(|name| steps.iter().filter(move |other| other.makes(name)));
            makers.filter(|other| *other != step).cloned().collect()
        };
        let waiting = reads.iter().map(|(step, names)| (step.clone(), needs(step, names))).collect();
        Self { awaited: awaited(&waiting), waiting }
    }

    /// The same steps without those folds that no table and no population is made from.
    pub fn of_what_is_read(self) -> Self {
        let made = self.waiting.keys().filter(|step| matches!(step, Step::Table(_) | Step::Population(_)));
        let read: BTreeSet<Step> = made.flat_map(|step| self.behind(step)).collect();
        let mut waiting = self.waiting;
        waiting.retain(|step, _| !matches!(step, Step::Fold(_)) || read.contains(step));
        Self { awaited: awaited(&waiting), waiting }
    }

    /// A step that waits for nothing; it is given once.
    pub fn next(&mut self) -> Option<Step> {
        let only = self.only();
        let is_ready = |step: &Step, needs: &BTreeSet<Step>| {
            needs.is_empty() && only.as_ref().is_none_or(|only| only.contains(step))
        };
        let ready = self.waiting.iter().filter(|(step, needs)| is_ready(step, needs)).map(|(step, _)| step);
        let step = ready.min_by_key(|step| Reverse(self.awaited.get(*step)))?.clone();
        self.waiting.remove(&step);
        Some(step)
    }

    /// What people wait for comes first, by all cores. To resolve them is the work of one, and something must be left for the others.
    fn only(&self) -> Option<BTreeSet<Step>> {
        let needs = self.waiting.get(&Step::Resolve)?;
        (!needs.is_empty()).then(|| self.behind(&Step::Resolve))
    }

    /// A step that was given is done.
    pub fn done(&mut self, step: &Step) {
        for needs in self.waiting.values_mut() {
            needs.remove(step);
        }
    }

    /// The steps that another still waits for, also by way of others.
    pub fn behind(&self, step: &Step) -> BTreeSet<Step> {
        behind(&self.waiting, step).into_iter().cloned().collect()
    }

    /// Carries the steps out, several at a time, each after those it waits for; `done` is given what each made. After a failure
    /// the others are dropped where they are.
    ///
    /// # Errors
    /// The first failure of a step; as [`Plan::finish`].
    pub async fn carry_out<T, F>(
        mut self,
        at_once: AtOnce,
        carry_out: impl Fn(Step) -> F,
        mut done: impl FnMut(T),
    ) -> Result<(), QueryError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, QueryError>> + Send + 'static,
    {
        self.clone().rehearse()?;
        let mut under_way = JoinSet::new();
        loop {
            while under_way.len() < at_once.steps()
                && let Some(step) = self.next()
            {
                let working = carry_out(step.clone());
                under_way.spawn(async move { (working.await, step) });
            }
            let Some(ended) = under_way.join_next().await else { break };
            let (made, step) = joined(ended);
            done(made?);
            self.done(&step);
        }
        self.finish()
    }

    /// Whether there is an end, before anything is begun.
    fn rehearse(mut self) -> Result<(), QueryError> {
        while let Some(step) = self.next() {
            self.done(&step);
        }
        self.finish()
    }

    /// Nothing may be left.
    ///
    /// # Errors
    /// The names of tables that need each other.
    pub fn finish(self) -> Result<(), QueryError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = self.waiting.keys().map(Step::name).collect();
        let message = format!("these tables need each other: {}", names.join(", "));
        Err(QueryError::Definition { file: "queries".to_owned(), message })
    }
}

/// How many steps need each, also by way of others.
fn awaited(needs: &BTreeMap<Step, BTreeSet<Step>>) -> BTreeMap<Step, usize> {
    let mut awaited = BTreeMap::new();
    for step in needs.keys() {
        for needed in behind(needs, step) {
            *awaited.entry(needed.clone()).or_default() += 1;
        }
    }
    awaited
}

fn behind<'a>(needs: &'a BTreeMap<Step, BTreeSet<Step>>, step: &'a Step) -> BTreeSet<&'a Step> {
    let (mut steps, mut seen) = (vec![step], BTreeSet::new());
    while let Some(step) = steps.pop() {
        let needed = needs.get(step).into_iter().flatten();
        steps.extend(needed.filter(|needed| seen.insert(*needed)));
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_step_comes_after_those_it_reads() {
        let table = |name: &str| Step::Table(name.to_owned());
        let facts = Step::Fold("facts".to_owned());
        let mut plan = Plan::new(vec![
            (table("people"), reads(&["resolved.people"])),
            (Step::Resolve, reads(&["facts", "events"])),
            (facts.clone(), reads(&["events"])),
        ]);
        assert_eq!(plan.next(), Some(facts.clone()));
        assert_eq!(plan.next(), None);
        plan.done(&facts);
        assert_eq!(plan.next(), Some(Step::Resolve));
        plan.done(&Step::Resolve);
        assert_eq!(plan.next(), Some(table("people")));
        assert!(plan.finish().is_ok());
    }

    #[test]
    fn what_most_wait_for_comes_first() {
        let table = |name: &str| Step::Table(name.to_owned());
        let population = |name: &str| Step::Population(name.to_owned());
        let mut plan = Plan::new(vec![
            (table("a"), reads(&[])),
            (table("b"), reads(&[])),
            (table("c"), reads(&[])),
            (population("x.first"), reads(&["b"])),
            (population("x.of_first"), reads(&["x.first"])),
            (population("y.only"), reads(&["c"])),
        ]);
        let order: Vec<Step> = std::iter::from_fn(|| {
            let step = plan.next()?;
            plan.done(&step);
            Some(step)
        })
        .collect();
        let expected =
            [table("b"), table("c"), population("x.first"), table("a"), population("x.of_first"), population("y.only")];
        assert_eq!(order, expected);
    }

    #[test]
    fn until_people_are_resolved_only_what_they_wait_for_is_given() {
        let table = |name: &str| Step::Table(name.to_owned());
        let fold = |name: &str| Step::Fold(name.to_owned());
        let mut plan = Plan::new(vec![
            (table("channels"), reads(&["events"])),
            (fold("told"), reads(&["events"])),
            (fold("facts"), reads(&["told"])),
            (Step::Resolve, reads(&["facts"])),
            (table("people"), reads(&["resolved.people"])),
        ]);
        assert_eq!(plan.behind(&Step::Resolve), BTreeSet::from([fold("facts"), fold("told")]));
        assert_eq!(plan.next(), Some(fold("told")));
        assert_eq!(plan.next(), None, "channels can wait");
        plan.done(&fold("told"));
        assert_eq!(plan.next(), Some(fold("facts")));
        assert_eq!(plan.next(), None);
        plan.done(&fold("facts"));
        assert_eq!([plan.next(), plan.next(), plan.next()], [Some(Step::Resolve), Some(table("channels")), None]);
        plan.done(&Step::Resolve);
        assert_eq!(plan.next(), Some(table("people")));
        assert!(plan.finish().is_ok());
    }

    #[test]
    fn folds_that_nothing_is_made_from_are_left_out() {
        let fold = |name: &str| Step::Fold(name.to_owned());
        let plan = Plan::new(vec![
            (fold("told"), reads(&["events"])),
            (fold("facts"), reads(&["told"])),
            (fold("idle"), reads(&["events"])),
            (fold("idler"), reads(&["idle"])),
            (Step::Resolve, reads(&["facts"])),
            (Step::Table("people".to_owned()), reads(&["resolved.people"])),
        ]);
        let left: Vec<Step> = plan.of_what_is_read().waiting.into_keys().collect();
        assert_eq!(left, [fold("facts"), fold("told"), Step::Resolve, Step::Table("people".to_owned())]);
    }

    #[test]
    fn tables_that_need_each_other_are_named() {
        let table = |name: &str| Step::Table(name.to_owned());
        let mut plan = Plan::new(vec![(table("a"), reads(&["b"])), (table("b"), reads(&["a"]))]);
        assert_eq!(plan.next(), None);
        assert!(plan.finish().unwrap_err().to_string().contains("a, b"));
    }
}
