use super::*;

fn one(text: &str) -> Attendee {
    let entry = Entry { rich: Rich::plain(text, 1), list: Some(0), organisation: None, role: None };
    let mut unread = Vec::new();
    read(&entry, &mut unread).unwrap_or_else(|| panic!("{text}: {unread:?}"))
}

fn meaning(text: &str) -> (String, Option<String>, Meaning) {
    let vocabulary = Vocabulary {
        organisations: ["acme".to_owned(), "cncf".to_owned()].into(),
        projects: ["lamp".to_owned(), "cncf".to_owned()].into(),
    };
    let attendee = one(text);
    let meaning = vocabulary.meaning(&attendee, &["lantern".to_owned()]);
    (attendee.name, attendee.login, meaning)
}

#[test]
fn a_line_is_name_login_and_brackets() {
    for (text, name, login, organisation, role) in [
        ("Ada Lee @ada1 (TSC)", "Ada Lee", Some("ada1"), None, Some("TSC")),
        ("Ada Lee @ada1 (observer/Acme)", "Ada Lee", Some("ada1"), None, Some("observer/Acme")),
        ("Ada Lee (Acme/Lantern)", "Ada Lee", None, Some("Acme"), None),
        ("Ada Lee (Acme, maintainer)", "Ada Lee", None, Some("Acme"), Some("maintainer")),
        ("Ada Lee (Guest, website team)", "Ada Lee", None, None, Some("Guest, website team")),
        ("Ada (Lantern)", "Ada", None, None, None),
        ("Ada (lamp)", "Ada", None, None, None),
        ("Ada (CNCF)", "Ada", None, Some("CNCF"), None),
        ("@ada1", "ada1", Some("ada1"), None, None),
        ("@ada1 (Acme)", "ada1", Some("ada1"), Some("Acme"), None),
        ("Ada Lee (@ada1)", "Ada Lee", Some("ada1"), None, None),
        ("Ada Lee (@ada1, Acme)", "Ada Lee", Some("ada1"), Some("Acme"), None),
        ("Ada Lee (she/her)", "Ada Lee", None, None, None),
        ("Ada Lee (AL)", "Ada Lee", None, None, None),
        ("Ada Lee [Acme]", "Ada Lee", None, Some("Acme"), None),
        ("Ada Lee - Acme Ltd", "Ada Lee", None, Some("Acme Ltd"), None),
        ("Ada Lee | Acme | Oslo", "Ada Lee", None, Some("Acme"), None),
        ("**Ada Lee** (Acme) :wave:", "Ada Lee", None, Some("Acme"), None),
        ("Ада Лиевна @ada1 (voting member)", "Ада Лиевна", Some("ada1"), None, Some("voting member")),
        ("Ada Lee - (Acme)", "Ada Lee", None, Some("Acme"), None),
        ("Ada Lee(Acme) <ada@example.org>", "Ada Lee", None, Some("Acme"), None),
        ("Ada Lee @ada@example.org (guest)", "Ada Lee", None, None, Some("guest")),
        ("Ada (`ada1`)", "Ada", None, None, None),
        ("Ada B.", "Ada B.", None, None, None),
        ("ada", "ada", None, None, None),
        ("张三（Acme）", "张三", None, Some("Acme"), None),
    ] {
        let (read_name, read_login, meaning) = meaning(text);
        assert_eq!(
            (read_name.as_str(), read_login.as_deref(), meaning.organisation.as_deref(), meaning.role.as_deref()),
            (name, login, organisation, role),
            "{text}"
        );
    }
    assert_eq!(meaning("Ada (Lantern)").2.projects, ["Lantern"]);
}

#[test]
fn what_is_no_person_is_not_read_as_one() {
    for text in
        ["", "TBD", "name (company)", "_TBD_", "Your Name", "N/A", "…", "and 5 others", "12", "https://example.org"]
    {
        let entry = Entry { rich: Rich::plain(text, 4), list: Some(0), organisation: None, role: None };
        let mut unread = Vec::new();
        assert_eq!(read(&entry, &mut unread), None, "{text}");
        assert_eq!((unread.len(), unread[0].line), (1, 4), "{text}");
    }
}

#[test]
fn a_broken_bracket_loses_the_affiliation_only() {
    let mut rich = Rich::plain("Ada (Acme/Lamp)", 7);
    rich.push("\n", 7);
    rich.push("/Lantern)", 8);
    let entry = Entry { rich, list: Some(0), organisation: None, role: None };
    let mut unread = Vec::new();
    let attendee = read(&entry, &mut unread).expect("an attendee");
    assert_eq!((attendee.name.as_str(), attendee.brackets.as_slice()), ("Ada", &["Acme/Lamp".to_owned()][..]));
    assert_eq!((unread[0].line, unread[0].text.as_str()), (8, "/Lantern)"));
    let entry = Entry { rich: Rich::plain("Ada (Acme", 7), list: Some(0), organisation: None, role: None };
    assert_eq!(read(&entry, &mut unread).map(|a| a.name).as_deref(), Some("Ada"));
    assert_eq!(unread.len(), 2);
}

#[test]
fn commas_separate_people_or_companies() {
    let entry = |text: &str, listed: bool| Entry {
        rich: Rich::plain(text, 1),
        list: listed.then_some(1),
        organisation: None,
        role: None,
    };
    let people = |entries: &[Entry]| people(entries, &mut Vec::new());
    let names = |entries: &[Entry]| people(entries).into_iter().map(|e| e.rich.text).collect::<Vec<_>>();
    assert_eq!(names(&[entry("Ada, Bo (Acme, Inc), Cy and Di", false)]), ["Ada", "Bo (Acme, Inc)", "Cy", "Di"]);
    let companies = [entry("Ada, Acme", true), entry("Bo, Beta", true), entry("Cy", true)];
    assert_eq!(names(&companies), ["Ada", "Bo", "Cy"]);
    assert_eq!(people(&companies)[0].organisation.as_deref(), Some("Acme"));
    assert_eq!(names(&[entry("Ada, Bo, Cy", true)]), ["Ada", "Bo", "Cy"]);
    assert_eq!(names(&[entry("Ada, Acme; Bo, Beta", false)]), ["Ada", "Bo"]);
    assert_eq!(names(&[entry("Ada、Bo", false)]), ["Ada", "Bo"]);
}
