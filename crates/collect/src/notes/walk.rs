//! The blocks of one meeting to what stands in them: the current heading and label say what a line is.

use super::action::{self, Draft, Known};
use super::attendee::{self, Entry};
use super::date;
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
}

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
    table: Vec<String>,
}

/// Walks over the blocks of one meeting.
pub(super) fn walk(blocks: &[Block]) -> Content {
    let root = Frame { level: 0, role: Role::Root, status: None, prose: false };
    let mut walk =
        Walk { content: Content::default(), frames: vec![root], label: None, owner: None, table: Vec::new() };
    let first_heading = blocks.iter().position(|block| matches!(block.kind, Kind::Heading(_)));
    for (at, block) in blocks.iter().enumerate() {
        match &block.kind {
            Kind::Heading(level) => {
                let below = below(&block.rich.text, &blocks[at + 1..]);
                walk.heading(*level, &block.rich, Some(at) == first_heading, below);
                walk.unlabelled_people(&blocks[at + 1..]);
            }
            Kind::Item { depth, checked, parent } => walk.item(*depth, *checked, *parent, block),
            Kind::Paragraph { depth } => {
                let before_list = matches!(blocks.get(at + 1), Some(Block { kind: Kind::Item { depth: 1, .. }, .. }));
                walk.paragraph(*depth, block, before_list);
            }
            Kind::Row { head, cells } => walk.row(*head, cells),
        }
        walk.links(block);
        walk.prefixes(block);
    }
    walk.content
}

/// What stands below a heading without a role of its own, as far as a list of attendees could go on there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Below {
    People,
    SomethingElse,
}

/// A group of attendees ("Guests", "Acme"): named so, or nothing but people below.
fn below(heading: &str, blocks: &[Block]) -> Below {
    let section = blocks.iter().take_while(|block| !matches!(block.kind, Kind::Heading(_)));
    let mut items = section.filter(|block| matches!(block.kind, Kind::Item { .. })).peekable();
    let reads = |block: &Block| {
        let entry = Entry { rich: block.rich.clone(), listed: true, organisation: None, role: None };
        let read = attendee::read(&entry, &mut Vec::new());
        read.is_some_and(|a| a.login.is_some() || a.name.split(' ').count() > 1)
    };
    let people = section::is_group(heading) || (items.peek().is_some() && !is_container(heading) && items.all(reads));
    if people { Below::People } else { Below::SomethingElse }
}

impl Walk {
    fn frame(&self) -> Frame {
        // The root is never taken away.
        self.frames.last().copied().unwrap_or(Frame { level: 0, role: Role::Root, status: None, prose: false })
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

    fn heading(&mut self, level: u8, rich: &Rich, first: bool, below: Below) {
        self.label = None;
        self.owner = None;
        self.table.clear();
        self.frames.retain(|frame| frame.level < level || frame.level == 0 && level > 0);
        if self.frames.is_empty() {
            self.frames.push(Frame { level: 0, role: Role::Root, status: None, prose: false });
        }
        let parent = self.frame();
        let text = rich.folded();
        let own = section::role_of(&text);
        let status = section::status_of(&text).or(parent.status.filter(|_| parent.role != Role::Root));
        let role = Self::heading_role(own, parent, &text, status, first && level <= 2, below);
        if own.is_some() {
            self.note(role);
        }
        if role == Role::Topic && matches!(parent.role, Role::Topics | Role::Discussion | Role::Container) {
            self.topic(&text);
        }
        self.frames.push(Frame { level: level.max(1), role, status, prose: false });
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
            let entry = Entry { rich: block.rich.clone(), listed: true, organisation: None, role: None };
            let read = attendee::read(&entry, &mut Vec::new());
            link::find(&block.rich).is_empty() && read.is_some_and(|attendee| attendee.login.is_some())
        };
        if self.frame().role == Role::Root && list.len() > 1 && list.iter().all(person) {
            self.note(Role::Attendees);
            self.label = Some(Label { role: Role::Attendees, depth: 0, used: None });
        }
    }

    fn item(&mut self, depth: usize, checked: Option<bool>, parent: bool, block: &Block) {
        if self.label.is_some_and(|label| label.depth >= depth && label.depth > 0) {
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
            Role::Attendees => self.person_item(&block.rich, checked, parent),
            Role::Actions | Role::ActionsAndDecisions => self.action_item(depth, top, checked, parent, &block.rich),
            Role::Topics | Role::Container if top => self.topic_rich(&block.rich),
            Role::Discussion if top && !self.frame().prose && checked.is_none() => self.topic_rich(&block.rich),
            Role::Decisions if top => self.decision(&block.rich),
            Role::Regrets | Role::Topics => {}
            _ => self.elsewhere(&block.rich, checked),
        }
    }

    fn frame_allows_labels(&self) -> bool {
        !matches!(self.frame().role, Role::Topic | Role::Next)
    }

    /// `Attendees: Ada, Bo`, `**Agenda**`, `Present: Ada; Regrets: Bo`. Whether the block was such a label.
    fn open_label(&mut self, rich: &Rich, depth: usize, before_list: bool) -> bool {
        let Some((role, end)) = label_of(rich, before_list) else { return false };
        let preamble = matches!(
            self.frame().role,
            Role::Root | Role::Info | Role::Discussion | Role::Attendees | Role::Regrets | Role::Topics
        );
        let rest = rich.slice(end..rich.text.len());
        // Elsewhere "Participants:" are those of something that the meeting talks about.
        if role.has_people() && !preamble {
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
        self.label = Some(Label { role, depth, used: None });
        if !rest.text.is_empty() {
            self.labelled_people(role, &rest);
            if let Some(label) = self.label.as_mut() {
                label.used = Some(Used::Text);
            }
        }
        true
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
        let rich = rich.slice(0..end);
        if role == Role::Attendees && !rich.text.is_empty() {
            self.push_person(rich, false, None);
        }
    }

    fn push_person(&mut self, rich: Rich, listed: bool, checked: Option<bool>) {
        let entry = Entry { rich, listed, organisation: None, role: None };
        self.content.people.push((entry, checked));
    }

    fn person_item(&mut self, rich: &Rich, checked: Option<bool>, parent: bool) {
        let text = rich.text.trim();
        let label = text.ends_with([':', '：']) || (parent && section::is_group(text));
        if label && (parent || section::is_group(text)) {
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
            self.content.people.push((Entry { rich, listed: false, organisation: None, role }, checked));
            return;
        }
        self.push_person(rich.clone(), true, checked);
    }

    fn action_item(&mut self, depth: usize, top: bool, checked: Option<bool>, parent: bool, rich: &Rich) {
        let text = rich.text.trim();
        if parent && text.ends_with(':') && action::owner_prefix(text, &Known::default()).is_some() {
            self.owner = Some((depth, text.trim_end_matches(':').to_owned()));
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
        if checked.is_some() || (action::without_marker(&rich.text).1 && self.role() != Role::Next) {
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
        match self.role() {
            Role::Attendees if depth <= base + 1 => self.people_paragraph(&block.rich),
            Role::Actions | Role::ActionsAndDecisions if depth == 0 && !block.rich.text.trim().ends_with(':') => {
                self.draft(&block.rich, None, true);
            }
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

    /// A label over a list or a paragraph ends with it, and with the next bold line.
    fn end_label(&mut self, depth: usize, block: &Block) {
        let Some(label) = self.label.filter(|_| depth == 0) else { return };
        let text = block.rich.text.trim();
        let heads = block.rich.wholly(&block.rich.bold) || (text.ends_with(':') && text.split(' ').count() <= 4);
        let group = heads && label.role.has_people() && section::is_group(text);
        let over = label.role.has_people() && label.used.is_some();
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
        for line in rich.text.lines() {
            let Some((key, value)) = line.split_once(':') else { continue };
            let key = section::words(key).join(" ");
            if matches!(
                key.as_str(),
                "date" | "when" | "date and time" | "date time" | "datetime" | "meeting date" | "time"
            ) {
                self.content.day = self.content.day.or_else(|| date::first_day(value));
            }
        }
    }

    fn row(&mut self, head: bool, cells: &[Rich]) {
        if head {
            self.table = cells.iter().map(|cell| section::words(&cell.text).join(" ")).collect();
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
        let entry = Entry { rich, listed: false, organisation: filled(company), role: filled(role) };
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

/// `Decision: ...` and the like.
fn decided(text: &str) -> Option<String> {
    let (head, rest) = text.split_once(':')?;
    let head = head.trim_matches(['*', '[', ']', ' ']).to_lowercase();
    let says = matches!(
        head.as_str(),
        "decision" | "decided" | "resolved" | "resolution" | "agreed" | "agreement" | "consensus"
    );
    let rest = rest.trim().trim_start_matches(['*', ' ']);
    (says && !rest.is_empty()).then(|| rest.to_owned())
}

fn is_no(text: &str) -> bool {
    let lower = text.trim().to_lowercase();
    matches!(
        lower.as_str(),
        "" | "no" | "n" | "-" | "absent" | "regrets" | "excused" | "❌" | "✗" | "✘" | "x̶" | "false" | "[ ]" | "0"
    )
}

/// A heading inside an agenda that is no topic: a repository's name, announcements.
fn is_container(text: &str) -> bool {
    let words = section::words(text);
    let repository = text.split_once('/').is_some_and(|(owner, name)| {
        let plain =
            |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
        plain(owner) && plain(name)
    });
    let general = matches!(
        words.join(" ").as_str(),
        "announcements"
            | "reminders"
            | "updates"
            | "other"
            | "others"
            | "misc"
            | "miscellaneous"
            | "aob"
            | "new items"
            | "any other business"
            | "old items"
            | "standing items"
            | "new topics"
            | "old topics"
            | "recurring items"
    );
    repository || general
}

/// The role of a label, and where what is behind it begins. `Attendees` without a colon is one over a list or in bold.
fn label_of(rich: &Rich, before_list: bool) -> Option<(Role, usize)> {
    let text = &rich.text;
    let line_end = text.find('\n').unwrap_or(text.len());
    let first = &text[..line_end];
    if let Some(colon) = first.find([':', '：'])
        && colon <= 60
        && !first.starts_with(':')
    {
        let width = first[colon..].chars().next().map_or(1, char::len_utf8);
        let role = section::role_of(&first[..colon]).filter(|role| role.is_structure())?;
        return Some((role, colon + width));
    }
    let bold = rich.slice(0..line_end);
    let told = bold.wholly(&bold.bold) || (before_list && line_end == text.len());
    let role = section::role_of(first).filter(|role| told && role.is_structure())?;
    (line_end == text.len() || role.has_people()).then_some((role, line_end))
}

/// Labels inside a line: `Ada, Bo; Regrets: Cy`.
fn inner_labels(text: &str) -> Vec<(std::ops::Range<usize>, Role)> {
    let mut labels = Vec::new();
    let mut from = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| matches!(c, ':' | '：')) {
        let ends = |(_, c): &(usize, char)| matches!(c, ',' | ';' | '.' | '|' | '；' | '，');
        let separator = text[from..at].char_indices().rfind(ends);
        let start = separator.map_or(from, |(i, c)| from + i + c.len_utf8());
        let Some(head) = text.get(start..at) else { continue };
        if let Some(role) = section::role_of(head).filter(|role| role.has_people()) {
            labels.push((start..at + c.len_utf8(), role));
            from = at + c.len_utf8();
        }
    }
    labels
}
