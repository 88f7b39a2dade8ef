//! People on a Markdown page or in a plain-text file: tables, lists, lines.
//!
//! What somebody is follows from the nearest heading (or bold line, or item above) that names a role, else from the
//! file's name. Under a heading of former people, at any depth, everybody is former. A list under a heading about
//! responsibilities or procedures names nobody; a table with a login or address column does. Under a heading of channels,
//! credits or keys neither does. What looks like people there is noted.

use super::blocks::{Block, Inline, blocks};
use super::page::{Page, Person, Role};
use super::person::{self, Found, fold, organisation};
use super::role::{self, Column, Standing, classify, column};
use muster_model::account;
use regex::Regex;
use std::collections::BTreeMap;
use std::sync::LazyLock;

const HIDDEN_HINT: &str = "if they hold a role, put them under a heading that names it";
const ROW_HINT: &str = "write a login, an e-mail address or a name in the row";

/// Reads a page whose people hold `default` unless a heading says otherwise. `plain` is a text file without Markdown's
/// extension: there a line with nothing but a name is a person too.
pub(super) fn read(text: &str, default: &Standing, plain: bool) -> Page {
    let blocks = blocks(text);
    let mut reader = Reader {
        page: Page::default(),
        headings: Vec::new(),
        inner: None,
        default,
        plain,
        titled: false,
        areas: false,
        above: String::new(),
    };
    reader.collect_links(&blocks);
    let lists = lists(&blocks);
    let mut done = BTreeMap::new();
    for (at, block) in blocks.iter().enumerate() {
        match block {
            Block::Heading(level, inline) => reader.heading(*level, &inline.text),
            Block::Paragraph(inline) => reader.paragraph(inline),
            Block::Code(inline) => reader.lines(inline, false),
            Block::Table(head, rows) => reader.table(head, rows),
            Block::Html(line, html) => reader.html(*line, html),
            Block::Item { list, .. } => {
                if let Some(items) = lists.get(list).filter(|items| items.first() == Some(&at)) {
                    reader.list(&blocks, items, &mut done);
                }
            }
        }
    }
    reader.page
}

/// The items of each list, by the number of the list.
fn lists(blocks: &[Block]) -> BTreeMap<usize, Vec<usize>> {
    let mut lists: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, block) in blocks.iter().enumerate() {
        if let Block::Item { list, .. } = block {
            lists.entry(*list).or_default().push(at);
        }
    }
    lists
}

/// What an item of a list turned out to be; its inner lists follow it.
#[derive(Clone)]
enum Item {
    /// A person: their place among the page's people or former people.
    Person { former: bool, at: usize },
    /// A label above an inner list.
    Label(Standing),
    /// Text.
    Nothing,
}

struct Reader<'a> {
    page: Page,
    headings: Vec<(usize, Standing)>,
    /// A bold line, a `Maintainers:` line or an HTML heading: it holds until the next heading.
    inner: Option<Standing>,
    default: &'a Standing,
    plain: bool,
    /// Whether the first heading was read.
    titled: bool,
    /// Whether the page's title says that its headings are areas or components.
    areas: bool,
    /// The nearest heading's text.
    above: String,
}

static HREF: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"(?i)\bhref\s*=\s*["']([^"']+)"#).ok());
static HTML_HEADING: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?is)<(?:h[1-6]|summary)[^>]*>(.*?)</(?:h[1-6]|summary)>").ok());

impl Reader<'_> {
    fn collect_links(&mut self, blocks: &[Block]) {
        for block in blocks {
            let (Block::Heading(_, inline) | Block::Paragraph(inline) | Block::Item { inline, .. }) = block else {
                continue;
            };
            let elsewhere = inline.links.iter().map(|(_, url)| url.clone()).filter(|url| person::leads_elsewhere(url));
            self.page.links.extend(elsewhere);
        }
    }

    fn heading(&mut self, level: usize, text: &str) {
        let standing = if self.titled { role::heading(text) } else { self.title(text) };
        let standing = if self.areas && role::is_area(text) { Standing::Unknown } else { standing };
        self.areas = if level == 1 { role::lists_areas(text) } else { self.areas };
        self.titled = true;
        self.above = fold(text);
        self.headings.retain(|(above, _)| *above < level);
        self.headings.push((level, standing));
        self.inner = None;
    }

    /// The page's title. In a file that is named after maintainers, "Project members" or "Contributors" is a title, no
    /// other role.
    fn title(&self, text: &str) -> Standing {
        let named = matches!(self.default, Standing::Role(role) if role.maintainer);
        match classify(text) {
            Standing::Role(role) if named && ["member", "contributor", "adopter", "contact"].contains(&&*role.name) => {
                Standing::Unknown
            }
            standing => standing,
        }
    }

    fn html(&mut self, line: u32, html: &str) {
        let profiles =
            HREF.iter().flat_map(|href| href.captures_iter(html)).any(|url| person::profile(&url[1]).is_some());
        if profiles && self.states(None) {
            self.page.reject(
                line,
                "profiles in HTML are not read",
                "write them as a list or a table in Markdown",
                html,
            );
        }
        if let Some(found) = HTML_HEADING.as_ref().and_then(|heading| heading.captures(html)) {
            self.inner = Some(role::heading(&found[1]));
        } else if html.to_ascii_lowercase().contains("</details") {
            self.inner = None;
        }
    }

    /// What somebody here is, when `own` is what stands nearest: a label, a role cell, a word in the line.
    fn standing(&self, own: Option<&Standing>) -> Standing {
        let above = self.headings.iter().rev().map(|(_, standing)| standing);
        let mut known = own.into_iter().chain(&self.inner).chain(above).filter(|one| **one != Standing::Unknown);
        let former = |one: &Standing| *one == Standing::Former;
        let all = own.into_iter().chain(&self.inner).chain(self.headings.iter().map(|(_, standing)| standing));
        if all.into_iter().any(former) {
            return Standing::Former;
        }
        known.next().unwrap_or(self.default).clone()
    }

    /// Adds somebody to the people or the former people, and says where.
    fn add(&mut self, found: Found, own: Option<&Standing>) -> Item {
        let own = found.standing.as_ref().or(own).filter(|own| **own != Standing::Prose);
        match self.standing(own) {
            Standing::Former => {
                self.page.former.push(found.person);
                Item::Person { former: true, at: self.page.former.len() - 1 }
            }
            Standing::Role(role) => {
                self.page.add(found.person, &role);
                Item::Person { former: false, at: self.page.people.len() - 1 }
            }
            // Only a table gets here under a heading of prose: the file's own role stands.
            Standing::Prose | Standing::Others | Standing::Unknown => {
                let role = match self.default {
                    Standing::Role(role) => role.clone(),
                    _ => Role::new("member", false),
                };
                self.page.add(found.person, &role);
                Item::Person { former: false, at: self.page.people.len() - 1 }
            }
        }
    }

    fn paragraph(&mut self, inline: &Inline) {
        self.says_no_maintainers(&inline.text);
        if self.bold_heading(inline) {
            return;
        }
        self.lines(inline, true);
    }

    /// `This section lists people who are not maintainers` under a heading that says nothing.
    fn says_no_maintainers(&mut self, text: &str) {
        let heading = self.headings.last().is_some_and(|(_, standing)| *standing == Standing::Unknown);
        if heading && self.inner.is_none() && NO_MAINTAINERS.as_ref().is_some_and(|says| says.is_match(text)) {
            self.inner = Some(Standing::Others);
        }
    }

    /// `**Emeritus**` or `Maintainers (@acme/lamps):` alone on a line stands for a heading. The team in it holds the role.
    fn bold_heading(&mut self, inline: &Inline) -> bool {
        let text = inline.text.trim();
        let bold = inline.bold.iter().any(|span| span.len() >= text.trim_end_matches(':').len());
        let short = text.split_whitespace().count() <= 8 && !text.contains('\n');
        let person = person::stated(inline);
        // A team's name is no word of the heading.
        let words = if person.team.is_some() { text.split('(').next().unwrap_or(text) } else { text };
        let standing = role::label(words);
        let announces = short && (bold || text.ends_with(':')) && standing != Standing::Unknown;
        if !announces || person.login.is_some() || person.email.is_some() {
            return false;
        }
        let hides = matches!(standing, Standing::Prose | Standing::Others);
        self.inner = Some(standing);
        if person.team.is_some() && !hides {
            self.add(Found { person, standing: None }, None);
        }
        true
    }

    /// Whether what stands here names nobody, whoever it mentions.
    fn hides(&self, own: Option<&Standing>) -> bool {
        matches!(self.standing(own), Standing::Prose | Standing::Others)
    }

    /// Whether entries here would be people who hold a role now.
    fn states(&self, own: Option<&Standing>) -> bool {
        !self.hides(own) && self.standing(own) != Standing::Former
    }

    /// Lines that are people: in running text only those that say a login or an address after a name. Lines of
    /// `Key: value` below each other are one person.
    fn lines(&mut self, inline: &Inline, labels: bool) {
        if self.hides(None) {
            return;
        }
        let lines = inline.each_line();
        let mut parts: Vec<&[Inline]> = Vec::new();
        let mut left = lines.as_slice();
        while !left.is_empty() {
            let (part, rest) = left.split_at(profile_length(left).max(1));
            parts.push(part);
            left = rest;
        }
        let bare = |line: &Inline| person::full_name(line.text.trim());
        let read: Vec<Vec<Found>> = parts.iter().map(|part| read_part(part)).collect();
        let certain = |found: &Vec<Found>| found.iter().any(|one| one.person.is_certain());
        let mut each = parts.iter().zip(&read);
        let all_people = self.plain
            && each.all(|(part, found)| part.len() > 1 || certain(found) || bare(&part[0]) || is_label(&part[0]));
        // `repositories under github.com/acme` in running text.
        let small = |one: &Found| one.person.name.as_ref().is_some_and(|name| name.contains(' ') && is_small(name));
        let prose = |found: &Vec<Found>| found.iter().any(small);
        let some_people = read.iter().any(|found| certain(found) && !prose(found));
        self.page.holds_entries |= self.states(None) && lines.iter().any(person::holds_login);
        for (part, found) in parts.iter().zip(read) {
            let line = &part[0];
            let brief = line.text.split_whitespace().count() <= 20;
            let prose = part.len() == 1 && prose(&found);
            if brief && !prose && (part.len() > 1 || certain(&found) || (all_people && bare(line))) {
                for one in found {
                    self.add(one, None);
                }
            } else if labels && is_label(line) {
                self.inner = Some(role::label(&line.text)).filter(|standing| *standing != Standing::Unknown);
            } else if brief && ((some_people && person::holds_login(line)) || (self.plain && ends_in_names(line))) {
                self.page.reject(line.line(), "a line among people names nobody", ROW_HINT, &line.text);
            }
        }
    }

    fn list(&mut self, blocks: &[Block], items: &[usize], done: &mut BTreeMap<usize, Item>) {
        let parent = match items.first().map(|at| &blocks[*at]) {
            Some(Block::Item { parent: Some(parent), .. }) => done.get(parent).cloned(),
            _ => None,
        };
        let own = match &parent {
            Some(Item::Label(standing)) => Some(standing.clone()),
            _ => None,
        };
        let inlines: Vec<(usize, &Inline)> = items.iter().filter_map(|at| item(blocks, *at)).collect();
        let mut read: Vec<Vec<Found>> = inlines.iter().map(|(_, inline)| read_item(inline)).collect();
        if let Some(Item::Person { former, at }) = parent
            && !names_people(&inlines, &read, blocks, true)
        {
            for (_, inline) in inlines {
                self.detail(former, at, inline);
            }
            return;
        }
        let hidden = self.hides(own.as_ref());
        if let Some(found) = self.profile(&inlines).filter(|_| parent.is_none() && !hidden) {
            self.page.holds_entries |= self.states(None);
            self.add(found, None);
            return;
        }
        let entry = |(_, inline): &(usize, &Inline)| !is_blank(&inline.text) && !is_reference(inline);
        self.page.holds_entries |= self.states(own.as_ref()) && inlines.iter().any(entry);
        let people = !hidden && names_people(&inlines, &read, blocks, false);
        if people {
            let mut rows: Vec<Shared<'_>> = inlines
                .iter()
                .zip(&mut read)
                .map(|((_, inline), found)| (inline.line(), person::other_login(inline), found))
                .collect();
            settle_shared_profiles(&mut rows, &mut self.page);
        } else {
            self.note_unread(&inlines, &read, hidden);
        }
        for ((at, inline), found) in inlines.into_iter().zip(read) {
            let holds = has_inner(blocks, at);
            let item = if people && !found.is_empty() {
                found.into_iter().fold(Item::Nothing, |_, one| self.add(one, own.as_ref()))
            } else if holds {
                Item::Label(label_standing(&inline.text, own.as_ref()))
            } else {
                if people && !is_blank(&inline.text) && !is_reference(inline) && !person::leads_to_channel(inline) {
                    self.page.reject(inline.line(), "an item of a list of people names nobody", ROW_HINT, &inline.text);
                }
                Item::Nothing
            };
            done.insert(at, item);
        }
    }

    /// The person that a list of `Key: value` under a heading with their name tells of.
    fn profile(&self, inlines: &[(usize, &Inline)]) -> Option<Found> {
        let details = inlines.len() > 1
            && person::full_name(&self.above)
            && inlines.iter().all(|(_, inline)| key_value(inline).is_some() && !is_role(inline));
        if !details || inlines.len() > LONGEST_PROFILE {
            return None;
        }
        let mut person = Person::default();
        inlines.iter().for_each(|(_, inline)| tell(&mut person, inline));
        let detailed = person.email.is_some() || person.organisation.is_some();
        person.login.as_ref().filter(|_| detailed)?;
        let same = |inline: &&Inline| key_value(inline).is_some_and(|(column, _)| column == Column::Login);
        if inlines.iter().map(|(_, inline)| *inline).filter(same).count() > 1 {
            return None;
        }
        person.name.get_or_insert_with(|| self.above.clone());
        Some(Found { person, standing: None })
    }

    /// Says of a list that is not read as people that it looks like them, or in part.
    fn note_unread(&mut self, inlines: &[(usize, &Inline)], read: &[Vec<Found>], hidden: bool) {
        let named = |found: &Vec<Found>| {
            found.iter().any(|one| one.person.is_certain() && one.person.name.as_deref().is_some_and(person::full_name))
        };
        let count = read.iter().filter(|found| named(found)).count();
        let Some((_, first)) = inlines.first() else { return };
        let who = |found: &Vec<Found>| named(found) || found.iter().any(|one| one.person.login.is_some());
        let entries = inlines.iter().zip(read).filter(|((_, inline), _)| !person::leads_to_channel(inline));
        let (mut some, mut all) = (false, true);
        for (_, found) in entries {
            (some, all) = (true, all && who(found));
        }
        if hidden && some && all {
            let message = "a list of people stands under a heading that names no role; it was not read";
            self.page.note(first.line(), message, HIDDEN_HINT);
        } else if !hidden && count > 1 {
            let message = format!("a list names {count} people and says more than that; it was not read");
            self.page.note(first.line(), message, "give the people a list of their own");
        }
    }

    /// `- Company: Acme` below somebody's name.
    fn detail(&mut self, former: bool, at: usize, inline: &Inline) {
        let person = if former { self.page.former.get_mut(at) } else { self.page.people.get_mut(at).map(|(p, _)| p) };
        if let Some(person) = person {
            tell(person, inline);
        }
    }

    fn table(&mut self, head: &[Inline], rows: &[(u32, Vec<Inline>)]) {
        let columns = columns(head, rows);
        let roles = role_columns(head, &columns, rows);
        self.page.holds_entries |= self.states(None) && !rows.is_empty();
        if roles.is_empty() && !is_people_table(&columns, rows) {
            return;
        }
        if self.standing(None) == Standing::Others {
            let line = rows.first().map(|(line, _)| *line);
            let message = "a table of people stands under a heading of channels, credits or keys; it was not read";
            self.page.note(line, message, HIDDEN_HINT);
            return;
        }
        if self.standing(None) != Standing::Former {
            self.page.states_list = true;
        }
        let own = head.iter().zip(&columns).find(|(_, column)| **column == Column::Name);
        let own = own.map(|(title, _)| classify(&title.text)).filter(|standing| *standing != Standing::Unknown);
        let own = own.filter(|_| matches!(self.standing(None), Standing::Unknown | Standing::Prose));
        let mut read: Vec<Row> = rows
            .iter()
            .map(
                |(line, cells)| {
                    if roles.is_empty() { row(*line, cells, &columns) } else { role_row(*line, cells, &roles) }
                },
            )
            .collect();
        let mut shared: Vec<Shared<'_>> =
            read.iter_mut().map(|row| (row.line, row.other_login.take(), &mut row.found)).collect();
        settle_shared_profiles(&mut shared, &mut self.page);
        for (mut row, (_, cells)) in read.into_iter().zip(rows) {
            // Who is struck out is a maintainer no longer.
            if cells.iter().filter(|cell| !is_blank(&cell.text)).all(Inline::is_struck) {
                row.found.iter_mut().for_each(|found| found.standing = Some(Standing::Former));
            }
            self.row(row, own.as_ref());
        }
    }

    fn row(&mut self, row: Row, own: Option<&Standing>) {
        if row.blank {
            return;
        }
        if row.found.is_empty() || row.unread {
            self.page.reject(row.line, "a row of a table of people names nobody", ROW_HINT, &row.text);
        }
        for found in row.found {
            self.add(found, own);
        }
    }
}

static NO_MAINTAINERS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\b(?:lists?|section|table|people)\b[^.]*\bnot\s+(?:\w+\s+)?maintainers\b").ok());

fn read_item(inline: &Inline) -> Vec<Found> {
    if person::leads_to_channel(inline) { Vec::new() } else { person::people(inline) }
}

/// The key and the value of a line like `GitHub: ada`.
fn key_value(line: &Inline) -> Option<(Column, &str)> {
    let (key, value) = line.text.split_once(':')?;
    let value = value.trim();
    let key = key.trim().trim_matches(['*', '_', '`']);
    let short = (1..=4).contains(&key.split_whitespace().count()) && !key.contains(['@', '(', '<', ',']);
    (short && !value.is_empty() && !value.starts_with("//")).then(|| (column(key), value))
}

/// Nobody tells more lines about themselves.
const LONGEST_PROFILE: usize = 20;

/// How many lines from here on are one person in lines of `Key: value`, with the name above or among them; none if 0.
fn profile_length(lines: &[Inline]) -> usize {
    let named = lines.first().is_some_and(|line| person::full_name(line.text.trim()));
    let mut seen: Vec<Column> = Vec::new();
    let mut length = usize::from(named);
    for line in lines[length..].iter().take(LONGEST_PROFILE) {
        let Some((column, _)) = key_value(line).filter(|_| !is_role(line)) else { break };
        let again = column != Column::Other && seen.contains(&column) && column != Column::Login;
        let other = column == Column::Other && person::holds_login(line) && !role::is_service(&line.text);
        if again || other {
            break;
        }
        seen.push(column);
        length += 1;
    }
    let has = |column: Column| seen.contains(&column);
    let kinds = [Column::Name, Column::Login, Column::Email, Column::Organisation].into_iter().filter(|one| has(*one));
    let who = has(Column::Login) || has(Column::Email) || has(Column::Name);
    if who && kinds.count() + usize::from(named) > 1 { length } else { 0 }
}

/// `Reviewer: Ada`: a role and who holds it, no key of somebody's own.
fn is_role(line: &Inline) -> bool {
    let key = line.text.split(':').next().unwrap_or_default();
    matches!(classify(key), Standing::Role(_) | Standing::Former)
}

fn read_part(part: &[Inline]) -> Vec<Found> {
    let [line] = part else {
        let mut found = Found::default();
        let first = part.first().map(|line| fold(&line.text)).unwrap_or_default();
        found.person.name = Some(first).filter(|name| person::full_name(name));
        for line in part {
            tell(&mut found.person, line);
            if let Some((Column::Role, value)) = key_value(line) {
                found.standing = Some(role::highest(value)).filter(|standing| *standing != Standing::Unknown);
            }
        }
        return vec![found];
    };
    person::people(line)
}

/// Takes what a line of `Key: value` tells about somebody.
fn tell(person: &mut Person, line: &Inline) {
    let Some((column, value)) = key_value(line) else { return };
    match column {
        Column::Name if person.name.is_none() => person.name = Some(fold(value)).filter(|name| !is_placeholder(name)),
        Column::Organisation if person.organisation.is_none() => person.organisation = organisation(value),
        Column::Login if person.login.is_none() => {
            let bare = value.trim_start_matches('@');
            let plain = (account::is_github_login(bare) && !is_placeholder(bare)).then(|| bare.to_owned());
            person.login = plain.or_else(|| person::stated(line).login);
        }
        Column::Email if person.email.is_none() => person.email = person::email(value),
        _ => {}
    }
}

/// `GitHub: @ada`, `Company: Acme`: what a line below somebody's name tells of them.
fn is_detail(line: &Inline) -> bool {
    key_value(line).is_some_and(|(column, _)| matches!(column, Column::Login | Column::Email | Column::Organisation))
}

fn item(blocks: &[Block], at: usize) -> Option<(usize, &Inline)> {
    match blocks.get(at) {
        Some(Block::Item { inline, .. }) => Some((at, inline)),
        _ => None,
    }
}

fn has_inner(blocks: &[Block], at: usize) -> bool {
    let inner = |block: &Block| matches!(block, Block::Item { parent: Some(parent), .. } if *parent == at);
    blocks.iter().skip(at + 1).take_while(|block| matches!(block, Block::Item { .. })).any(inner)
}

/// `bulb.c      Ada Lark, Bo Fen`: names in a column of their own.
fn ends_in_names(line: &Inline) -> bool {
    let names = line.text.trim().rsplit_once("   ").map(|(_, names)| names);
    names.is_some_and(|names| names.split(',').all(|name| person::full_name(name.trim())))
}

fn is_small(text: &str) -> bool {
    text.chars().all(|letter| letter.is_ascii_lowercase() || !letter.is_alphabetic())
}

fn is_blank(text: &str) -> bool {
    !text.chars().any(char::is_alphanumeric)
}

/// `See MAINTAINERS.md`: an item that sends the reader on.
fn is_reference(inline: &Inline) -> bool {
    inline.links.iter().any(|(_, url)| person::leads_elsewhere(url))
}

fn is_label(line: &Inline) -> bool {
    let text = line.text.trim();
    text.ends_with(':') && text.split_whitespace().count() <= 8
}

fn label_standing(text: &str, own: Option<&Standing>) -> Standing {
    match (classify(text), own) {
        (_, Some(Standing::Former)) => Standing::Former,
        (Standing::Unknown, Some(own)) => own.clone(),
        (standing, _) => standing,
    }
}

/// Whether a list is one of people: most items are, and something certain stands in one of them, or all are names.
fn names_people(inlines: &[(usize, &Inline)], read: &[Vec<Found>], blocks: &[Block], certain_only: bool) -> bool {
    let texts: Vec<(&Vec<Found>, bool)> = inlines
        .iter()
        .zip(read)
        .filter(|((at, inline), found)| !is_blank(&inline.text) && (!found.is_empty() || !has_inner(blocks, *at)))
        // A channel beside people says nothing of them. Below a person it is one of their details.
        .filter(|((_, inline), _)| certain_only || !person::leads_to_channel(inline))
        .map(|((_, inline), found)| {
            let detail = certain_only && is_detail(inline);
            (found, !detail && found.iter().any(|one| one.person.is_certain()))
        })
        .collect();
    let logins = inlines.iter().filter(|(_, inline)| person::holds_login(inline) && !person::leads_to_channel(inline));
    let logins = logins.count();
    let certain = texts.iter().filter(|(_, certain)| *certain).count();
    let named = texts.iter().filter(|(found, _)| !found.is_empty()).count();
    if certain_only {
        certain * 2 > texts.len()
    } else {
        (named * 2 > texts.len() && (certain > 0 || named == texts.len())) || (logins > 1 && logins * 2 > texts.len())
    }
}

/// The columns of a table, by their titles; where these say nothing, the column with the profiles is the login's.
fn columns(head: &[Inline], rows: &[(u32, Vec<Inline>)]) -> Vec<Column> {
    let mut columns: Vec<Column> = head.iter().map(|cell| column(&cell.text)).collect();
    if !columns.iter().any(|column| matches!(column, Column::Login | Column::Name)) {
        let certain = |at: usize| {
            let holds = |cells: &Vec<Inline>| {
                cells.get(at).is_some_and(|cell| person::people(cell).iter().any(|one| one.person.login.is_some()))
            };
            rows.iter().filter(|(_, cells)| holds(cells)).count() * 2 > rows.len()
        };
        if let Some(at) = (0..columns.len()).find(|at| columns[*at] == Column::Other && certain(*at)) {
            columns[at] = Column::Login;
        }
    }
    contact_column(head, rows, &mut columns);
    columns
}

/// A second column of people called "Contact" holds logins or addresses, where no other does.
fn contact_column(head: &[Inline], rows: &[(u32, Vec<Inline>)], columns: &mut [Column]) {
    let Some(first) = columns.iter().position(|column| *column == Column::Name) else { return };
    let contact = |at: &usize| columns[*at] == Column::Name && head[*at].text.to_lowercase().contains("contact");
    let Some(at) = (first + 1..columns.len()).find(contact) else { return };
    let holds = |test: &dyn Fn(&Inline) -> bool| rows.iter().any(|(_, cells)| cells.get(at).is_some_and(test));
    if !columns.contains(&Column::Login) && holds(&|cell| person::holds_login(cell)) {
        columns[at] = Column::Login;
    } else if !columns.contains(&Column::Email) && holds(&|cell| person::email(&cell.text).is_some()) {
        columns[at] = Column::Email;
    }
}

/// The columns whose titles are roles and whose cells are the people in them, where there are several:
/// `| Area | Maintainers | Reviewers |`.
fn role_columns(head: &[Inline], columns: &[Column], rows: &[(u32, Vec<Inline>)]) -> Vec<(usize, Standing)> {
    let holds = |at: usize| rows.iter().any(|(_, cells)| cells.get(at).is_some_and(|cell| !people_in(cell).is_empty()));
    let titles = head.iter().zip(columns).enumerate();
    let roles: Vec<(usize, Standing)> = titles
        .filter(|(at, (_, column))| **column == Column::Name && holds(*at))
        .map(|(at, (title, _))| (at, classify(&title.text)))
        .filter(|(_, standing)| matches!(standing, Standing::Role(role) if role.name != "contact"))
        .collect();
    let several = roles.iter().any(|(_, standing)| *standing != roles[0].1);
    if several && !columns.contains(&Column::Login) { roles } else { Vec::new() }
}

/// The people in a cell of such a column: with logins or addresses, or full names between commas.
fn people_in(cell: &Inline) -> Vec<Found> {
    let found = person::people(cell);
    if found.iter().any(|one| one.person.is_certain()) {
        return found;
    }
    let names: Vec<&str> = cell.text.split([',', ';', '\n']).map(str::trim).filter(|name| !name.is_empty()).collect();
    if !names.iter().all(|name| person::full_name(name)) {
        return Vec::new();
    }
    let named = |name: &&str| Person { name: Some(fold(name)), ..Person::default() };
    names.iter().map(|name| Found { person: named(name), standing: None }).collect()
}

fn role_row(line: u32, cells: &[Inline], roles: &[(usize, Standing)]) -> Row {
    let text = cells.iter().map(|cell| cell.text.trim()).collect::<Vec<_>>().join(" | ");
    let mut row = Row { line, found: Vec::new(), other_login: None, unread: false, blank: is_blank(&text), text };
    for (at, standing) in roles {
        let Some(cell) = cells.get(*at).filter(|cell| !is_blank(&cell.text) && !is_placeholder(&cell.text)) else {
            continue;
        };
        let found = people_in(cell);
        row.unread |= found.is_empty();
        row.found.extend(found.into_iter().map(|one| Found { standing: Some(standing.clone()), ..one }));
    }
    row
}

fn is_people_table(columns: &[Column], rows: &[(u32, Vec<Inline>)]) -> bool {
    let has = |kind: Column| columns.contains(&kind);
    let name = columns.iter().position(|column| *column == Column::Name);
    let profiles = name.is_some_and(|at| {
        let certain = |cells: &Vec<Inline>| {
            cells.get(at).is_some_and(|cell| person::people(cell).iter().any(|one| one.person.is_certain()))
        };
        rows.iter().filter(|(_, cells)| certain(cells)).count() * 2 > rows.len()
    });
    has(Column::Login) || (has(Column::Name) && (has(Column::Email) || has(Column::Organisation) || profiles))
}

/// A row of a table of people.
struct Row {
    line: u32,
    found: Vec<Found>,
    /// The text of the login's link, where it is another login than the link leads to.
    other_login: Option<String>,
    /// Whether a cell of people could not be read.
    unread: bool,
    text: String,
    blank: bool,
}

fn row(line: u32, cells: &[Inline], columns: &[Column]) -> Row {
    let cell = |kind: Column| {
        let first = columns.iter().zip(cells).find(|(column, cell)| **column == kind && !is_blank(&cell.text));
        first.map(|(_, cell)| cell)
    };
    let standing = cell(Column::Role).map(|cell| role::highest(&cell.text)).filter(|one| *one != Standing::Prose);
    let company = cell(Column::Organisation).and_then(|cell| organisation(&cell.text));
    let login_cell = cell(Column::Login);
    let name_cell = cell(Column::Name);
    let mut several = [login_cell, name_cell].into_iter().flatten().map(person::people).find(|found| found.len() > 1);
    let mut found = several.take().unwrap_or_default();
    let mut other_login = None;
    if found.is_empty() {
        let mut person = Person::default();
        if let Some(cell) = login_cell {
            (person.login, person.team, other_login) = login(cell);
        }
        other_login = other_login.or_else(|| name_cell.and_then(person::other_login));
        fill_name(&mut person, name_cell, login_cell);
        let address = cell(Column::Email).and_then(mail);
        person.email = address.or(person.email);
        if person.is_certain() || person.name.is_some() {
            found.push(Found { person, standing: None });
        }
    }
    for one in &mut found {
        one.person.organisation = company.clone().or_else(|| one.person.organisation.take());
        one.standing = standing.clone().or_else(|| one.standing.take());
    }
    let text = cells.iter().map(|cell| cell.text.trim()).collect::<Vec<_>>().join(" | ");
    Row { line, found, other_login, unread: false, blank: is_blank(&text), text }
}

/// The login in a cell of the login column, or the team; and the link's text where it is another login.
fn login(cell: &Inline) -> (Option<String>, Option<String>, Option<String>) {
    let text = cell.text.trim().trim_start_matches('@');
    let linked = cell.links.iter().find_map(|(_, url)| person::profile(url));
    if let Some(login) = linked {
        let other = (account::is_github_login(text) && !text.eq_ignore_ascii_case(&login)).then(|| text.to_owned());
        return (Some(login), None, other);
    }
    let found = person::people(cell).into_iter().next().map(|found| found.person).unwrap_or_default();
    let plain = Some(text).filter(|text| account::is_github_login(text)).or_else(|| person::odd_login(text));
    let plain = plain.filter(|login| !is_placeholder(login)).map(str::to_owned);
    (found.login.or(plain), found.team, None)
}

fn mail(cell: &Inline) -> Option<String> {
    let linked = cell.links.iter().find_map(|(_, url)| url.strip_prefix("mailto:").and_then(person::email));
    linked.or_else(|| person::email(&cell.text))
}

/// The name in a row, and what else its cell says: a profile behind the name, an address in brackets.
fn fill_name(person: &mut Person, name: Option<&Inline>, login: Option<&Inline>) {
    let Some(cell) = name else {
        let text = login.map(|cell| fold(&cell.text)).unwrap_or_default();
        if text.contains(' ') && person::name_like(&text) {
            person.name = Some(text);
        }
        return;
    };
    let says = person::people(cell).into_iter().next().map(|found| found.person).unwrap_or_default();
    let certain = says.is_certain();
    person.login = person.login.take().or(says.login);
    person.team = person.team.take().or(says.team);
    person.email = says.email;
    let whole = fold(cell.text.trim().trim_matches(['*', '_', '`']));
    person.name = if certain { says.name } else { Some(whole).filter(|name| !is_placeholder(name)) };
}

fn is_placeholder(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    ["tbd", "n/a", "na", "none", "vacant", "open", "-", "todo", "unknown", "tba"].contains(&text.as_str())
}

/// A row or an item: its line, the login that its link's text states if that is another, and who was read.
type Shared<'a> = (u32, Option<String>, &'a mut Vec<Found>);

/// Two rows that link to one profile, one of them under another login: a copied link. That row is read by its text.
fn settle_shared_profiles(rows: &mut [Shared<'_>], page: &mut Page) {
    let login = |found: &[Found]| match found {
        [one] => one.person.login.as_ref().map(|login| login.to_lowercase()),
        _ => None,
    };
    let logins: Vec<Option<String>> = rows.iter().map(|(_, _, found)| login(found)).collect();
    for (at, (line, other, found)) in rows.iter_mut().enumerate() {
        let (Some(login), Some(text), [one]) = (&logins[at], other.take(), found.as_mut_slice()) else { continue };
        let above = page.people.iter().any(|(person, _)| {
            person.login.as_ref().is_some_and(|other| other.eq_ignore_ascii_case(login))
                && person.name.is_some()
                && person.name != one.person.name
        });
        let beside = logins.iter().enumerate().any(|(other, one)| other != at && one.as_ref() == Some(login));
        if above || beside {
            page.problems.push(muster_model::Problem::notice(
                "",
                *line,
                format!("the link of {text:?} leads to another row's profile, {login:?}; the text was taken"),
                "correct the link",
            ));
            one.person.login = Some(text);
        }
    }
}

#[cfg(test)]
mod tests;
