//! Repositories, and what is in them beside issues and pull requests.

use super::page::Listing;
use super::{Ask, Writer};
use crate::answer::Answer;
use crate::node_id;
use crate::world::{Account, AccountKind, CommitComment, Release, Repository, Star};
use serde_json::{Value, json};

/// What follows the repository's address in each of its fields of addresses.
const ADDRESSES: [(&str, &str); 37] = [
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
    ("url", ""),
];

impl Writer<'_> {
    /// The address of the repository in the API.
    pub(super) fn api(&self, repository: &Repository) -> String {
        format!("{}/repos/{}", self.url, repository.full_name())
    }

    fn owner(&self, repository: &Repository) -> Value {
        let stand_in = Account { id: 0, login: repository.owner.clone(), kind: AccountKind::User, deleted: true };
        self.user(self.world.account_of(&repository.owner).unwrap_or(&stand_in))
    }

    /// `minimal-repository` and `repository`: what listings have.
    pub(super) fn repository(&self, repository: &Repository) -> Value {
        let full_name = repository.full_name();
        let api = self.api(repository);
        let html = format!("https://github.com/{full_name}");
        let stars = repository.stars.len();
        let open = repository.items.iter().filter(|item| item.is_open()).count();
        let forks = self.world.forks_of(repository).count();
        let mut body = json!({
            "id": repository.id, "node_id": node_id::alone("R", repository.id), "name": repository.name,
            "full_name": full_name, "private": repository.private, "owner": self.owner(repository),
            "html_url": html, "description": null, "fork": repository.fork_of.is_some(),
            "created_at": repository.created_at.to_string(), "updated_at": repository.updated_at.to_string(),
            "pushed_at": repository.updated_at.to_string(),
            "git_url": format!("git://github.com/{full_name}.git"),
            "ssh_url": format!("git@github.com:{full_name}.git"),
            "clone_url": format!("{html}.git"), "svn_url": html, "homepage": null, "size": 100,
            "stargazers_count": stars, "watchers_count": stars, "watchers": stars, "language": "Rust",
            "has_issues": true, "has_projects": true, "has_downloads": true, "has_wiki": true, "has_pages": false,
            "has_discussions": true, "forks_count": forks, "forks": forks, "mirror_url": null,
            "archived": repository.archived, "disabled": false, "open_issues_count": open, "open_issues": open,
            "license": null, "allow_forking": true, "is_template": false, "web_commit_signoff_required": false,
            "topics": [], "visibility": if repository.private { "private" } else { "public" },
            "default_branch": "main",
        });
        for (field, tail) in ADDRESSES {
            body[field] = json!(format!("{api}{tail}"));
        }
        body
    }

    /// `full-repository`.
    pub(super) fn full_repository(&self, repository: &Repository) -> Value {
        let mut body = self.repository(repository);
        body["network_count"] = body["forks_count"].clone();
        body["subscribers_count"] = json!(1);
        if let Some(parent) = repository.fork_of.as_ref().and_then(|of| self.world.repository(of)) {
            body["parent"] = self.repository(parent);
            body["source"] = self.repository(parent);
        }
        body
    }

    fn release(&self, repository: &Repository, release: &Release) -> Value {
        let api = self.api(repository);
        let (id, tag) = (release.id, &release.tag);
        let html = format!("https://github.com/{}", repository.full_name());
        json!({
            "url": format!("{api}/releases/{id}"), "assets_url": format!("{api}/releases/{id}/assets"),
            "upload_url": format!("{api}/releases/{id}/assets{{?name,label}}"),
            "html_url": format!("{html}/releases/tag/{tag}"), "id": id,
            "author": self.author(release.author), "node_id": node_id::of("RE", repository.id, id),
            "tag_name": tag, "target_commitish": "main", "name": tag, "draft": release.published_at.is_none(),
            "immutable": false, "prerelease": release.prerelease, "created_at": release.created_at.to_string(),
            "updated_at": release.created_at.to_string(),
            "published_at": release.published_at.map(|at| at.to_string()), "assets": [],
            "tarball_url": format!("{api}/tarball/{tag}"), "zipball_url": format!("{api}/zipball/{tag}"),
            "body": "What changed.",
        })
    }

    fn commit_comment(&self, repository: &Repository, held: &CommitComment) -> Value {
        let comment = &held.comment;
        json!({
            "url": format!("{}/comments/{}", self.api(repository), comment.id),
            "html_url": format!(
                "https://github.com/{}/commit/{}#commitcomment-{}", repository.full_name(), held.sha, comment.id
            ),
            "id": comment.id, "node_id": node_id::of("CC", repository.id, comment.id),
            "user": self.author(comment.author), "position": null, "line": null, "path": null,
            "commit_id": held.sha, "body": comment.body, "author_association": "NONE",
            "created_at": comment.created_at.to_string(), "updated_at": comment.updated_at.to_string(),
        })
    }
}

/// The address of a list in a repository, as links have it.
pub(super) fn list_path(repository: &Repository, tail: &str) -> String {
    format!("/repositories/{}/{tail}", repository.id)
}

pub(super) fn of_owner(writer: Writer<'_>, ask: &Ask<'_>, login: &str, organization: bool) -> Answer {
    let Some(owner) = writer.world.account_of(login) else { return Answer::not_found() };
    if organization && owner.kind != AccountKind::Organization {
        return Answer::not_found();
    }
    let kind = ask.parameter("type").unwrap_or_default();
    let mut all: Vec<&Repository> = writer.world.repositories_of(&owner.login).collect();
    all.retain(|one| match kind.as_str() {
        "forks" => one.fork_of.is_some(),
        "sources" => one.fork_of.is_none(),
        "public" => !one.private,
        "private" => one.private,
        _ => true,
    });
    let sort = ask.parameter("sort").unwrap_or_else(|| if organization { "created" } else { "full_name" }.to_owned());
    match sort.as_str() {
        "full_name" => all.sort_by_key(|one| one.full_name().to_lowercase()),
        "updated" | "pushed" => all.sort_by_key(|one| (one.updated_at, one.id)),
        _ => all.sort_by_key(|one| (one.created_at, one.id)),
    }
    let usual = if sort == "full_name" { "asc" } else { "desc" };
    if ask.parameter("direction").as_deref().unwrap_or(usual) == "desc" {
        all.reverse();
    }
    // Links to an owner's list go by the owner's number too.
    let folder = if organization { "organizations" } else { "user" };
    let path = format!("/{folder}/{}/repos", owner.id);
    Listing::new(ask, path).answer(all, |one| writer.repository(one))
}

pub(super) fn releases(writer: Writer<'_>, ask: &Ask<'_>, repository: &Repository) -> Answer {
    // Drafts are for those who may write.
    let mut all: Vec<&Release> = repository.releases.iter().filter(|one| one.published_at.is_some()).collect();
    all.sort_by_key(|one| std::cmp::Reverse((one.created_at, one.id)));
    Listing::new(ask, list_path(repository, "releases")).answer(all, |one| writer.release(repository, one))
}

pub(super) fn stargazers(writer: Writer<'_>, ask: &Ask<'_>, repository: &Repository) -> Answer {
    let mut all: Vec<&Star> = repository.stars.iter().filter(|star| writer.world.account(star.by).is_some()).collect();
    all.sort_by_key(|star| (star.at, star.by));
    let dated = ask.accept.contains("star+json");
    Listing::new(ask, list_path(repository, "stargazers")).shallow().answer(all, |star| {
        let user = writer.actor(star.by);
        if dated { json!({"starred_at": star.at.to_string(), "user": user}) } else { user }
    })
}

pub(super) fn forks(writer: Writer<'_>, ask: &Ask<'_>, repository: &Repository) -> Answer {
    let mut all: Vec<&Repository> = writer.world.forks_of(repository).collect();
    match ask.parameter("sort").as_deref() {
        Some("oldest") => all.sort_by_key(|one| (one.created_at, one.id)),
        Some("stargazers" | "watchers") => all.sort_by_key(|one| std::cmp::Reverse((one.stars.len(), one.id))),
        _ => all.sort_by_key(|one| std::cmp::Reverse((one.created_at, one.id))),
    }
    Listing::new(ask, list_path(repository, "forks")).answer(all, |one| writer.repository(one))
}

pub(super) fn commit_comments(writer: Writer<'_>, ask: &Ask<'_>, repository: &Repository) -> Answer {
    let mut all: Vec<&CommitComment> = repository.commit_comments.iter().collect();
    all.sort_by_key(|held| held.comment.id);
    Listing::new(ask, list_path(repository, "comments")).answer(all, |held| writer.commit_comment(repository, held))
}
