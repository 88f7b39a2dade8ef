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
    if any(PROSE) && !has("area") {
        return Standing::Prose;
    }
    if any(FORMER) && !has("current") && !has("active") {
        return Standing::Former;
    }
    two_words(&words).or_else(|| one_word(&words)).map_or(Standing::Unknown, Standing::Role)
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

/// What a column's title says that it holds.
pub(super) fn column(title: &str) -> Column {
    let words = words(title);
    let any = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if any(&["slack", "discord", "twitter", "linkedin", "lfx", "lfid", "gpg", "pgp", "matrix", "irc", "wechat"]) {
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
    } else if any(&["role", "title", "position", "status"]) {
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
            ("Client", "Unknown"),
        ] {
            assert_eq!(role(heading), expected, "{heading}");
        }
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
            ("Role", Column::Role),
            ("Status", Column::Role),
            ("Area", Column::Other),
        ] {
            assert_eq!(column(title), expected, "{title}");
        }
    }
}
