use super::*;

fn people() -> Vec<Person> {
    let person = |person: &str, name: &str, also: &[&str]| Person {
        person: person.to_owned(),
        name: name.to_owned(),
        also: also.iter().map(|also| (*also).to_owned()).collect(),
    };
    vec![
        person("github:ada-l", "Ada Lovelace", &["email:#77aa", "slack:T1/U7"]),
        person("github:alice", "Alice Liddell", &[]),
        person("github:grace", "Grace Hopper", &["name:lantern/Grace H."]),
        person("github:octo", "", &[]),
    ]
}

#[test]
fn public_changes_nothing() {
    let names = Names::new(Privacy::Public, "key", &people());
    assert_eq!(names.person("github:ada-l"), "github:ada-l");
    assert_eq!(names.cell("t", "url", "https://x.example").as_deref(), Some("https://x.example"));
    assert_eq!(names.text("bots = [\"octo\"]"), "bots = [\"octo\"]");
}

#[test]
fn initials_tell_people_apart_and_every_account_of_one_is_the_same() {
    let names = Names::new(Privacy::Initials, "key", &people());
    let ada = names.person("github:ada-l");
    assert!(ada.starts_with("A. L. #") && ada != names.person("github:alice"), "{ada}");
    for called in ["Ada Lovelace", "email:#77aa", "ada-l", "ADA-L", "slack:T1/U7"] {
        assert_eq!(names.person(called), ada, "{called}");
    }
    assert_eq!(names.person("name:lantern/Grace H."), "G. H.");
    assert_eq!(names.person("github:octo"), "O.");
    assert!(names.person("Somebody Else").starts_with("S. E. #"));
    assert_eq!(names.person(""), "");
}

#[test]
fn a_hash_depends_on_the_key_and_tells_nothing() {
    let names = Names::new(Privacy::Hashed, "key", &people());
    let ada = names.person("ada-l");
    assert!(ada.starts_with("person-") && ada.len() == 17, "{ada}");
    assert_eq!(Names::new(Privacy::Hashed, "key", &people()).person("Ada Lovelace"), ada);
    assert_ne!(Names::new(Privacy::Hashed, "other", &people()).person("ada-l"), ada);
}

#[test]
fn columns_are_hidden_by_what_they_mean_and_unknown_ones_too() {
    let names = Names::new(Privacy::Hashed, "key", &people());
    let cell = |column: &str, text: &str| names.cell("some", column, text);
    for column in ["person", "name", "author", "responder"] {
        assert_eq!(cell(column, "ada-l").unwrap(), names.person("ada-l"));
    }
    assert_eq!(cell("owners", "github:ada-l github:grace").unwrap().matches("person-").count(), 2);
    for column in ["url", "title", "text", "page_url"] {
        assert_eq!(cell(column, "Ada says"), None);
    }
    for column in ["event_id", "closed_event"] {
        assert!(cell(column, "github:acme/x/star/ada-l").unwrap().starts_with("event-"));
    }
    for (column, text) in [("organisation", "Acme"), ("repository", "acme/x"), ("n", "12"), ("ok", "true")] {
        assert_eq!(cell(column, text).unwrap(), text);
    }
    assert_eq!(cell("my_column", "Grace Hopper").unwrap(), names.person("github:grace"));
    assert_eq!(cell("my_column", "something else").unwrap(), WITHHELD);
    assert_eq!(cell("my_column", "2025-01-01T00:00:00Z").unwrap(), "2025-01-01T00:00:00Z");
    assert_eq!(names.cell("channels", "name", "general").unwrap(), "general");
    assert_eq!(names.group("person=ada-l"), format!("person={}", names.person("ada-l")));
    assert_eq!(names.group("repository=acme/x"), "repository=acme/x");
}

#[test]
fn whole_words_in_a_text_are_exchanged() {
    let names = Names::new(Privacy::Hashed, "key", &people());
    let text = names.text("not_bots = [\"Octo\", \"octopus\"] # Ada Lovelace's");
    assert!(!text.contains("Octo\"") && text.contains("octopus") && !text.contains("Lovelace"), "{text}");
    let turkish = names.text("İ octo");
    assert!(!turkish.contains("octo"), "{turkish}");
}
