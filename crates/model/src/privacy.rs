//! How people are named in what leaves the project.

use std::str::FromStr;

/// How people are named in what leaves the project. An e-mail address is never shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Privacy {
    /// By name and public login.
    #[default]
    Public,
    /// By initials.
    Initials,
    /// By a hash.
    Hashed,
}

impl Privacy {
    /// Every choice, as it is written.
    pub const WORDS: [&'static str; 3] = ["public", "initials", "hashed"];

    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Initials => "initials",
            Self::Hashed => "hashed",
        }
    }
}

impl FromStr for Privacy {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Public, Self::Initials, Self::Hashed].into_iter().find(|choice| choice.word() == text).ok_or(())
    }
}
