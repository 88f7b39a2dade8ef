//! A source of the pipeline file, opened by its collector.

use crate::secret;
use muster_collect::{
    attendance, discord, gharchive, git, github, github_json, mail, mattermost, messages, notes, people, perceval,
    roster, slack, webhooks, zulip,
};
use muster_model::{CollectError, Collector, Cursor};
use muster_pipeline::{FileKind, Files, GitHub, GitOrigin, Pipeline, Slack, SlackOrigin, Source};
use std::path::{Path, PathBuf};

type Opened = Result<Box<dyn Collector>, CollectError>;

/// Opens a source off the runtime's threads: it lists folders and starts programs.
pub async fn open(pipeline: &Pipeline, source: &Source, cursor: Option<Cursor>) -> Opened {
    let (source, cache) = (source.clone(), cache_folder(pipeline));
    let opened = tokio::task::spawn_blocking(move || open_now(&source, &cache, cursor.as_ref())).await;
    opened.unwrap_or_else(|error| {
        Err(CollectError::new(error.to_string(), "this is a fault of muster; please report it"))
    })
}

/// Mirrors of bundles and remote repositories lie beside the outputs, not among them: like them they can be made again,
/// but Git does not promise them to be the same bytes.
fn cache_folder(pipeline: &Pipeline) -> PathBuf {
    let out = &pipeline.project.out;
    out.with_file_name(format!(".{}.cache", out.file_name().unwrap_or_default().to_string_lossy()))
}

fn open_now(source: &Source, cache: &Path, cursor: Option<&Cursor>) -> Opened {
    match source {
        Source::Notes(source) => {
            let config = notes::Config { name: source.name.clone(), path: source.path.clone() };
            Ok(Box::new(notes::open(&config, cursor)?))
        }
        Source::Git(source) => Ok(Box::new(git::open(&git_config(source, cache), cursor)?)),
        Source::GhArchive(source) => {
            let config = gharchive::Config {
                name: source.name.clone(),
                paths: source.paths.clone(),
                repositories: source.repositories.clone(),
            };
            Ok(Box::new(gharchive::open(&config, cursor)?))
        }
        Source::Roster(source) => {
            let config = roster::Config {
                name: source.name.clone(),
                repository: source.repository.clone(),
                path: source.path.clone(),
                files: source.files.clone(),
            };
            Ok(Box::new(roster::open(&config, cursor)?))
        }
        Source::People(source) => {
            let config = people::Config { name: source.name.clone(), path: source.path.clone() };
            Ok(Box::new(people::open(&config, cursor)?))
        }
        Source::GitHub(source) => github::open(&github_config(source)?, cursor),
        Source::Slack(source) => slack::open(&slack_config(source)?, cursor),
        Source::Mail(source) => {
            let config = mail::Config {
                name: source.name.clone(),
                paths: source.paths.clone(),
                list: source.list.clone(),
                archive: source.archive.clone(),
                text: source.text,
            };
            mail::open(&config, cursor)
        }
        Source::Messages(source) => messages::open(&messages_config(source), cursor),
        Source::Files(source) => open_files(source, cursor),
    }
}

fn git_config(source: &muster_pipeline::Git, cache: &Path) -> git::Config {
    git::Config {
        name: source.name.clone(),
        repository: source.repository.clone(),
        location: match &source.origin {
            GitOrigin::Path(path) => git::Location::Path(path.clone()),
            GitOrigin::Url(url) => git::Location::Url(url.clone()),
        },
        branch: source.branch.clone(),
        cache: cache.to_path_buf(),
        mailmap: source.mailmap.clone(),
    }
}

/// GitHub's own API.
const GITHUB: &str = "https://api.github.com";
/// So many requests at once are well below what GitHub takes for abuse.
const CONCURRENCY: u64 = 4;

fn github_config(source: &GitHub) -> Result<github::Config, CollectError> {
    Ok(github::Config {
        name: source.name.clone(),
        repositories: source.repositories.clone(),
        url: source.url.clone().unwrap_or_else(|| GITHUB.to_owned()),
        credentials: secret::github(&source.credentials)?,
        forks: source.forks,
        stars: source.stars,
        discussions: source.discussions,
        max_requests: source.max_requests,
        concurrency: small(source.concurrency.unwrap_or(CONCURRENCY)),
        sweep_days: source.sweep_days.map(small),
    })
}

fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn slack_config(source: &Slack) -> Result<slack::Config, CollectError> {
    Ok(slack::Config {
        name: source.name.clone(),
        origin: match &source.origin {
            SlackOrigin::Path(path) => slack::Origin::Path(path.clone()),
            SlackOrigin::Api { url, token_env } => {
                slack::Origin::Api { url: url.clone(), token: secret::variable(token_env, "a token of the Slack app")? }
            }
        },
        team: source.team.clone(),
        workspace: source.workspace.clone(),
        channels: source.channels.clone(),
        private: source.private.clone(),
        text: source.text,
    })
}

fn messages_config(source: &muster_pipeline::Messages) -> messages::Config {
    let columns = &source.columns;
    messages::Config {
        name: source.name.clone(),
        paths: source.paths.clone(),
        platform: source.platform.clone(),
        columns: messages::Columns {
            time: columns.time.clone(),
            author: columns.author.clone(),
            text: columns.text.clone(),
            channel: columns.channel.clone(),
            thread: columns.thread.clone(),
            id: columns.id.clone(),
        },
        time_format: source.time_format.clone(),
        offset: source.offset.clone(),
        text: source.text,
    }
}

fn open_files(source: &Files, cursor: Option<&Cursor>) -> Opened {
    let Files { kind, name, paths, repositories, server, private, text } = source.clone();
    match kind {
        FileKind::Webhooks => webhooks::open(&webhooks::Config { name, paths, repositories }, cursor),
        FileKind::GitHubJson => github_json::open(&github_json::Config { name, paths, repositories }, cursor),
        FileKind::Discord => discord::open(&discord::Config { name, paths, private, text }, cursor),
        FileKind::Zulip => zulip::open(&zulip::Config { name, paths, server, private, text }, cursor),
        FileKind::Mattermost => mattermost::open(&mattermost::Config { name, paths, server, private, text }, cursor),
        FileKind::Perceval => perceval::open(&perceval::Config { name, paths, text }, cursor),
        FileKind::Attendance => attendance::open(&attendance::Config { name, paths }, cursor),
    }
}
