//! What headings, keys and column titles mean: a role, people who left, prose about the role, or nothing known.

use super::page::Role;

/// What stands under a heading or key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// People who hold this role now.
    Role(Role),
    /// People who held a role once: they are no maintainers.
    Former,
    /// Text about a role (how to become one, what it may do): its lists name nobody.
    Prose,
    /// Channels, credits or keys: who stands there holds no role by it, in a list or in a table.
    Others,
    /// Nothing that we know; what stands above decides.
    Unknown,
}

/// What a column of a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Login,
    Name,
    Email,
    Organisation,
    Role,
    Other,
}

const FORMER: &[&str] = &[
    "emeritus", "emeriti", "emerita", "alumni", "alumnus", "alumna", "alum", "former", "formerly", "retired",
    "retiree", "inactive", "past", "previous", "ex", "departed", "honorary", "stepped", "resigned", "removed",
];

const PROSE: &[&str] = &[
    "how",
    "what",
    "why",
    "when",
    "become",
    "becoming",
    "responsibility",
    "responsibilitie",
    "requirement",
    "process",
    "processe",
    "policy",
    "policie",
    "guideline",
    "guidance",
    "governance",
    "voting",
    "vote",
    "election",
    "nomination",
    "nominating",
    "onboarding",
    "offboarding",
    "add",
    "adding",
    "removing",
    "removal",
    "joining",
    "join",
    "expectation",
    "duty",
    "dutie",
    "privilege",
    "communication",
    "criteria",
    "stepping",
    "contributing",
    "resource",
    "definition",
    "faq",
    "note",
    "rule",
    "reference",
    "instruction",
    "template",
    "guide",
    "handbook",
    "readme",
];

/// What a heading that sends the reader to channels, thanks somebody or holds keys says, and the words that may stand
/// beside that: `Getting help`, and not `Windows support`.
const OTHERS: &[(&[&str], &[&str])] = &[
    (&["help", "support"], &["get", "getting", "finding", "seeking", "channel", "community", "more"]),
    (&["channel"], &["communication", "support", "community", "contact", "chat", "slack", "discord", "irc"]),
    (
        &["credit", "thank", "acknowledgement", "acknowledgment"],
        &["special", "many", "further", "other", "additional", "you", "to"],
    ),
    (&["key"], &["release", "gpg", "pgp", "openpgp", "signing", "public", "code", "fingerprint"]),
];

/// Headings that only say where somebody answers.
const CONTACT: &[&str] = &[
    "contact",
    "contact us",
    "contact information",
    "contact info",
    "contact details",
    "getting in touch",
    "get in touch",
];

/// Words that may stand in any of these headings.
const FILLERS: &[&str] = &["and", "or", "the", "our", "list", "all"];

/// Words that may stand before those who helped, began or pay.
const ORDERS: &[&str] = &[
    "initial",
    "original",
    "first",
    "primary",
    "principal",
    "main",
    "other",
    "early",
    "earlier",
    "project",
    "current",
    "co",
    "gold",
    "silver",
    "bronze",
    "platinum",
    "financial",
    "corporate",
];

/// Who helped, began or pays: they are listed, and are no maintainers. Only as a heading: in a row the table decides.
const BESIDE: &[(&[&str], &str)] = &[
    (&["friend"], "friend"),
    (&["author"], "author"),
    (&["founder", "cofounder"], "founder"),
    (&["sponsor", "backer"], "sponsor"),
];

/// The plural nouns that a heading above people ends in.
const HOLDERS: &[&str] = &[
    "maintainers",
    "members",
    "owners",
    "committers",
    "reviewers",
    "approvers",
    "leads",
    "leaders",
    "chairs",
    "committee",
    "committees",
    "triagers",
    "collaborators",
    "admins",
    "administrators",
    "managers",
    "mentors",
    "advisors",
    "ambassadors",
];

/// Words that begin a heading of prose, whatever it ends in.
const BEGINNINGS: &[&str] = &[
    "how",
    "what",
    "why",
    "when",
    "become",
    "becoming",
    "add",
    "adding",
    "remove",
    "removing",
    "removal",
    "join",
    "joining",
    "elect",
    "electing",
    "nominate",
    "nominating",
    "onboarding",
    "offboarding",
    "stepping",
    "contributing",
    "propose",
    "proposing",
    "replacing",
];

/// Words that turn what stands before them to what stands after: `Rules for maintainers`.
const PREPOSITIONS: &[&str] = &["for", "of", "to", "on", "with", "from", "by", "as", "about", "between", "among"];

/// A single role word, the role it names, and whether its holders are maintainers.
const ROLES: &[(&[&str], &str, bool)] = &[
    (&["tsc", "steering", "toc"], "steering committee", true),
    (&["pmc"], "pmc", true),
    (&["maintainer", "maintener", "maintainership", "维护者"], "maintainer", true),
    (&["committer", "commiter"], "committer", true),
    (&["owner"], "owner", true),
    (&["reviewer"], "reviewer", false),
    (&["approver"], "approver", false),
    (&["triager", "triage"], "triager", false),
    (&["security"], "security", false),
    (&["chair", "cochair", "chairperson"], "chair", true),
    (&["lead", "leader", "leadership", "bdfl"], "lead", true),
    (&["member"], "member", false),
    (&["admin", "administrator"], "admin", false),
    (&["collaborator"], "collaborator", false),
    (&["contributor"], "contributor", false),
    (&["ambassador"], "ambassador", false),
    (&["mentor"], "mentor", false),
    (&["advisor", "adviser"], "advisor", false),
    (&["contact"], "contact", false),
    (&["adopter", "user"], "adopter", false),
];

/// The words of a text in lower case, the plural `s` cut off.
fn words(text: &str) -> Vec<String> {
    // "Add-on" has nothing to do with adding.
    let text = text.to_lowercase().replace("add-on", "addon");
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| {
            let word = word.to_lowercase();
            match word.strip_suffix('s') {
                Some(singular) if singular.len() > 2 && !word.ends_with("us") && !word.ends_with("ss") => {
                    singular.to_owned()
                }
                _ => word,
            }
        })
        .collect()
}

/// What the people under a heading, key or role cell are.
pub(super) fn classify(text: &str) -> Standing {
    let words = words(text);
    let has = |word: &str| words.iter().any(|one| one == word);
    let any = |list: &[&str]| list.iter().any(|word| has(word));
    if any(PROSE) && !has("area") && !names_holders(text) {
        return Standing::Prose;
    }
    if any(FORMER) && !has("current") && !has("active") {
        return Standing::Former;
    }
    two_words(&words).or_else(|| one_word(&words)).map_or(Standing::Unknown, Standing::Role)
}

/// What the people under a heading are.
pub(super) fn heading(text: &str) -> Standing {
    let lower = text.trim().trim_end_matches([':', '.', '!', '?']).to_lowercase();
    match classify(text) {
        Standing::Role(role) if role.name == "contact" && CONTACT.contains(&lower.as_str()) => Standing::Others,
        Standing::Unknown if is_others(&words(&lower)) || CONTACT.contains(&lower.as_str()) => Standing::Others,
        Standing::Prose if lower.starts_with("communication channel") => Standing::Others,
        Standing::Unknown => beside(&words(&lower)),
        standing => standing,
    }
}

fn is_others(words: &[String]) -> bool {
    let within = |list: &[&str], word: &String| list.contains(&word.as_str());
    OTHERS.iter().any(|(names, around)| {
        words.iter().any(|word| within(names, word))
            && words.iter().all(|word| within(names, word) || within(around, word) || within(FILLERS, word))
    })
}

/// `Initial authors`, `Friends of Lantern`: what stands before "of" is only that.
fn beside(words: &[String]) -> Standing {
    let who = words.split(|word| word == "of").next().unwrap_or_default();
    let names = |word: &String| BESIDE.iter().find(|(names, _)| names.contains(&word.as_str())).map(|(_, role)| *role);
    let plain = |word: &String| names(word).is_some() || FILLERS.contains(&&**word) || ORDERS.contains(&&**word);
    let role = who.iter().find_map(names).filter(|_| who.iter().all(plain));
    role.map_or(Standing::Unknown, |role| Standing::Role(Role::new(role, false)))
}

/// Whether a page's title says that its headings are areas or components.
pub(super) fn lists_areas(title: &str) -> bool {
    let words = words(title);
    let has = |word: &str| words.iter().any(|one| one == word);
    has("component") || (has("by") && ["area", "subsystem", "module"].into_iter().any(has))
}

/// Whether a heading can be the name of an area: `Support` is one where the headings are areas.
pub(super) fn is_area(text: &str) -> bool {
    matches!(words(text).as_slice(), [word] if ["support", "help", "key", "channel"].contains(&word.as_str()))
}

/// What the people under a line like `Reviewers:` are. A longer line is a sentence, and who helps is no role there.
pub(super) fn label(text: &str) -> Standing {
    if text.split_whitespace().count() <= 3 { heading(text) } else { classify(text) }
}

/// What a cell or value with one or more roles says: `Lead - Lamps, Reviewer - Sheds` is a lead.
pub(super) fn highest(text: &str) -> Standing {
    let whole = classify(text);
    if whole == Standing::Former {
        return whole;
    }
    let parts = text.split(['\n', ',', '/', ';']).map(classify);
    let roles = parts.filter_map(|standing| match standing {
        Standing::Role(role) => Some(role),
        _ => None,
    });
    let mut best = None;
    if let Standing::Role(role) = &whole {
        best = Some(role.clone());
    }
    for role in roles {
        if best.as_ref().is_none_or(|best| rank(&role) > rank(best)) {
            best = Some(role);
        }
    }
    best.map_or(whole, Standing::Role)
}

fn rank(role: &Role) -> u8 {
    match role.name.as_str() {
        _ if role.maintainer => 3,
        "approver" => 2,
        "reviewer" => 1,
        _ => 0,
    }
}

/// Whether a text begins with or ends in the people that it is about: `Voting members`, `Maintainers of the policy
/// engine`, and not `Rules for members` or `Adding members`.
fn names_holders(text: &str) -> bool {
    let text = text.split('(').next().unwrap_or(text).to_lowercase();
    let words: Vec<&str> =
        text.split_whitespace().map(|word| word.trim_matches(|letter: char| !letter.is_alphanumeric())).collect();
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return false };
    let begins = HOLDERS.contains(first) && words.get(1).is_some_and(|second| ["for", "of"].contains(second));
    let ends = HOLDERS.contains(last) && !words.iter().any(|word| PREPOSITIONS.contains(word));
    begins || (ends && !BEGINNINGS.contains(first))
}

fn two_words(words: &[String]) -> Option<Role> {
    let both = |one: &str, other: &str| words.iter().any(|word| word == one) && words.iter().any(|word| word == other);
    let core = words.iter().any(|word| word == "core")
        && (words.len() == 1 || ["team", "member", "developer", "dev", "contributor"].iter().any(|x| both("core", x)));
    if both("community", "manager") {
        Some(Role::new("community manager", false))
    } else if both("release", "manager") || both("release", "team") || both("release", "engineer") {
        Some(Role::new("release manager", false))
    } else if both("code", "owner") {
        Some(Role::new("code owner", false))
    } else if both("governance", "committee") {
        Some(Role::new("governance committee", true))
    } else if core {
        Some(Role::new("core", true))
    } else {
        None
    }
}

fn one_word(words: &[String]) -> Option<Role> {
    // "Team members" says no more than "team": the file's own role stands.
    let team = words.iter().any(|word| word == "team");
    ROLES
        .iter()
        .find(|(names, role, _)| {
            words.iter().any(|word| names.contains(&word.as_str())) && !(team && *role == "member")
        })
        .map(|(_, role, maintainer)| Role::new(role, *maintainer))
}

/// Other services whose accounts stand in columns of their own.
const SERVICES: &[&str] = &[
    "slack", "discord", "twitter", "linkedin", "lfx", "lfid", "gpg", "pgp", "matrix", "irc", "wechat", "keybase",
    "mastodon", "telegram", "gitter", "zulip",
];

/// Whether a line of `Key: value` is about another service.
pub(super) fn is_service(line: &str) -> bool {
    words(line.split(':').next().unwrap_or_default()).iter().any(|word| SERVICES.contains(&word.as_str()))
}

/// Whether a text is nothing but the title of a column: `GitHub`, `E-mail address`. `Nick` is a name before it is one.
pub(super) fn is_title(text: &str) -> bool {
    let fillers = ["id", "name", "address", "e", "user", "profile"];
    column(text) != Column::Other
        && words(text).iter().all(|word| {
            !["nick", "alia"].contains(&word.as_str()) && (fillers.contains(&&**word) || column(word) != Column::Other)
        })
}

/// What a column's title says that it holds.
pub(super) fn column(title: &str) -> Column {
    let words = words(title);
    let any = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    // "GitHub ID (not Twitter ID)" holds GitHub's.
    if any(SERVICES) && !any(&["github"]) {
        Column::Other
    } else if any(&["email", "mail", "邮箱"]) {
        Column::Email
    } else if any(&[
        "company",
        "companie",
        "organization",
        "organisation",
        "affiliation",
        "affiliated",
        "employer",
        "org",
        "institution",
        "corporation",
        "sponsor",
        "公司",
        "单位",
        "组织",
    ]) {
        Column::Organisation
    } else if any(&["github", "gh", "handle", "username", "login", "userid", "account", "nick", "nickname", "alia"])
        || words == ["id"]
        || words == ["user"]
        || words == ["profile"]
    {
        Column::Login
    } else if any(&["role", "title", "position", "status", "type"]) {
        Column::Role
    } else if any(&[
        "name",
        "maintainer",
        "member",
        "committer",
        "owner",
        "reviewer",
        "approver",
        "person",
        "people",
        "who",
        "lead",
        "contributor",
        "developer",
        "contact",
        "姓名",
    ]) {
        Column::Name
    } else {
        Column::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(text: &str) -> String {
        match classify(text) {
            Standing::Role(role) => format!("{}{}", role.name, if role.maintainer { "!" } else { "" }),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn headings_in_many_words() {
        for (heading, expected) in [
            ("Maintainers", "maintainer!"),
            ("MAINTAINERS_FULL", "maintainer!"),
            ("Lantern-maintainers: Maintainers of acme/lantern", "maintainer!"),
            ("Current Approvers", "approver"),
            ("Emeritus Maintainers", "Former"),
            ("Maintainers (retired)", "Former"),
            ("Maintainers who stepped down", "Former"),
            ("Ex-maintainers", "Former"),
            ("emeritus_approvers", "Former"),
            ("Active maintainers", "maintainer!"),
            ("Inactive maintainers", "Former"),
            ("Current and past maintainers", "maintainer!"),
            ("How to become a maintainer", "Prose"),
            ("Maintainer responsibilities", "Prose"),
            ("Maintainers and areas of responsibility", "maintainer!"),
            ("Becoming an emeritus maintainer", "Prose"),
            ("Technical Steering Committee members", "steering committee!"),
            ("Community Managers", "community manager"),
            ("Security-Team", "security"),
            ("Core team", "core!"),
            ("Team members", "Unknown"),
            ("Code owners", "code owner"),
            ("TSC voting members", "steering committee!"),
            ("Non-voting maintainers", "maintainer!"),
            ("Governance committee", "governance committee!"),
            ("Add-on maintainers", "maintainer!"),
            ("Policy engine maintainers", "maintainer!"),
            ("Communication leads (in alphabetical order)", "lead!"),
            ("Maintainers of the policy engine", "maintainer!"),
            ("Maintainers: add-ons", "maintainer!"),
            ("Adding maintainers", "Prose"),
            ("Rules for maintainers", "Prose"),
            ("Election of committee members", "Prose"),
            ("Client", "Unknown"),
        ] {
            assert_eq!(role(heading), expected, "{heading}");
        }
    }

    #[test]
    fn headings_above_people_who_are_no_maintainers() {
        let role = |text: &str| match heading(text) {
            Standing::Role(role) => format!("{}{}", role.name, if role.maintainer { "!" } else { "" }),
            other => format!("{other:?}"),
        };
        for (text, expected) in [
            ("Friends of Lantern", "friend"),
            ("Initial authors", "author"),
            ("Founders", "founder"),
            ("Founding maintainers", "maintainer!"),
            ("Sponsors", "sponsor"),
            ("Credits", "Others"),
            ("Special thanks", "Others"),
            ("Release keys", "Others"),
            ("Getting help", "Others"),
            ("Contact", "Others"),
            ("Communication channels", "Others"),
            ("Security contacts", "security"),
            ("Support maintainers", "maintainer!"),
            ("Maintainers", "maintainer!"),
            ("Lamps", "Unknown"),
            ("Support", "Others"),
            ("Help and support", "Others"),
            ("GPG keys", "Others"),
            ("Thanks", "Others"),
            ("Acknowledgements", "Others"),
            ("Authors", "author"),
            ("Windows support", "Unknown"),
            ("Notification channels", "Unknown"),
            ("API keys", "Unknown"),
            ("Infrastructure / keys", "Unknown"),
            ("Author experience", "Unknown"),
        ] {
            assert_eq!(role(text), expected, "{text}");
        }
    }

    #[test]
    fn of_several_roles_the_highest_holds() {
        for (text, expected) in [
            ("Lead - Lamps \nReviewer - Sheds", "lead"),
            ("Reviewer, Approver", "approver"),
            ("Lead - Lamps, Approver - Sheds", "lead"),
            ("Maintainer, Lead", "maintainer"),
            ("Maintainer", "maintainer"),
        ] {
            assert!(matches!(highest(text), Standing::Role(role) if role.name == expected), "{text}");
        }
        assert_eq!(highest("Maintainer, emeritus"), Standing::Former);
        assert_eq!(highest("Docs"), Standing::Unknown);
    }

    #[test]
    fn column_titles_in_any_words() {
        for (title, expected) in [
            ("GitHub ID", Column::Login),
            ("Github Username", Column::Login),
            ("Handle", Column::Login),
            ("ID", Column::Login),
            ("Company or Organization", Column::Organisation),
            ("Organization Name", Column::Organisation),
            ("Affiliation", Column::Organisation),
            ("E-Mail", Column::Email),
            ("Maintainer", Column::Name),
            ("Full name", Column::Name),
            ("Slack handle", Column::Other),
            ("GitHub ID (not Twitter ID)", Column::Login),
            ("LFX / GitHub ID", Column::Login),
            ("Role", Column::Role),
            ("Status", Column::Role),
            ("Area", Column::Other),
        ] {
            assert_eq!(column(title), expected, "{title}");
        }
    }
}
