//! Changes of our own people file that leave its comments and its layout as they are.
//!
//! Every function takes the text and gives the new text; neither is a file that the collector would refuse.

use super::fact::{day, hidden, shown};
use super::format::merge_markers;
use super::own::{self, account_of, is_hash, is_pseudonym};
use super::page::folded;
use toml_edit::{Array, ArrayOfTables, Datetime, DocumentMut, InlineTable, Item, Table, Value, value};

/// Why a change was not made; the file is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}; {hint}")]
pub struct EditError {
    /// What was found.
    pub message: String,
    /// What to do.
    pub hint: String,
}

fn refuse(message: impl Into<String>, hint: impl Into<String>) -> EditError {
    EditError { message: message.into(), hint: hint.into() }
}

/// Makes accounts one person: the first person that has one of them gets them all, with what other such persons have, and
/// the name where one is given. What contradicts that in `not` is removed.
///
/// # Errors
/// When the file has mistakes, or an account is none.
pub fn link<S: AsRef<str>>(text: &str, accounts: &[S], name: Option<&str>) -> Result<String, EditError> {
    let accounts = accounts.iter().map(|account| read_account(account.as_ref())).collect::<Result<Vec<_>, _>>()?;
    if accounts.is_empty() {
        return Err(refuse("no account is given", "name two accounts that are one person"));
    }
    let mut document = open(text)?;
    let people = list(&mut document, "person")?;
    let found: Vec<usize> = (0..people.len()).filter(|at| has_any(people, *at, &accounts)).collect();
    let place = match found.first() {
        Some(place) => *place,
        None => add_person(people),
    };
    // From the last one on, so that the places of those before stay.
    for other in found.iter().skip(1).rev() {
        let taken = people.get(*other).cloned().unwrap_or_default();
        people.remove(*other);
        if let Some(person) = people.get_mut(place) {
            merge(person, taken);
        }
    }
    if let Some(person) = people.get_mut(place) {
        for account in &accounts {
            add_text(person, "accounts", account);
        }
        let own = texts(person, "accounts");
        remove_texts(person, "not", |other| own.contains(&other));
        if let Some(name) = name.map(folded).filter(|name| !name.is_empty()) {
            set_name(person, &name);
        }
    }
    close(&document)
}

/// Makes two accounts two people: `other` is taken out of the accounts of the person that has `account`, and put into
/// `not`.
///
/// # Errors
/// When the file has mistakes, or an account is none.
pub fn unlink(text: &str, account: &str, other: &str) -> Result<String, EditError> {
    let (account, other) = (read_account(account)?, read_account(other)?);
    if account == other {
        return Err(refuse(format!("{} is one account", hidden(&account)), "name two accounts"));
    }
    let mut document = open(text)?;
    let people = list(&mut document, "person")?;
    let holder = |wanted: &String| (0..people.len()).find(|at| has_any(people, *at, std::slice::from_ref(wanted)));
    // A person that only the other one has can say it too.
    let (place, mine, theirs) = match (holder(&account), holder(&other)) {
        (Some(place), _) => (place, account, other),
        (None, Some(place)) => (place, other, account),
        (None, None) => (add_person(people), account, other),
    };
    if let Some(person) = people.get_mut(place) {
        add_text(person, "accounts", &mine);
        remove_texts(person, "accounts", |one| one == theirs);
        add_text(person, "not", &theirs);
    }
    close(&document)
}

/// Says that the person of an account worked at an organisation, from a day on and until before another.
///
/// # Errors
/// When the file has mistakes, the account is none, a date is none or the end is not after the beginning.
pub fn affiliate(
    text: &str,
    account: &str,
    organisation: &str,
    from: Option<&str>,
    until: Option<&str>,
) -> Result<String, EditError> {
    let account = read_account(account)?;
    let organisation = folded(organisation);
    if organisation.is_empty() {
        return Err(refuse("the organisation has no name", "name it; `Independent` is a name too"));
    }
    let (from, until) = (read_day(from)?, read_day(until)?);
    if let (Some((from, _)), Some((until, _))) = (&from, &until)
        && until <= from
    {
        let hint = "the end is the first day elsewhere, after the beginning";
        return Err(refuse(format!("it would end on {until} and begin on {from}"), hint));
    }
    let mut entry = Table::new();
    entry.insert("organisation", value(organisation));
    for (key, date) in [("from", from), ("until", until)] {
        if let Some((_, date)) = date {
            entry.insert(key, value(date));
        }
    }
    let mut document = open(text)?;
    let people = list(&mut document, "person")?;
    let found = (0..people.len()).find(|at| has_any(people, *at, std::slice::from_ref(&account)));
    let place = found.unwrap_or_else(|| add_person(people));
    if let Some(person) = people.get_mut(place) {
        add_text(person, "accounts", &account);
        add_affiliations(person, vec![entry]);
    }
    close(&document)
}

/// Says that somebody is to be left out, known by the hashes of accounts and names; more hashes of the same pseudonym are
/// added.
///
/// # Errors
/// When the file has mistakes, the pseudonym is none or a hash is no SHA-256.
pub fn forget<S: AsRef<str>>(text: &str, pseudonym: &str, hashes: &[S]) -> Result<String, EditError> {
    if !is_pseudonym(pseudonym) {
        return Err(refuse(format!("{pseudonym:?} is no pseudonym"), "write it as forgotten:1"));
    }
    if hashes.is_empty() || hashes.iter().any(|hash| !is_hash(hash.as_ref())) {
        return Err(refuse("a hash is no SHA-256", "give the 64 hexadecimal digits of each account and name"));
    }
    let mut document = open(text)?;
    let forgotten = list(&mut document, "forgotten")?;
    let is_same = |table: &Table| table.get("pseudonym").and_then(Item::as_str).map(str::trim) == Some(pseudonym);
    if !forgotten.iter().any(is_same) {
        let mut table = Table::new();
        table.insert("pseudonym", value(pseudonym));
        forgotten.push(table);
    }
    for table in forgotten.iter_mut() {
        if table.get("pseudonym").and_then(Item::as_str).map(str::trim) == Some(pseudonym) {
            for hash in hashes {
                add_text(table, "hashes", &hash.as_ref().to_lowercase());
            }
        }
    }
    close(&document)
}

/// Takes out what the file says of somebody by name: their `[[person]]`, and them in the `not` of others.
///
/// # Errors
/// When the file has mistakes, or an account is none.
pub fn drop_person<S: AsRef<str>>(text: &str, accounts: &[S]) -> Result<String, EditError> {
    let accounts: Vec<String> = accounts.iter().map(|account| account.as_ref().to_owned()).collect();
    let mut document = open(text)?;
    if !document.contains_key("person") {
        return Ok(text.to_owned());
    }
    let people = list(&mut document, "person")?;
    for at in (0..people.len()).rev() {
        if has_any(people, at, &accounts) {
            people.remove(at);
        } else if let Some(person) = people.get_mut(at) {
            remove_texts(person, "not", |other| accounts.contains(&other));
        }
    }
    close(&document)
}

fn read_account(text: &str) -> Result<String, EditError> {
    account_of(text).map_err(|(message, hint)| refuse(format!("{:?}: {message}", shown(text)), hint))
}

fn read_day(text: Option<&str>) -> Result<Option<(String, Datetime)>, EditError> {
    let Some(text) = text else { return Ok(None) };
    let day = day(text).map_err(|message| refuse(message, "write it as 2021-01-01"))?;
    let date = day.parse::<Datetime>().map_err(|error| refuse(format!("{day}: {error}"), "write it as 2021-01-01"))?;
    Ok(Some((day, date)))
}

fn open(text: &str) -> Result<DocumentMut, EditError> {
    check(text, "the people file has mistakes", "mend it first")?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.parse::<DocumentMut>().map_err(|error| refuse(error.message().to_owned(), "mend it first"))
}

fn close(document: &DocumentMut) -> Result<String, EditError> {
    let text = document.to_string();
    check(&text, "the change would leave a people file with a mistake", "make it by hand")?;
    Ok(text)
}

fn check(text: &str, message: &str, hint: &str) -> Result<(), EditError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let markers = merge_markers("line", text);
    let page = own::read("line", text);
    match markers.first().or(page.problems.first()) {
        Some(problem) => Err(refuse(format!("{message}: {problem}"), hint)),
        None => Ok(()),
    }
}

/// The tables `[[key]]`, which are made where they are missing; a list of inline tables becomes them.
fn list<'d>(document: &'d mut DocumentMut, key: &str) -> Result<&'d mut ArrayOfTables, EditError> {
    let item = document.entry(key).or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    if !item.is_array_of_tables() {
        let taken = std::mem::take(item);
        *item = taken.into_array_of_tables().map_or_else(|item| item, Item::ArrayOfTables);
    }
    item.as_array_of_tables_mut().ok_or_else(|| refuse(format!("`{key}` is no list"), format!("write [[{key}]]")))
}

fn add_person(people: &mut ArrayOfTables) -> usize {
    people.push(Table::new());
    people.len() - 1
}

fn texts(table: &Table, key: &str) -> Vec<String> {
    let read = |text: &str| account_of(text).unwrap_or_else(|_| text.trim().to_lowercase());
    let list = table.get(key).and_then(Item::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).map(read).collect()
}

fn has_any(people: &ArrayOfTables, at: usize, accounts: &[String]) -> bool {
    people.get(at).is_some_and(|person| texts(person, "accounts").iter().any(|own| accounts.contains(own)))
}

/// Adds a text to a list unless it is there, laid out as the list is.
fn add_text(table: &mut Table, key: &str, text: &str) {
    if texts(table, key).contains(&text.to_owned()) {
        return;
    }
    let Some(list) = table.entry(key).or_insert(value(Array::new())).as_array_mut() else { return };
    let spread = list.iter().last().and_then(|last| last.decor().prefix()?.as_str()).and_then(last_line);
    match spread {
        Some(indent) => {
            // A comment behind the last comma belongs to the element before.
            let trailing = list.trailing().as_str().unwrap_or_default().to_owned();
            let comment = trailing.rfind('\n').map_or("", |end| &trailing[..end]);
            let prefix = if comment.contains('#') { format!("{comment}{indent}") } else { indent };
            if list.trailing_comma() {
                list.set_trailing("\n");
            }
            list.push_formatted(Value::from(text).decorated(prefix, ""));
        }
        None => list.push(text),
    }
}

/// The line break and the indentation that a prefix ends with.
fn last_line(prefix: &str) -> Option<String> {
    let at = prefix.rfind('\n')?;
    Some(prefix[at..].chars().filter(|c| c.is_whitespace()).collect())
}

/// Removes texts from a list, and the list when nothing is left.
fn remove_texts(table: &mut Table, key: &str, goes: impl Fn(String) -> bool) {
    let read = |value: &Value| value.as_str().map(|text| account_of(text).unwrap_or_else(|_| text.to_owned()));
    let Some(list) = table.get_mut(key).and_then(Item::as_array_mut) else { return };
    list.retain(|value| !read(value).is_some_and(&goes));
    if list.is_empty() {
        table.remove(key);
    } else if let Some(first) = list.get_mut(0)
        && first.decor().prefix().and_then(|prefix| prefix.as_str()) == Some(" ")
    {
        first.decor_mut().set_prefix("");
    }
}

/// The name comes first; one that is there keeps its place and the comment beside it.
fn set_name(person: &mut Table, name: &str) {
    if let Some(Item::Value(old)) = person.get_mut("name") {
        let decor = old.decor().clone();
        *old = Value::from(name);
        *old.decor_mut() = decor;
        return;
    }
    person.insert("name", value(name));
    person.sort_values_by(|one, _, other, _| (one.get() != "name").cmp(&(other.get() != "name")));
}

/// Takes over what another table of the same person says.
fn merge(person: &mut Table, other: Table) {
    for key in ["accounts", "not"] {
        for text in texts(&other, key) {
            add_text(person, key, &text);
        }
    }
    if person.get("name").is_none()
        && let Some(name) = other.get("name").and_then(Item::as_str)
    {
        set_name(person, name);
    }
    let affiliations = match other.get("affiliation") {
        Some(Item::ArrayOfTables(tables)) => tables.iter().cloned().collect(),
        Some(Item::Value(Value::Array(list))) => {
            list.iter().filter_map(Value::as_inline_table).cloned().map(InlineTable::into_table).collect()
        }
        _ => Vec::new(),
    };
    add_affiliations(person, affiliations);
}

/// Adds affiliations that are not there yet, in the form that the person's others have.
fn add_affiliations(person: &mut Table, affiliations: Vec<Table>) {
    for mut entry in affiliations {
        let said = said(&entry);
        let list = person.entry("affiliation").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
        let inline = |value: &Value| value.as_inline_table().cloned().map(InlineTable::into_table);
        if let Some(tables) = list.as_array_of_tables_mut() {
            if !tables.iter().any(|table| self::said(table) == said) {
                // It stands where its person stands, not where it stood.
                entry.set_position(None);
                tables.push(entry);
            }
        } else if let Some(list) = list.as_array_mut()
            && !list.iter().filter_map(inline).any(|table| self::said(&table) == said)
        {
            list.push(entry.into_inline_table());
        }
    }
}

/// What an affiliation says, however it is written.
fn said(entry: &Table) -> [String; 3] {
    ["organisation", "from", "until"].map(|key| {
        let item = entry.get(key);
        let text = item.and_then(Item::as_str).map(str::to_owned);
        text.or_else(|| item.and_then(Item::as_datetime).map(ToString::to_string)).unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# People\n\n[[person]]\nname = \"Ada\" # she\naccounts = [\n  \"github:ada\", # work\n  \"email:ada@a.org\", # home\n]\nnot = [\"github:bo\"]\n\n[[person.affiliation]]\norganisation = \"Acme\" # as of\nfrom = 2021-01-01\n\n# Bo\n[[person]]\naccounts = [\"github:bo\", \"email:bo@b.org\"]\naffiliation = [{ organisation = \"Barn\" }]\n\n[[organisation]]\nname = \"Acme\"\n";

    #[test]
    fn linking_adds_and_merges() {
        let text = link(FILE, &["email:ADA@a.org", "name:lantern/Ada  L."], Some("Ada Lee")).expect("a link");
        assert_eq!(
            text,
            FILE.replace("\"email:ada@a.org\", # home\n", "\"email:ada@a.org\", # home\n  \"name:lantern/Ada L.\",\n")
                .replace("\"Ada\" # she", "\"Ada Lee\" # she")
        );
        assert_eq!(link(&text, &["name:lantern/Ada L."], None).expect("the same"), text);
        let merged = link(FILE, &["github:bo", "github:ada"], None).expect("a merge");
        assert!(!merged.contains("not =") && merged.matches("[[person]]").count() == 1, "{merged}");
        let facts = own::read("f", &merged).facts;
        assert_eq!(facts.len(), 5, "{merged}");
        assert!(merged.contains("# home\n  \"github:bo\",\n  \"email:bo@b.org\",\n]"), "{merged}");
        let place = |part: &str| merged.find(part).expect(part);
        assert!(place("\"Barn\"") < place("[[organisation]]"));
        let fresh = link("", &["github:ada", "email:ada@a.org"], Some("Ada")).expect("a file");
        assert_eq!(fresh, "[[person]]\nname = \"Ada\"\naccounts = [\"github:ada\", \"email:ada@a.org\"]\n");
    }

    #[test]
    fn unlinking_keeps_apart_and_linking_restores() {
        let text = unlink(FILE, "github:ada", "email:ada@a.org").expect("an unlink");
        assert!(
            text.contains("not = [\"github:bo\", \"email:ada@a.org\"]") && text.contains("\"github:ada\""),
            "{text}"
        );
        let again = link(&text, &["github:ada", "email:ada@a.org"], None).expect("a link");
        assert_eq!(own::read("f", &again).facts, own::read("f", FILE).facts);
        let text = unlink(FILE, "github:cy", "email:bo@b.org").expect("an unlink");
        assert!(text.contains("affiliation = [{ organisation = \"Barn\" }]\nnot = [\"github:cy\"]\n"), "{text}");
        let text = unlink("", "github:a", "github:b").expect("an unlink");
        assert_eq!(text, "[[person]]\naccounts = [\"github:a\"]\nnot = [\"github:b\"]\n");
    }

    #[test]
    fn affiliations_are_added_to_the_right_person() {
        let text = affiliate(FILE, "github:ada", "Barn  Inc", Some("2023-06-01"), Some("2024-01-01")).expect("one");
        let added = "from = 2021-01-01\n\n[[person.affiliation]]\norganisation = \"Barn Inc\"\nfrom = 2023-06-01\nuntil = 2024-01-01\n";
        assert!(text.contains(added), "{text}");
        assert_eq!(
            affiliate(&text, "github:ada", "Barn Inc", Some("2023-06-01"), Some("2024-01-01")).expect("it"),
            text
        );
        let text = affiliate(FILE, "email:bo@b.org", "Cyan", None, None).expect("one");
        assert!(text.contains("{ organisation = \"Barn\" }, { organisation = \"Cyan\" }"), "{text}");
        let text = affiliate(FILE, "github:new", "Cyan", None, None).expect("one");
        assert!(
            text.contains("accounts = [\"github:new\"]\n\n[[person.affiliation]]\norganisation = \"Cyan\"\n"),
            "{text}"
        );
    }

    #[test]
    fn forgetting_holds_hashes_only() {
        let (one, two) = ("0".repeat(64), "A".repeat(64));
        let text = forget(FILE, "forgotten:1", &[&one]).expect("one");
        let text = forget(&text, "forgotten:1", &[&one, &two]).expect("two");
        assert!(text.starts_with(FILE) && text.contains(&two.to_lowercase()), "{text}");
        assert_eq!(text.matches("forgotten:1").count(), 1);
    }

    #[test]
    fn somebody_who_is_dropped_is_named_no_more() {
        let text = drop_person(FILE, &["github:ada".to_owned()]).expect("a change");
        assert!(!text.contains("github:ada") && text.contains("[[person]]"), "{text}");
        assert_eq!(drop_person("", &["github:ada"]).expect("nothing"), "");
    }

    #[test]
    fn what_cannot_be_done_says_why() {
        for (result, message) in [
            (link("x = 1\n", &["github:a"], None), "the people file has mistakes: line:1: unknown key `x` of the file"),
            (link("", &["ada"], None), "\"ada\": an account is `<kind>:<who>`"),
            (link::<&str>("", &[], None), "no account is given"),
            (unlink("", "github:a", "github:A"), "github:a is one account"),
            (affiliate("", "github:a", "A", Some("2015-02-30"), None), "2015-02-30 is no day of the calendar"),
            (affiliate("", "github:a", "A", Some("2015-02-03"), Some("2015-02-03")), "it would end on 2015-02-03"),
            (affiliate("", "github:a", " ", None, None), "the organisation has no name"),
            (forget("", "ada", &["0"]), "\"ada\" is no pseudonym"),
            (forget("", "forgotten:1", &["0"]), "a hash is no SHA-256"),
        ] {
            let error = result.expect_err(message).to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }
}
