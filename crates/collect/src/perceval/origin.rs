//! Where items come from, as Perceval says it: an address, a host, a folder.

/// An origin, without scheme and credentials.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Origin {
    /// The host, with its port; empty for a folder on a machine.
    pub host: String,
    /// What follows, without slashes around it and without `.git`.
    pub path: String,
}

impl Origin {
    pub fn of(text: &str) -> Self {
        let text = text.trim().trim_end_matches('/');
        let text = text.strip_suffix(".git").unwrap_or(text).trim_end_matches('/');
        let (host, path) = match text.split_once("://") {
            Some(("file", path)) => ("", path),
            Some((_, rest)) => rest.split_once('/').unwrap_or((rest, "")),
            None if text.starts_with(['/', '.', '~']) => ("", text),
            None => scp(text).or_else(|| text.split_once('/')).unwrap_or((text, "")),
        };
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host).to_lowercase();
        // Perceval takes the subgroups of GitLab as one part.
        let path = path.replace("%2F", "/").replace("%2f", "/");
        Self { host, path: path.trim_matches('/').to_owned() }
    }

    /// `owner/name`: of a folder its last two parts.
    pub fn repository(&self) -> String {
        if !self.host.is_empty() {
            return self.path.clone();
        }
        let parts: Vec<&str> = self.path.split('/').filter(|part| !matches!(*part, "" | "." | ".." | "~")).collect();
        parts[parts.len().saturating_sub(2)..].join("/")
    }

    /// Host and path, as one word.
    pub fn place(&self) -> String {
        [self.host.as_str(), &self.path].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
    }

    /// An address under the host.
    pub fn page(&self, path: &str) -> Option<String> {
        (!self.host.is_empty()).then(|| format!("https://{}/{path}", self.host))
    }
}

/// `git@host:owner/name`
fn scp(text: &str) -> Option<(&str, &str)> {
    text.split_once(':').filter(|(host, path)| host.contains('@') && !host.contains('/') && !path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_host_and_a_path() {
        for (text, host, path) in [
            ("https://github.com/acme/lantern.git", "github.com", "acme/lantern"),
            ("https://ada:secret@GitHub.com/acme/lantern/", "github.com", "acme/lantern"),
            ("git@github.com:acme/lantern.git", "github.com", "acme/lantern"),
            ("https://gitlab.com/acme/tools%2Flantern", "gitlab.com", "acme/tools/lantern"),
            ("review.acme.org", "review.acme.org", ""),
            ("https://chat.acme.org:8443", "chat.acme.org:8443", ""),
            ("/srv/git/acme/lantern", "", "srv/git/acme/lantern"),
            ("file:///srv/lantern", "", "srv/lantern"),
            ("", "", ""),
        ] {
            assert_eq!(Origin::of(text), Origin { host: host.into(), path: path.into() }, "{text}");
        }
    }

    #[test]
    fn the_repository_of_a_folder_is_its_last_two_parts() {
        assert_eq!(Origin::of("/srv/git/acme/lantern.git").repository(), "acme/lantern");
        assert_eq!(Origin::of("../lantern").repository(), "lantern");
        assert_eq!(Origin::of("https://gitlab.com/a/b/c").repository(), "a/b/c");
    }
}
