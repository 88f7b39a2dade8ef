//! The blocks of one meeting to what stands in them: the current heading and label say what a line is.

use super::action::{self, Draft, Known};
use super::around::{Below, below, is_more_people, is_over_details, people_below};
use super::attendee::{self, Entry, Unread};
use super::date;
use super::label::{
    decided, inner_labels, is_container, is_day_alone, is_head_key, is_no, key_of, keyed_lines, label_of, owner_alone,
};
use super::link;
use super::markdown::{Block, Kind};
use super::rich::Rich;
use super::section::{self, Role};
use super::speaker;
use jiff::civil::Date;

/// A linked item with the status of its line or heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub item: String,
    pub kind: &'static str,
    pub url: Option<String>,
    pub status: Option<&'static str>,
    pub line: u32,
}

/// What stands in a meeting's part of a page, before names are read.
#[derive(Default)]
pub(super) struct Content {
    pub people: Vec<(Entry, Option<bool>)>,
    /// Chair, host and scribe as the head of the page names them: there, if the list of attendees has them or not.
    pub officers: Vec<Entry>,
    /// What stands among the attendees and is not read.
    pub unread: Vec<Unread>,
    pub topics: Vec<String>,
    pub drafts: Vec<Draft>,
    pub decisions: Vec<String>,
    pub items: Vec<Item>,
    /// What stands before a colon at the beginning of a line: speakers, if somebody there can be meant.
    pub prefixes: Vec<String>,
    /// A `Date:` line in the head of the page.
    pub day: Option<Date>,
    pub structure: bool,
    pub attended: bool,
    pub agenda: bool,
    pub worked: bool,
}

impl Content {
    /// Whether all who attend are still to be filled in.
    pub fn only_placeholders(&self) -> bool {
        !self.people.is_empty() && self.people.iter().all(|(entry, _)| attendee::is_placeholder(&entry.rich.text))
    }
}

#[derive(Clone, Copy)]
struct Frame {
    level: u8,
    role: Role,
    status: Option<&'static str>,
    /// Running text came before: the list items below are remarks, not topics.
    prose: bool,
    /// How many topics came before.
    topics: usize,
}

const ROOT: Frame = Frame { level: 0, role: Role::Root, status: None, prose: false, topics: 0 };

/// A bold line or `Attendees:` that stands for a heading.
#[derive(Clone, Copy)]
struct Label {
    role: Role,
    /// 0 for a paragraph; else the list item's depth, and what is deeper belongs to it.
    depth: usize,
    used: Option<Used>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Used {
    List,
    Text,
}

struct Walk {
    content: Content,
    frames: Vec<Frame>,
    label: Option<Label>,
    /// An item that is only an owner, and its depth.
    owner: Option<(usize, String)>,
    /// The list belongs to an action above it, `AL: Look at:`, which is told from decisions.
    details: bool,
    table: Vec<String>,
    /// The depth of a person above items that are not all people.
    person: Option<usize>,
    /// The number of the list that the items belong to.
    list: usize,
    /// No heading announces attendees, nor does a label in the head.
    unannounced: bool,
}

/// Walks over the blocks of one meeting; `listed` says that the front matter has its attendees.
pub(super) fn walk(blocks: &[Block], listed: bool) -> Content {
    let announces = |block: &Block| {
        matches!(block.kind, Kind::Heading(_)) && section::role_of(&block.rich.text) == Some(Role::Attendees)
    };
    let mut walk = Walk {
        content: Content::default(),
        frames: vec![ROOT],
        label: None,
        owner: None,
        details: false,
        table: Vec::new(),
        person: None,
        list: 0,
        unannounced: !listed && !blocks.iter().any(announces),
    };
    let first_heading = blocks.iter().position(|block| matches!(block.kind, Kind::Heading(_)));
    for (at, block) in blocks.iter().enumerate() {
        walk.list += usize::from(!matches!(block.kind, Kind::Item { .. }));
        match &block.kind {
            Kind::Heading(level) => {
                let below = below(&block.rich.text, &blocks[at + 1..]);
                let more = is_more_people(&block.rich.folded(), &blocks[at + 1..]);
                walk.heading(*level, &block.rich, Some(at) == first_heading, below, more);
                walk.unlabelled_people(&blocks[at + 1..]);
            }
            Kind::Item { depth, checked, parent } => {
                let below = if *parent { people_below(*depth, &block.rich, &blocks[at + 1..]) } else { 0 };
                walk.person = walk.person.filter(|person| depth > person);
                if *parent && walk.person.is_none() && is_over_details(*depth, &block.rich, &blocks[at + 1..]) {
                    walk.person = Some(*depth);
                }
                let mut parts = walk.run_on_labels(&block.rich).into_iter().map(|rich| Block { rich, ..block.clone() });
                if let Some(own) = parts.next() {
                    walk.item(*depth, *checked, *parent, below, &own);
                }
                let before_list = matches!(blocks.get(at + 1), Some(Block { kind: Kind::Item { .. }, .. }));
                for label in parts {
                    walk.paragraph(0, &label, before_list);
                }
            }
            Kind::Paragraph { depth } => {
                let before_list = matches!(blocks.get(at + 1), Some(Block { kind: Kind::Item { depth: 1, .. }, .. }));
                let lines = if *depth == 0 { walk.head_lines(&block.rich) } else { Vec::new() };
                for (number, rich) in lines.iter().enumerate() {
                    let block = Block { rich: rich.clone(), ..block.clone() };
                    walk.paragraph(0, &block, before_list && number + 1 == lines.len());
                }
                if lines.is_empty() {
                    walk.paragraph(*depth, block, before_list);
                }
            }
            Kind::Row { head, cells } => walk.row(*head, cells),
            Kind::Closed => walk.closed(block),
        }
        walk.links(block);
        walk.prefixes(block);
    }
    walk.content
}

impl Walk {
    fn frame(&self) -> Frame {
        // The root is never taken away.
        self.frames.last().copied().unwrap_or(ROOT)
    }

    /// The lines of a paragraph in the head of the page, where several have a key and one says who was there or who led.
    fn head_lines(&self, rich: &Rich) -> Vec<Rich> {
        let people = |line: &Rich| {
            let key = key_of(&line.text).map(|(key, _)| key);
            key.is_some_and(|key| section::role_of(key).is_some_and(Role::has_people) || section::is_office(key))
        };
        let lines = keyed_lines(rich);
        let keyed = lines.iter().filter(|line| key_of(&line.text).is_some()).count();
        let head = self.frame_allows_labels() && self.may_list_people();
        if head && keyed > 1 && lines.iter().any(people) { lines } else { Vec::new() }
    }

    /// An item among people, and the labels on the lines right below it: `Regrets:` under the last attendee goes on with
    /// the item in Markdown, though nobody means it so.
    fn run_on_labels(&self, rich: &Rich) -> Vec<Rich> {
        let is_label = |at: &usize| {
            let line = rich.text[*at..].lines().next().unwrap_or_default();
            key_of(line).is_some_and(|(key, _)| is_head_key(key))
        };
        let breaks = rich.text.match_indices('\n').map(|(at, _)| at + 1);
        let labels: Vec<usize> = breaks.filter(is_label).filter(|_| self.role().has_people()).collect();
        let starts = std::iter::once(0).chain(labels.iter().copied());
        let ends = labels.iter().copied().chain([rich.text.len()]);
        starts.zip(ends).map(|(start, end)| rich.slice(start..end)).collect()
    }

    /// Whether attendees can be listed here behind a label. Elsewhere "Participants:" are those of something that the
    /// meeting talks about, unless nothing else says who was there.
    fn may_list_people(&self) -> bool {
        match self.frame().role {
            Role::Root | Role::Info | Role::Discussion | Role::Attendees | Role::Regrets | Role::Topics => true,
            Role::Other => self.unannounced,
            _ => false,
        }
    }

    /// What cannot be looked into is a loss where it stands for the attendees.
    fn closed(&mut self, block: &Block) {
        if self.role() == Role::Attendees {
            if let Some(label) = self.label.as_mut() {
                label.used = Some(Used::Text);
            }
            let message = "a code block, or a table or list in HTML, among the attendees".to_owned();
            self.content.unread.push(Unread { line: block.line, message, text: String::new() });
        }
    }

    fn role(&self) -> Role {
        self.label.map_or(self.frame().role, |label| label.role)
    }

    fn note(&mut self, role: Role) {
        self.content.structure |= role.is_structure();
        self.content.agenda |= matches!(role, Role::Topics | Role::Discussion);
        self.content.worked |=
            matches!(role, Role::Actions | Role::Decisions | Role::ActionsAndDecisions | Role::Discussion);
        self.content.attended |= role == Role::Attendees;
    }

    fn heading(&mut self, level: u8, rich: &Rich, first: bool, below: Below, more: bool) {
        self.label = None;
        self.owner = None;
        self.details = false;
        self.table.clear();
        let text = rich.folded();
        let beside = self.frames.iter().find(|frame| frame.level == level && level > 0).copied();
        let goes_on = beside.is_some_and(|beside| self.goes_on(beside, &text));
        let more = more && beside.is_some_and(|beside| beside.role == Role::Attendees);
        self.frames.retain(|frame| frame.level < level || frame.level == 0 && level > 0);
        if self.frames.is_empty() {
            self.frames.push(ROOT);
        }
        let parent = self.frame();
        let own = section::role_of(&text);
        let status = section::status_of(&text).or(parent.status.filter(|_| parent.role != Role::Root));
        let role = match own {
            None if goes_on => Role::Container,
            None if more => Role::Attendees,
            _ => Self::heading_role(own, parent, &text, status, first && level <= 2, below),
        };
        if own.is_some() {
            self.note(role);
        }
        if role == Role::Topic && matches!(parent.role, Role::Topics | Role::Discussion | Role::Container) {
            self.topic(&text);
        }
        let topics = self.content.topics.len();
        self.frames.push(Frame { level: level.max(1), role, status, prose: false, topics });
    }

    /// An agenda without topics of its own goes on under `Announcements` and repositories of its own level.
    fn goes_on(&self, beside: Frame, text: &str) -> bool {
        let empty = self.content.topics.len() == beside.topics;
        is_container(text) && (beside.role == Role::Container || beside.role == Role::Topics && empty)
    }

    fn heading_role(
        own: Option<Role>,
        parent: Frame,
        text: &str,
        status: Option<&str>,
        first: bool,
        below: Below,
    ) -> Role {
        let is_status = status.is_some() && section::status_of(text).is_some();
        match (own, parent.role) {
            // "### Done" below "## Actions" is a part of them.
            (None | Some(Role::Actions), role @ (Role::Actions | Role::ActionsAndDecisions)) if is_status => role,
            // In "## TODO" stand actions; where it divides a list of links it is a status too.
            (Some(role), _) => role,
            (None, _) if first => Role::Root,
            (None, Role::Attendees) if section::is_absence(text) => Role::Regrets,
            (None, Role::Attendees | Role::Regrets) if below == Below::People => parent.role,
            (None, Role::Attendees | Role::Regrets) if is_container(text) => Role::Container,
            (None, Role::Actions | Role::Decisions | Role::ActionsAndDecisions) => parent.role,
            (None, Role::Topics | Role::Discussion | Role::Container) if is_status || is_container(text) => {
                Role::Container
            }
            (None, Role::Topics | Role::Discussion | Role::Container | Role::Topic) => Role::Topic,
            (None, Role::Next) => Role::Next,
            _ => Role::Other,
        }
    }

    /// A list right below the meeting's heading in which everybody has a login: attendees, though nothing says so.
    fn unlabelled_people(&mut self, blocks: &[Block]) {
        let list: Vec<&Block> = blocks.iter().take_while(|b| matches!(b.kind, Kind::Item { .. })).collect();
        let person = |block: &&Block| {
            let entry = Entry { rich: block.rich.clone(), list: Some(0), organisation: None, role: None };
            let read = attendee::read(&entry, &mut Vec::new());
            link::find(&block.rich).is_empty() && read.is_some_and(|attendee| attendee.login.is_some())
        };
        if self.frame().role == Role::Root && list.len() > 1 && list.iter().all(person) {
            self.note(Role::Attendees);
            self.unannounced = false;
            self.label = Some(Label { role: Role::Attendees, depth: 0, used: None });
        }
    }

    fn item(&mut self, depth: usize, checked: Option<bool>, parent: bool, below: usize, block: &Block) {
        // `Attendees: Ada, Bo` has its people: a list below is something else.
        let over = |label: Label| label.depth == 0 && label.role.has_people() && label.used == Some(Used::Text);
        if self.label.is_some_and(|label| over(label) || label.depth >= depth && label.depth > 0) {
            self.label = None;
        }
        if self.owner.as_ref().is_some_and(|(owner_depth, _)| depth <= *owner_depth) {
            self.owner = None;
        }
        let base = self.label.map_or(0, |label| label.depth);
        // Below a label that is an item, `Attendees:` at the same depth is a new one; a person named so is nobody.
        if self.frame_allows_labels() && self.open_label(&block.rich, depth, parent) {
            return;
        }
        self.day_line(&block.rich);
        if let Some(label) = self.label.as_mut() {
            label.used = Some(Used::List);
        }
        let role = self.role();
        let top = depth == base + 1;
        match role {
            Role::Attendees => self.person_item(&block.rich, depth, checked, parent, below),
            Role::Actions | Role::ActionsAndDecisions => self.action_item(depth, top, checked, parent, &block.rich),
            Role::Topics | Role::Container if top && !action::is_surely_marked(&block.rich.text) => {
                self.topic_rich(&block.rich);
            }
            Role::Topics | Role::Container | Role::Discussion if action::is_marked(&block.rich.text) => {
                self.elsewhere(&block.rich, checked);
            }
            Role::Discussion if top && !self.frame().prose && checked.is_none() => self.topic_rich(&block.rich),
            Role::Decisions if top => self.decision(&block.rich),
            Role::Regrets | Role::Topics => {}
            _ => self.elsewhere(&block.rich, checked),
        }
    }

    fn frame_allows_labels(&self) -> bool {
        self.frame().role != Role::Next
    }

    /// `Attendees: Ada, Bo`, `**Agenda**`, `Present: Ada; Regrets: Bo`. Whether the block was such a label.
    fn open_label(&mut self, rich: &Rich, depth: usize, before_list: bool) -> bool {
        let Some((role, end)) = label_of(rich, before_list).or_else(|| self.group_label(rich)) else {
            return self.officer(rich);
        };
        let rest = rich.slice(end..rich.text.len());
        // In a topic only what is to be done has a label.
        let in_topic = self.frame().role == Role::Topic && !(role == Role::Actions && before_list);
        // `Attendance: 40 people`, down the page, is about numbers.
        let counted =
            self.frame().role == Role::Other && section::words(&rich.text[..end]).iter().any(|w| w == "attendance");
        if in_topic || role.has_people() && (counted || !self.may_list_people()) {
            return false;
        }
        // "Action: do this" is an item, not a heading.
        if !role.has_people() && !rest.text.is_empty() {
            return false;
        }
        // An item without items below heads nothing.
        if !role.has_people() && depth > 0 && !before_list {
            return false;
        }
        self.note(role);
        self.unannounced &= role != Role::Attendees || self.frame().role == Role::Other;
        self.label = Some(Label { role, depth, used: None });
        if !rest.text.is_empty() {
            self.labelled_people(role, &rest);
            // "Attendees: please add your name" has nobody yet.
            if let Some(label) = self.label.as_mut() {
                label.used = (!attendee::is_placeholder(&rest.text)).then_some(Used::Text);
            }
        }
        true
    }

    /// `Guests: Cy, Di` beside the label of the attendees.
    fn group_label(&self, rich: &Rich) -> Option<(Role, usize)> {
        let head = matches!(self.frame().role, Role::Root | Role::Info);
        let (key, value) = key_of(&rich.text).filter(|_| head && self.content.attended)?;
        let colon = rich.text.find([':', '：'])?;
        let start = colon + rich.text[colon..].chars().next().map_or(1, char::len_utf8);
        let rest = Entry { rich: rich.slice(start..rich.text.len()), list: None, organisation: None, role: None };
        let guests = section::is_guests(key) && !value.is_empty();
        let people = guests.then(|| attendee::people(&[rest], &mut Vec::new())).filter(|people| !people.is_empty())?;
        people.iter().all(|entry| attendee::is_full_name(&entry.rich)).then_some((Role::Attendees, start))
    }

    /// `Chair: Ada` in the head of the page. Among attendees it is a line like the others.
    fn officer(&mut self, rich: &Rich) -> bool {
        let head = match self.frame().role {
            Role::Root | Role::Info => true,
            Role::Other => self.content.attended && self.unannounced,
            _ => false,
        };
        let listed = self.label.is_some_and(|label| label.role.has_people() && label.used != Some(Used::Text));
        let head = head && !listed;
        // What stands on the lines below is something else.
        let line = rich.slice(0..rich.text.find('\n').unwrap_or(rich.text.len()));
        let Some((key, value)) =
            key_of(&line.text).filter(|(key, value)| head && section::is_office(key) && !value.is_empty())
        else {
            return false;
        };
        let end = line.text.trim_end().len();
        let role = Some(key.to_owned());
        let person = line.slice(end - value.len()..end);
        self.content.officers.push(Entry { rich: person, list: None, organisation: None, role });
        line.text.len() == rich.text.trim_end().len()
    }

    /// The people behind a label on its own line; another label in it changes who they are.
    fn labelled_people(&mut self, role: Role, rest: &Rich) {
        let mut role = role;
        for line in rest.split(|c, _| matches!(c, '\n')) {
            let mut start = 0;
            for (range, next) in inner_labels(&line.text) {
                self.person_line(role, &line.slice(start..range.start));
                (start, role) = (range.end, next);
            }
            self.person_line(role, &line.slice(start..line.text.len()));
        }
    }

    fn person_line(&mut self, role: Role, rich: &Rich) {
        let end = rich.text.trim_end_matches([';', '.', ',', ' ', '|', '；', '。']).len();
        // "Ada N." ends in an initial, not a sentence.
        let initial = rich.text[..end].chars().rev().take(2).collect::<Vec<_>>();
        let initial =
            matches!(initial[..], [letter, ' '] if letter.is_uppercase()) && rich.text[end..].starts_with('.');
        let rich = rich.slice(0..end + usize::from(initial));
        if role == Role::Attendees && !rich.text.is_empty() {
            self.push_person(rich, false, None);
        }
    }

    fn push_person(&mut self, rich: Rich, listed: bool, checked: Option<bool>) {
        let entry = Entry { rich, list: listed.then_some(self.list), organisation: None, role: None };
        self.content.people.push((entry, checked));
    }

    fn person_item(&mut self, rich: &Rich, depth: usize, checked: Option<bool>, parent: bool, below: usize) {
        let text = rich.text.trim();
        let label = text.ends_with([':', '：']) || (parent && section::is_group(text));
        // `Acme` over several people is no person, `Ada Lee` is. Over one of them, either can be the company.
        if below > 1 && !attendee::is_full_name(rich) || label && (parent || section::is_group(text)) {
            return;
        }
        if self.person.is_some_and(|person| depth > person) && !attendee::has_login(rich) {
            let message = "a line below a person: a detail, or somebody else".to_owned();
            self.content.unread.push(Unread { line: rich.line(), message, text: rich.text.clone() });
            return;
        }
        if below == 1 && !text.contains(' ') {
            let message = "a word over one name: a person, or the company of the one below".to_owned();
            self.content.unread.push(Unread { line: rich.line(), message, text: rich.text.clone() });
            return;
        }
        // `TSC: Ada, Bo` names a group and its people, `Scribe: Ada` a role.
        if let Some(colon) = rich.text.find([':', '：'])
            && !rich.text[..colon].contains(['(', '[', '@', '（'])
            && (section::is_group(&rich.text[..colon]) || attendee::is_role(&rich.text[..colon]))
        {
            let width = rich.text[colon..].chars().next().map_or(1, char::len_utf8);
            let head = rich.slice(0..colon).folded();
            let role = (!section::is_group(&head)).then_some(head);
            let rich = rich.slice(colon + width..rich.text.len());
            self.content.people.push((Entry { rich, list: None, organisation: None, role }, checked));
            return;
        }
        self.push_person(rich.clone(), true, checked);
    }

    fn action_item(&mut self, depth: usize, top: bool, checked: Option<bool>, parent: bool, rich: &Rich) {
        let text = rich.text.trim();
        if let Some(owner) = owner_alone(text).filter(|_| parent) {
            self.owner = Some((depth, owner));
            return;
        }
        let said = checked.is_some() || text.contains('@') || action::owner_prefix(text, &Known::default()).is_some();
        if self.details && !said {
            return;
        }
        let below_owner = self.owner.as_ref().is_some_and(|(owner_depth, _)| depth == owner_depth + 1);
        if !(top || below_owner || checked.is_some()) {
            return;
        }
        let only_links = action::is_only_links(rich, link_ranges(rich));
        if self.frame().status.is_some() && checked.is_none() && only_links {
            return;
        }
        self.draft(rich, checked, false);
    }

    fn draft(&mut self, rich: &Rich, checked: Option<bool>, paragraph: bool) {
        self.content.drafts.push(Draft {
            rich: rich.clone(),
            checked,
            heading_done: self.frame().status == Some("done"),
            owner: self.owner.as_ref().map(|(_, owner)| owner.clone()),
            paragraph,
            mixed: self.role() == Role::ActionsAndDecisions,
        });
    }

    /// Outside the sections for it: a box is an action, and so is `TODO: ...`; `Decision: ...` is a decision.
    fn elsewhere(&mut self, rich: &Rich, checked: Option<bool>) {
        if checked.is_some() || (action::is_marked(&rich.text) && self.role() != Role::Next) {
            let only_links = action::is_only_links(rich, link_ranges(rich));
            if !only_links {
                self.draft(rich, checked, false);
            }
        } else if let Some(text) = decided(&rich.folded()) {
            self.content.decisions.push(text);
        }
    }

    fn paragraph(&mut self, depth: usize, block: &Block, before_list: bool) {
        let base = self.label.map_or(0, |label| label.depth);
        if self.label.is_some_and(|label| label.depth > 0 && depth < label.depth) {
            self.label = None;
        }
        if depth == 0 && self.frame_allows_labels() && self.open_label(&block.rich, 0, before_list) {
            return;
        }
        self.end_label(depth, block);
        self.day_line(&block.rich);
        if depth == 0 {
            self.owner = None;
            self.details = false;
        }
        match self.role() {
            Role::Attendees if depth <= base + 1 => self.people_paragraph(&block.rich),
            Role::Actions | Role::ActionsAndDecisions if depth == 0 => self.action_paragraph(&block.rich, before_list),
            Role::Decisions if depth == 0 && !block.rich.text.trim().ends_with(':') => self.decision(&block.rich),
            Role::Regrets => {}
            _ if depth == 0 => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.prose = true;
                }
                for line in block.rich.split_lines() {
                    self.elsewhere(&line, None);
                }
            }
            _ => {}
        }
    }

    /// A last line that is only an owner stands above a list; one that ends in a colon otherwise only announces it.
    fn action_paragraph(&mut self, rich: &Rich, before_list: bool) {
        let start = rich.text.trim_end().rfind('\n').map_or(0, |at| at + 1);
        let last = rich.text[start..].trim();
        let owner = owner_alone(last).filter(|_| before_list);
        let owned = action::owner_prefix(last, &Known::default()).is_some() && owner_alone(last).is_none();
        let announces = last.ends_with([':', '：']) && !owned;
        self.details = owned && before_list && last.ends_with([':', '：']) && self.role() == Role::ActionsAndDecisions;
        self.owner = owner.map(|owner| (0, owner));
        let above = if announces { rich.slice(0..start) } else { rich.clone() };
        if !above.text.is_empty() {
            let owner = self.owner.take();
            self.draft(&above, None, true);
            self.owner = owner;
        }
    }

    /// A label over a list or a paragraph ends with it, and with the next bold line.
    fn end_label(&mut self, depth: usize, block: &Block) {
        let Some(label) = self.label.filter(|_| depth == 0) else { return };
        let text = block.rich.text.trim();
        let heads = block.rich.wholly(&block.rich.bold) || (text.ends_with(':') && text.split(' ').count() <= 4);
        let group = heads && label.role.has_people() && section::is_group(text);
        // What follows the actions of a topic is talk again.
        let over = (label.role.has_people() || self.frame().role == Role::Topic) && label.used.is_some();
        if (heads || over) && !group {
            self.label = None;
        } else if label.role.has_people()
            && !group
            && let Some(label) = self.label.as_mut()
        {
            label.used = Some(Used::Text);
        }
    }

    fn people_paragraph(&mut self, rich: &Rich) {
        for line in rich.split_lines() {
            let text = line.text.trim();
            let bold = line.wholly(&line.bold) && section::is_group(text);
            if bold || (text.ends_with([':', '：']) && text.split(' ').count() <= 4) {
                continue;
            }
            match text.find([':', '：']) {
                Some(colon) if section::is_group(&text[..colon]) || section::role_of(&text[..colon]).is_some() => {
                    let role = section::role_of(&text[..colon]).unwrap_or(Role::Attendees);
                    let role = if role == Role::Regrets { role } else { Role::Attendees };
                    let at = line.text.find([':', '：']).unwrap_or(0);
                    let width = line.text[at..].chars().next().map_or(1, char::len_utf8);
                    self.labelled_people(role, &line.slice(at + width..line.text.len()));
                }
                _ => self.labelled_people(Role::Attendees, &line),
            }
        }
    }

    /// `Date: June 17, 2025` in the head of a page, for pages that state their date nowhere else.
    fn day_line(&mut self, rich: &Rich) {
        if !matches!(self.frame().role, Role::Root | Role::Info) || self.content.day.is_some() {
            return;
        }
        const KEYS: [&str; 12] = [
            "date",
            "when",
            "date and time",
            "date time",
            "datetime",
            "meeting date",
            "meeting date time",
            "meeting date and time",
            "meeting time",
            "date of meeting",
            "day",
            "time",
        ];
        for line in rich.text.lines() {
            let keyed = line.split_once(':').filter(|(key, _)| KEYS.contains(&section::words(key).join(" ").as_str()));
            let value = keyed.map(|(_, value)| value).or_else(|| is_day_alone(line).then_some(line));
            self.content.day = self.content.day.or_else(|| value.and_then(date::first_day));
        }
    }

    fn row(&mut self, head: bool, cells: &[Rich]) {
        if head {
            self.table = cells.iter().map(|cell| section::words(&cell.text).join(" ")).collect();
            self.attendee_table();
            return;
        }
        match self.role() {
            Role::Attendees => self.person_row(cells),
            Role::Actions | Role::ActionsAndDecisions => self.action_row(cells),
            Role::Decisions => {
                if let Some(cell) = cells.first() {
                    self.decision(&cell.clone());
                }
            }
            _ => {}
        }
    }

    /// A table whose first column is the attendees needs no heading.
    fn attendee_table(&mut self) {
        let first = self.table.first().map(String::as_str).unwrap_or_default();
        let people = matches!(first, "attendee" | "attendees" | "participant" | "participants");
        if people && matches!(self.frame().role, Role::Root | Role::Info) {
            self.note(Role::Attendees);
            self.unannounced = false;
            self.label = Some(Label { role: Role::Attendees, depth: 0, used: Some(Used::Text) });
        }
    }

    fn column(&self, cells: &[Rich], names: &[&str]) -> Option<Rich> {
        let at =
            self.table.iter().position(|head| names.iter().any(|name| head.split(' ').any(|word| word == *name)))?;
        cells.get(at).cloned()
    }

    fn person_row(&mut self, cells: &[Rich]) {
        let named =
            self.column(cells, &["name", "attendee", "attendees", "participant", "participants", "member", "who"]);
        let login = self.column(cells, &["github", "login", "handle", "id", "username"]);
        let company =
            self.column(cells, &["company", "organization", "organisation", "affiliation", "employer", "org"]);
        let role = self.column(cells, &["role", "title", "position", "group"]);
        let present = self.column(cells, &["present", "attended", "attendance", "here", "attending"]);
        let Some(mut rich) = named.or_else(|| cells.first().cloned()) else { return };
        if present.is_some_and(|cell| is_no(&cell.text)) {
            return;
        }
        let login = login.map(|cell| cell.folded()).filter(|text| !text.is_empty());
        if let Some(login) = login
            && !rich.text.contains(login.trim_start_matches('@'))
        {
            let line = rich.line();
            let login = link::profile(&login).unwrap_or(login.trim_start_matches('@')).to_owned();
            if muster_model::account::is_github_login(&login) {
                rich.push(&format!(" @{login}"), line);
            }
        }
        let filled = |cell: Option<Rich>| {
            cell.map(|cell| cell.folded()).filter(|text| text.chars().any(char::is_alphanumeric) && text != "N/A")
        };
        let entry = Entry { rich, list: None, organisation: filled(company), role: filled(role) };
        self.content.people.push((entry, None));
    }

    fn action_row(&mut self, cells: &[Rich]) {
        let owner = self.column(cells, &["owner", "owners", "assignee", "assignees", "who", "responsible", "assigned"]);
        let state = self.column(cells, &["status", "state", "done"]);
        let text = self.column(cells, &["action", "actions", "item", "task", "description", "todo", "what"]);
        let Some(rich) = text.or_else(|| cells.first().cloned()) else { return };
        let done = state.map(|cell| {
            let word = cell.folded().to_lowercase();
            section::bracket_status(&format!("({word})")) == Some("done")
                || ["x", "✅", "✔", "yes"].contains(&word.as_str())
        });
        self.owner = owner.map(|cell| (0, cell.folded())).filter(|(_, text)| !text.is_empty());
        self.draft(&rich, done, false);
        self.owner = None;
    }

    fn topic_rich(&mut self, rich: &Rich) {
        self.topic(&rich.folded());
    }

    fn topic(&mut self, text: &str) {
        let text = section::without_emoji_codes(text).trim().to_owned();
        let lower = text.to_lowercase();
        let nothing = lower.starts_with("no ")
            && ["announce", "annouce", "update", "topic", "item"].iter().any(|w| lower.contains(w));
        if text.chars().any(char::is_alphanumeric) && !attendee::is_placeholder(&text) && !nothing {
            self.content.topics.push(text);
        }
    }

    fn decision(&mut self, rich: &Rich) {
        let text = rich.folded();
        let text = decided(&text).unwrap_or(text);
        if action::is_next_meeting(&text) {
            return;
        }
        if text.chars().any(char::is_alphanumeric) && !attendee::is_placeholder(&text) {
            self.content.decisions.push(text);
        }
    }

    /// Not among people, who are roles there, nor among actions, whose owners do not speak.
    fn prefixes(&mut self, block: &Block) {
        let silent = matches!(
            self.role(),
            Role::Attendees | Role::Regrets | Role::Actions | Role::ActionsAndDecisions | Role::Info | Role::Next
        );
        let text = matches!(block.kind, Kind::Item { checked: None, .. } | Kind::Paragraph { .. });
        if text && !silent {
            self.content.prefixes.extend(block.rich.text.lines().filter_map(speaker::prefix).map(str::to_owned));
        }
    }

    fn links(&mut self, block: &Block) {
        for found in link::find(&block.rich) {
            let text = &block.rich.text;
            let start = text[..found.range.start].rfind('\n').map_or(0, |at| at + 1);
            let end = text[found.range.end..].find('\n').map_or(text.len(), |at| found.range.end + at);
            // The link's own text may hold a bracket: that is a title, not a status.
            let beside = format!("{} {}", &text[start..found.range.start], &text[found.range.end..end]);
            let status = section::bracket_status(&beside).or(self.frame().status);
            let line = block.rich.line_at(found.range.start);
            self.content.items.push(Item { item: found.item, kind: found.kind, url: found.url, status, line });
        }
    }
}

fn link_ranges(rich: &Rich) -> impl Iterator<Item = std::ops::Range<usize>> {
    let bare = rich.masked(rich.links.iter().map(|(range, _)| range));
    let mut ranges: Vec<_> = rich.links.iter().map(|(range, _)| range.clone()).collect();
    ranges.extend(crate::link::urls(&bare));
    ranges.extend(link::find(rich).into_iter().map(|found| found.range));
    ranges.into_iter()
}
