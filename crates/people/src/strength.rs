//! How strong a piece of evidence is: the one place that says which beats which.

/// What joins accounts, strongest first (the lesser is the stronger). Weaker evidence never joins what stronger or equal
/// evidence keeps apart, and never splits what stronger evidence joined. Equal names join nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// `people`: the pipeline's own people file. Somebody looked, so it may join even two GitHub numbers.
    People,
    /// `github-id`: GitHub's number beside a login. A login may change, and be taken by somebody else; a number never does.
    Number,
    /// `noreply`: a GitHub no-reply address, which GitHub itself makes from number and login.
    Noreply,
    /// `mailmap`: a project's own `.mailmap`, corrected by the people in it.
    Mailmap,
    /// `gitdm`, `sortinghat`: identity files for many projects; wide, and known for strangers' addresses in a block.
    IdentityFile,
    /// `roster`: name, login and address in one row of a list of maintainers.
    Roster,
    /// `profile-link`: a name in notes that links to a GitHub profile; pasted lines keep the wrong link.
    ProfileLink,
    /// `chat-profile`: an address that somebody entered in a chat.
    ChatProfile,
    /// A word that muster does not know.
    Other,
    /// `name`: names and initials in one community's notes that fit one person of that community.
    Name,
}

impl Strength {
    /// All, strongest first.
    pub const ALL: [Self; 10] = [
        Self::People,
        Self::Number,
        Self::Noreply,
        Self::Mailmap,
        Self::IdentityFile,
        Self::Roster,
        Self::ProfileLink,
        Self::ChatProfile,
        Self::Other,
        Self::Name,
    ];

    /// What a word of [`crate::Link::evidence`] stands for.
    pub fn of(evidence: &str) -> Self {
        match evidence {
            "people" => Self::People,
            "github-id" => Self::Number,
            "noreply" => Self::Noreply,
            "mailmap" => Self::Mailmap,
            "gitdm" | "sortinghat" => Self::IdentityFile,
            "roster" => Self::Roster,
            "profile-link" => Self::ProfileLink,
            "chat-profile" => Self::ChatProfile,
            "name" => Self::Name,
            _ => Self::Other,
        }
    }

    /// The word of evidence that has no event of its own.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Number => "github-id",
            Self::Noreply => "noreply",
            Self::Mailmap => "mailmap",
            Self::IdentityFile => "gitdm",
            Self::Roster => "roster",
            Self::ProfileLink => "profile-link",
            Self::ChatProfile => "chat-profile",
            Self::Other => "other",
            Self::Name => "name",
        }
    }
}

/// Who says where somebody works, strongest first (the lesser is the stronger). At each instant the strongest that says
/// anything decides; what a weaker one says is kept, and listed where it differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Authority {
    /// `people`: the pipeline's own people file; a correction, made by hand.
    People,
    /// `roster`: what a maintainer has written beside their name in the project's list, as long as it stood there.
    Roster,
    /// `notes`: what somebody said of themselves at a meeting, that day.
    Notes,
    /// `sortinghat`: dated enrolments that an organisation keeps about its own people.
    Sortinghat,
    /// `gitdm`: dated stints in the CNCF's files; wide, partly guessed.
    Gitdm,
    /// `email-map`: gitdm's older files, an employer for one address.
    EmailMap,
    /// `profile`: free text of a GitHub profile: undated, mostly the latest.
    Profile,
    /// A word that muster does not know.
    Other,
    /// `domain`: a company's e-mail domain. An address outlives a job, and a university's says little.
    Domain,
}

impl Authority {
    /// All, strongest first.
    pub const ALL: [Self; 9] = [
        Self::People,
        Self::Roster,
        Self::Notes,
        Self::Sortinghat,
        Self::Gitdm,
        Self::EmailMap,
        Self::Profile,
        Self::Other,
        Self::Domain,
    ];

    /// What a word of [`crate::Declaration::said_by`] stands for.
    pub fn of(said_by: &str) -> Self {
        match said_by {
            "people" => Self::People,
            "roster" => Self::Roster,
            "notes" => Self::Notes,
            "sortinghat" => Self::Sortinghat,
            "gitdm" => Self::Gitdm,
            "email-map" => Self::EmailMap,
            "profile" => Self::Profile,
            "domain" => Self::Domain,
            _ => Self::Other,
        }
    }
}
