//! What is computed after what.

use crate::QueryError;
use crate::parquet::joined;
use crate::people::RESOLVED;
use std::collections::{BTreeMap, BTreeSet};
use tokio::task::JoinSet;

/// So many steps are carried out at once. Planning, sorting and encoding a table is work of one thread; more at once would be
/// held in memory together and gain little.
const AT_ONCE: usize = 2;

/// One thing to compute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// A fold, for the steps after it.
    Fold(String),
    /// Who is who: the tables `resolved.*`.
    Resolve,
    /// A published table, or a population by the id of its first metric.
    Table(String),
}

impl Step {
    /// What it makes.
    pub fn name(&self) -> &str {
        match self {
            Self::Fold(name) | Self::Table(name) => name,
            Self::Resolve => RESOLVED,
        }
    }

    /// Whether a name in SQL is what this step makes.
    fn makes(&self, name: &str) -> bool {
        match self {
            Self::Fold(own) | Self::Table(own) => own == name,
            Self::Resolve => name.split_once('.').is_some_and(|(schema, _)| schema == RESOLVED),
        }
    }
}

/// The steps that are not done, each with those it waits for. Folds come before tables, so that what most wait for is first.
pub(crate) struct Plan {
    waiting: BTreeMap<Step, BTreeSet<Step>>,
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
        Self { waiting }
    }

    /// A step that waits for nothing; it is given once.
    pub fn next(&mut self) -> Option<Step> {
        let step = self.waiting.iter().find(|(_, needs)| needs.is_empty())?.0.clone();
        self.waiting.remove(&step);
        Some(step)
    }

    /// A step that was given is done.
    pub fn done(&mut self, step: &Step) {
        for needs in self.waiting.values_mut() {
            needs.remove(step);
        }
    }

    /// Carries the steps out, [`AT_ONCE`] at a time, each after those it waits for; `done` is given what each made. After a failure
    /// the others are dropped where they are.
    ///
    /// # Errors
    /// The first failure of a step; as [`Plan::finish`].
    pub async fn carry_out<T, F>(
        mut self,
        carry_out: impl Fn(Step) -> F,
        mut done: impl FnMut(T),
    ) -> Result<(), QueryError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, QueryError>> + Send + 'static,
    {
        let mut under_way = JoinSet::new();
        loop {
            while under_way.len() < AT_ONCE
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
    fn tables_that_need_each_other_are_named() {
        let table = |name: &str| Step::Table(name.to_owned());
        let mut plan = Plan::new(vec![(table("a"), reads(&["b"])), (table("b"), reads(&["a"]))]);
        assert_eq!(plan.next(), None);
        assert!(plan.finish().unwrap_err().to_string().contains("a, b"));
    }
}
