//! Accounts to people: union-find, one level of strength after the other, the strongest first.
//!
//! Within one level nothing depends on the order: what would connect two that are apart is looked at as a whole and joined
//! to neither.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::accounts::Accounts;
use crate::statement::Standing;
use crate::strength::Strength;

/// One piece of evidence that two accounts are one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edge {
    pub a: u32,
    pub b: u32,
    pub strength: Strength,
    /// Which of the links that hold says so; [`Edge::NO_LINK`] where it follows from the accounts.
    link: u32,
}

impl Edge {
    const NO_LINK: u32 = u32::MAX;

    /// What a link says.
    pub fn said(link: u32, standing: &Standing<'_>) -> Self {
        Self { a: standing.a, b: standing.b, strength: standing.strength, link }
    }

    /// What follows from the accounts themselves.
    pub fn plain(a: u32, b: u32, strength: Strength) -> Self {
        Self { a, b, strength, link: Self::NO_LINK }
    }

    /// As in [`crate::Link::evidence`].
    pub fn word<'a>(&self, links: &[Standing<'a>]) -> &'a str {
        links.get(self.link as usize).map_or(self.strength.word(), |said| &said.link.evidence)
    }

    /// Empty where it follows from the accounts.
    pub fn event_id<'a>(&self, links: &[Standing<'a>]) -> &'a str {
        links.get(self.link as usize).map_or("", |said| &said.link.event_id)
    }
}

/// Evidence that joins nothing, because it would join what is apart.
pub(crate) struct Refusal<'a> {
    pub edges: Vec<Edge>,
    /// A name that links to two GitHub accounts, rather than two that are known to be apart.
    pub is_name: bool,
    /// The events that keep them apart, where any do.
    pub aparts: Vec<&'a str>,
}

/// Clusters of accounts, merged level by level.
pub(crate) struct Joiner<'a> {
    parent: Vec<u32>,
    /// By root: the accounts in the cluster.
    size: Vec<u32>,
    /// By root: whether all that is known of the cluster is how somebody was called.
    called: Vec<bool>,
    /// By root: whether there is a GitHub account in it.
    github: Vec<bool>,
    /// By root: the GitHub numbers in it.
    numbers: Vec<Numbers>,
    /// By root: the accounts that something in it is apart from, who says so.
    aparts: HashMap<u32, Vec<(u32, Strength, &'a str)>>,
    pub refusals: Vec<Refusal<'a>>,
}

impl<'a> Joiner<'a> {
    pub fn new(accounts: &Accounts<'_>, aparts: &[Standing<'a>]) -> Self {
        let kinds = || accounts.kinds.iter();
        let mut apart_from: HashMap<u32, Vec<_>> = HashMap::new();
        for apart in aparts {
            let event = apart.link.event_id.as_str();
            apart_from.entry(apart.a).or_default().push((apart.b, apart.strength, event));
            apart_from.entry(apart.b).or_default().push((apart.a, apart.strength, event));
        }
        Self {
            parent: accounts.ids().collect(),
            size: vec![1; accounts.len()],
            called: kinds().map(|kind| kind.is_called()).collect(),
            github: accounts.ids().map(|id| is_github(accounts, id)).collect(),
            numbers: accounts.numbers.iter().map(|number| number.map_or(Numbers::None, Numbers::One)).collect(),
            aparts: apart_from,
            refusals: Vec::new(),
        }
    }

    pub fn find(&mut self, account: u32) -> u32 {
        let mut root = account;
        while self.parent[root as usize] != root {
            let above = self.parent[self.parent[root as usize] as usize];
            self.parent[root as usize] = above;
            root = above;
        }
        root
    }

    /// Whether nothing but names is known of the cluster of `account`.
    pub fn is_called(&mut self, account: u32) -> bool {
        let root = self.find(account);
        self.called[root as usize]
    }

    /// Whether weak evidence keeps the two apart.
    pub fn are_apart(&mut self, a: u32, b: u32) -> bool {
        let mut nodes = [self.find(a), self.find(b)];
        nodes.sort_unstable();
        nodes[0] != nodes[1] && !self.apart_among(&nodes, Strength::Name).is_empty()
    }

    /// The root of each account.
    pub fn roots(&mut self) -> Vec<u32> {
        (0u32..).take(self.parent.len()).map(|account| self.find(account)).collect()
    }

    /// Joins what the evidence of one level joins.
    pub fn join(&mut self, level: Strength, edges: &[Edge]) {
        let mut between: Vec<Between> = edges
            .iter()
            .map(|edge| Between { a: self.find(edge.a), b: self.find(edge.b), edge: *edge })
            .filter(|between| between.a != between.b)
            .collect();
        if level == Strength::Number {
            between = self.refuse_two_numbers(between);
        }
        if level > Strength::Noreply {
            between = self.refuse_hubs(between);
        }
        for component in components(between) {
            let accepted = self.accept(level, component);
            for Between { a, b, .. } in accepted {
                self.union(a, b);
            }
        }
    }

    /// Refuses logins that two numbers had, unless the people file says that the numbers are one person.
    fn refuse_two_numbers(&mut self, between: Vec<Between>) -> Vec<Between> {
        let mut numbers: Vec<(u32, u32)> = between.iter().map(|one| (one.edge.a, one.b)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let several: HashSet<u32> =
            numbers.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| pair[0].0).collect();
        let (refused, kept): (Vec<_>, Vec<_>) = between.into_iter().partition(|one| several.contains(&one.edge.a));
        if !refused.is_empty() {
            let edges = refused.into_iter().map(|one| one.edge).collect();
            self.refusals.push(Refusal { edges, is_name: false, aparts: Vec::new() });
        }
        kept
    }

    /// Refuses names that would join two GitHub accounts: equal names join nothing, not even by a detour over a name in
    /// notes that links to one account today and to another tomorrow.
    fn refuse_hubs(&mut self, between: Vec<Between>) -> Vec<Between> {
        let is_called = |joiner: &Self, node: u32| joiner.called[node as usize];
        if !between.iter().any(|one| is_called(self, one.a) || is_called(self, one.b)) {
            return between;
        }
        let mut groups = Local::default();
        for one in between.iter().filter(|one| is_called(self, one.a) && is_called(self, one.b)) {
            groups.union(one.a, one.b);
        }
        let mut touched: HashMap<u32, BTreeSet<u32>> = HashMap::new();
        let group_of = |joiner: &Self, one: &Between, groups: &mut Local| match (
            is_called(joiner, one.a),
            is_called(joiner, one.b),
        ) {
            (true, false) => Some((groups.find(one.a), one.b)),
            (false, true) => Some((groups.find(one.b), one.a)),
            _ => None,
        };
        for one in &between {
            if let Some((group, node)) = group_of(self, one, &mut groups)
                && self.github[node as usize]
            {
                touched.entry(group).or_default().insert(node);
            }
        }
        let mut refused: HashMap<u32, Vec<Edge>> = HashMap::new();
        let mut kept = Vec::with_capacity(between.len());
        for one in between {
            match group_of(self, &one, &mut groups) {
                Some((group, _)) if touched.get(&group).is_some_and(|nodes| nodes.len() > 1) => {
                    refused.entry(group).or_default().push(one.edge);
                }
                _ => kept.push(one),
            }
        }
        for edges in refused.into_values() {
            self.refusals.push(Refusal { edges, is_name: true, aparts: Vec::new() });
        }
        kept
    }

    /// Of the evidence that connects some clusters, what joins nothing that is apart.
    fn accept(&mut self, level: Strength, component: Vec<Between>) -> Vec<Between> {
        let nodes = nodes_of(&component);
        let anchors = self.apart_among(&nodes, level);
        if anchors.is_empty() {
            return component;
        }
        let mut groups = Local::default();
        let is_free = |node: u32| !anchors.contains(&node);
        for one in component.iter().filter(|one| is_free(one.a) && is_free(one.b)) {
            groups.union(one.a, one.b);
        }
        let mut accepted = Vec::new();
        let mut at_group: HashMap<u32, Vec<Between>> = HashMap::new();
        let mut direct: HashMap<(u32, u32), Vec<Between>> = HashMap::new();
        for one in component {
            match (is_free(one.a), is_free(one.b)) {
                (true, true) => accepted.push(one),
                (true, false) => at_group.entry(groups.find(one.a)).or_default().push(one),
                (false, true) => at_group.entry(groups.find(one.b)).or_default().push(one),
                (false, false) => direct.entry((one.a.min(one.b), one.a.max(one.b))).or_default().push(one),
            }
        }
        for edges in at_group.into_values().chain(direct.into_values()) {
            let touched: Vec<u32> = nodes_of(&edges).into_iter().filter(|node| !is_free(*node)).collect();
            if self.apart_among(&touched, level).is_empty() {
                accepted.extend(edges);
            } else {
                self.refuse(level, &touched, edges);
            }
        }
        self.cut_chains(level, &anchors, accepted)
    }

    /// What each piece alone may join can still connect two that are apart, over a third: then all of it is refused.
    fn cut_chains(&mut self, level: Strength, anchors: &HashSet<u32>, accepted: Vec<Between>) -> Vec<Between> {
        let mut sound = Vec::new();
        for part in components(accepted) {
            let nodes = nodes_of(&part);
            if self.apart_among(&nodes, level).is_empty() {
                sound.extend(part);
                continue;
            }
            let at_anchor = |one: &Between| anchors.contains(&one.a) || anchors.contains(&one.b);
            let (refused, free): (Vec<_>, Vec<_>) = part.into_iter().partition(at_anchor);
            sound.extend(free);
            self.refuse(level, &nodes, refused);
        }
        sound
    }

    fn refuse(&mut self, level: Strength, nodes: &[u32], edges: Vec<Between>) {
        let among: HashSet<u32> = nodes.iter().copied().collect();
        let mut aparts = BTreeSet::new();
        for node in nodes {
            for (other, strength, event) in self.aparts.get(node).cloned().unwrap_or_default() {
                let other = self.find(other);
                if strength <= level && other != *node && among.contains(&other) {
                    aparts.insert(event);
                }
            }
        }
        let edges = edges.into_iter().map(|one| one.edge).collect();
        self.refusals.push(Refusal { edges, is_name: false, aparts: aparts.into_iter().collect() });
    }

    /// Those of some clusters that are apart from another of them.
    fn apart_among(&mut self, nodes: &[u32], level: Strength) -> HashSet<u32> {
        let mut apart = HashSet::new();
        // The people file may join two numbers; each login then brings its own.
        if level > Strength::Number {
            apart.extend(self.disjoint_numbers(nodes));
        }
        if self.aparts.is_empty() {
            return apart;
        }
        let among: HashSet<u32> = nodes.iter().copied().collect();
        for node in nodes {
            for (other, strength, _) in self.aparts.get(node).cloned().unwrap_or_default() {
                let other = self.find(other);
                if strength <= level && other != *node && among.contains(&other) {
                    apart.extend([*node, other]);
                }
            }
        }
        apart
    }

    /// Clusters with GitHub numbers, where another has none of them.
    fn disjoint_numbers(&self, nodes: &[u32]) -> Vec<u32> {
        let numbered: Vec<(u32, &[u64])> = nodes
            .iter()
            .map(|node| (*node, self.numbers[*node as usize].all()))
            .filter(|(_, all)| !all.is_empty())
            .collect();
        if numbered.len() < 2 {
            return Vec::new();
        }
        let mut holders: HashMap<u64, Vec<u32>> = HashMap::new();
        for (node, numbers) in &numbered {
            for number in *numbers {
                holders.entry(*number).or_default().push(*node);
            }
        }
        let shares_with = |numbers: &[u64]| {
            let sharing: HashSet<u32> = numbers.iter().flat_map(|number| holders[number].iter().copied()).collect();
            sharing.len()
        };
        let all = numbered.len();
        numbered.into_iter().filter(|(_, numbers)| shares_with(numbers) < all).map(|(node, _)| node).collect()
    }

    fn union(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        if a == b {
            return;
        }
        // The smaller goes below the larger; of equals the later, so that the forest is the same on every run.
        let (root, below) = if (self.size[a as usize], b) > (self.size[b as usize], a) { (a, b) } else { (b, a) };
        self.parent[below as usize] = root;
        self.size[root as usize] += self.size[below as usize];
        self.called[root as usize] &= self.called[below as usize];
        self.github[root as usize] |= self.github[below as usize];
        self.numbers[root as usize] = self.numbers[root as usize].and(&self.numbers[below as usize]);
        self.numbers[below as usize] = Numbers::None;
        if let Some(aparts) = self.aparts.remove(&below) {
            self.aparts.entry(root).or_default().extend(aparts);
        }
    }
}

fn is_github(accounts: &Accounts<'_>, id: u32) -> bool {
    accounts.numbers[id as usize].is_some() || accounts.kind(id) == crate::accounts::Kind::Github
}

/// An edge between two clusters as they are before its level.
#[derive(Clone, Copy)]
struct Between {
    a: u32,
    b: u32,
    edge: Edge,
}

fn nodes_of(between: &[Between]) -> Vec<u32> {
    let mut nodes: Vec<u32> = between.iter().flat_map(|one| [one.a, one.b]).collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}

/// The GitHub numbers of a cluster, sorted: by far the most have one or none.
enum Numbers {
    None,
    One(u64),
    Several(Box<[u64]>),
}

impl Numbers {
    fn all(&self) -> &[u64] {
        match self {
            Self::None => &[],
            Self::One(number) => std::slice::from_ref(number),
            Self::Several(numbers) => numbers,
        }
    }

    fn and(&self, other: &Self) -> Self {
        let mut all = [self.all(), other.all()].concat();
        all.sort_unstable();
        all.dedup();
        match all.as_slice() {
            [] => Self::None,
            [only] => Self::One(*only),
            _ => Self::Several(all.into()),
        }
    }
}

/// The edges, by what they connect.
fn components(between: Vec<Between>) -> impl Iterator<Item = Vec<Between>> {
    let mut local = Local::default();
    for one in &between {
        local.union(one.a, one.b);
    }
    let mut tagged: Vec<(u32, Between)> = between.into_iter().map(|one| (local.find(one.a), one)).collect();
    tagged.sort_unstable_by_key(|(component, one)| (*component, one.edge));
    let mut tagged = tagged.into_iter().peekable();
    std::iter::from_fn(move || {
        let (component, first) = tagged.next()?;
        let mut part = vec![first];
        part.extend(std::iter::from_fn(|| tagged.next_if(|(other, _)| *other == component)).map(|(_, one)| one));
        Some(part)
    })
}

/// A small union-find over a few of many nodes.
#[derive(Default)]
struct Local(HashMap<u32, u32, foldhash::fast::RandomState>);

impl Local {
    fn find(&mut self, node: u32) -> u32 {
        let mut root = node;
        while let Some(above) = self.0.get(&root).copied().filter(|above| *above != root) {
            root = above;
        }
        let mut at = node;
        while at != root {
            at = self.0.insert(at, root).unwrap_or(root);
        }
        root
    }

    fn union(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        if a != b {
            self.0.insert(a.max(b), a.min(b));
        }
    }
}
