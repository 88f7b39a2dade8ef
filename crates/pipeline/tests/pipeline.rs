//! What a pipeline file means.

use muster_model::WindowKind;
use muster_pipeline::{
    About, GhArchive, Git, GitOrigin, Location, Metrics, Notes, Pipeline, Project, Roster, SetArg, Source, Target, Url,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const FILE: &str = r#"
[project]
name = "dragonfly"
log = "../data/dragonfly/log"
out = "../data/./dragonfly/out"
as_of = "2025-12-05"

[[source]]
kind = "notes"
name = "maintainer-meetings"
path = "${NOTES}/dragonfly"

[[source]]
kind = "git"
repository = "dragonflyoss/dragonfly"
path = "clones/dragonfly"
branch = "main"
mailmap = "extra.mailmap"

[[source]]
kind = "git"
repository = "dragonflyoss/client"
url = "https://github.com/dragonflyoss/client"

[[source]]
kind = "gharchive"
path = ["archive/*.json.gz", "/archive"]
repositories = ["kubernetes/*"]

[[source]]
kind = "roster"
repository = "dragonflyoss/community"
path = "rosters/dragonflyoss-community"
files = ["roles/Maintainers.md"]

[metrics]
windows = ["quarter", "365d"]
folder = "metrics"
bots = ["^acme-ci$"]
not_bots = ["robotlover"]
"#;

fn env(name: &str) -> Option<String> {
    match name {
        "NOTES" => Some("/notes".to_owned()),
        "HOME" => Some("/home/mira".to_owned()),
        _ => None,
    }
}

fn parse_as(file: &str, text: &str, sets: &[&str]) -> Pipeline {
    let sets: Vec<SetArg> = sets.iter().map(|set| set.parse().expect("infallible")).collect();
    Pipeline::parse(Path::new(file), text, &sets, &env).unwrap_or_else(|errors| panic!("{}", errors.render(false)))
}

fn parse(sets: &[&str]) -> Pipeline {
    parse_as("pipelines/dragonfly.toml", FILE, sets)
}

#[test]
fn every_key_arrives() {
    let pipeline = parse(&[]);
    assert_eq!(
        pipeline.project,
        Project {
            name: "dragonfly".to_owned(),
            log: Location::Path("data/dragonfly/log".into()),
            out: "data/dragonfly/out".into(),
            store: None,
            keep: 5,
            as_of: Some("2025-12-05T00:00:00Z".parse().unwrap()),
        }
    );
    assert_eq!(
        pipeline.sources,
        [
            Source::Notes(Notes { name: "maintainer-meetings".to_owned(), path: "/notes/dragonfly".into() }),
            Source::Git(Git {
                name: "git-dragonflyoss/dragonfly".to_owned(),
                repository: "dragonflyoss/dragonfly".to_owned(),
                origin: GitOrigin::Path("pipelines/clones/dragonfly".into()),
                branch: Some("main".to_owned()),
                mailmap: Some("pipelines/extra.mailmap".into()),
            }),
            Source::Git(Git {
                name: "git-dragonflyoss/client".to_owned(),
                repository: "dragonflyoss/client".to_owned(),
                origin: GitOrigin::Url("https://github.com/dragonflyoss/client".to_owned()),
                branch: None,
                mailmap: None,
            }),
            Source::GhArchive(GhArchive {
                name: "gharchive".to_owned(),
                paths: vec!["pipelines/archive/*.json.gz".into(), "/archive".into()],
                repositories: vec!["kubernetes/*".to_owned()],
            }),
            Source::Roster(Roster {
                name: "roster-dragonflyoss/community".to_owned(),
                repository: "dragonflyoss/community".to_owned(),
                path: "pipelines/rosters/dragonflyoss-community".into(),
                files: vec!["roles/Maintainers.md".to_owned()],
            }),
        ]
    );
    assert_eq!(
        pipeline.metrics,
        Metrics {
            windows: Some(vec![WindowKind::Quarter, WindowKind::TrailingDays(365)]),
            folder: Some("pipelines/metrics".into()),
            only: Vec::new(),
            parameters: BTreeMap::new(),
            bots: vec!["^acme-ci$".to_owned()],
            bot_list: None,
            completeness: None,
            not_bots: vec!["robotlover".to_owned()],
        }
    );
    let repositories: Vec<Option<&str>> = pipeline.sources.iter().map(Source::repository).collect();
    assert_eq!(repositories[0..2], [None, Some("dragonflyoss/dragonfly")]);
}

#[test]
fn the_same_file_reads_the_same_with_windows_line_ends_and_a_byte_order_mark() {
    let text = format!("\u{feff}{}", FILE.replace('\n', "\r\n"));
    assert_eq!(parse_as("pipelines/dragonfly.toml", &text, &[]), parse(&[]));
}

#[test]
fn a_short_file_is_enough() {
    let pipeline = parse_as("muster.toml", "project = { name = 'a', log = 's3://bucket/a', out = '.' }", &[]);
    assert_eq!(pipeline.project.log, Location::Url("s3://bucket/a".to_owned()));
    assert_eq!(pipeline.project.out, PathBuf::from("."));
    assert_eq!((pipeline.sources, pipeline.metrics, pipeline.project.as_of), (vec![], Metrics::default(), None));
}

#[test]
fn instants_are_read_in_every_spelling() {
    for (written, utc) in [
        ("2025-12-05", "2025-12-05T00:00:00Z"),
        ("2025-12-05T01:00:00+01:00", "2025-12-05T00:00:00Z"),
        ("2025-12-05 00:00:00", "2025-12-05T00:00:00Z"),
        ("'2025-12-05T09:30:00Z'", "2025-12-05T09:30:00Z"),
    ] {
        let text = format!("[project]\nname = 'a'\nlog = 'b'\nout = 'c'\nas_of = {written}\n");
        assert_eq!(parse_as("a.toml", &text, &[]).project.as_of.unwrap().to_string(), utc);
    }
}

#[test]
fn a_set_replaces_and_adds() {
    let pipeline = parse(&[
        "project.out=elsewhere/../out",
        "project.as_of=2026-01-01",
        "project.log=s3://${LOG}/x",
        "source.maintainer-meetings.path=here",
        "source.git-dragonflyoss/dragonfly.url=https://example.org/x=y/z",
        "source.gharchive.path=[\"a,b\", \"c\"]",
        "source.gharchive.repositories=a/b, c/*",
        "source.roster-dragonflyoss/community.name=maintainers",
        "metrics.windows=month,365d",
    ]);
    assert_eq!(pipeline.project.out, Path::new("out"));
    assert_eq!(pipeline.project.as_of.unwrap().to_string(), "2026-01-01T00:00:00Z");
    // The shell has put in its variables; nothing is looked up twice.
    assert_eq!(pipeline.project.log, Location::Url("s3://${LOG}/x".to_owned()));
    assert_eq!(pipeline.metrics.windows, Some(vec![WindowKind::Month, WindowKind::TrailingDays(365)]));
    assert!(matches!(&pipeline.sources[0], Source::Notes(notes) if notes.path == Path::new("here")));
    let url = GitOrigin::Url("https://example.org/x=y/z".to_owned());
    assert!(matches!(&pipeline.sources[1], Source::Git(git) if git.origin == url));
    assert!(matches!(&pipeline.sources[3], Source::GhArchive(archive)
        if archive.paths == [Path::new("a,b"), Path::new("c")] && archive.repositories == ["a/b", "c/*"]));
    assert_eq!(pipeline.sources[4].name(), "maintainers");
}

#[test]
fn a_set_makes_the_table_it_needs() {
    let short = "[project]\nname = 'a'\nlog = 'b'\n";
    let pipeline = parse_as("a.toml", short, &["project.out=c", "metrics.bots=^x$"]);
    assert_eq!((pipeline.project.out, pipeline.metrics.bots), ("c".into(), vec!["^x$".to_owned()]));
}

#[test]
fn the_folder_of_a_glob_stands_for_itself() {
    let text = "[project]\nname='a'\nlog='b'\nout='c'\n[[source]]\nkind='gharchive'\npath=['*.gz', 'x.gz']\n";
    let pipeline = parse_as("a[1]/b.toml", text, &[]);
    assert!(matches!(&pipeline.sources[0], Source::GhArchive(archive)
        if archive.paths == [Path::new("a[[]1]/*.gz"), Path::new("a[1]/x.gz")]));
}

/// A small generator (xorshift): the same mutations on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end.max(1) as u64).expect("it fits")
    }
}

#[test]
fn no_text_makes_it_panic() {
    let pieces = [
        "[",
        "]",
        "[[",
        "\"",
        "'''",
        "=",
        "\n",
        "\r",
        "\t",
        "${",
        "}",
        "$$",
        "${NOTES}",
        ".",
        ",",
        "é",
        "会",
        "\u{0}",
        "\u{feff}",
        "[[source]]",
        "kind",
        "path = ",
        "url = 'x'",
        "1979-05-27",
        "0x1",
        "-inf",
        "{ a = 1 }",
        "#",
        "\\u",
        "project",
        "[metrics]",
        "[a-",
        "(",
        "..",
        "/",
        "://",
    ];
    let sets = ["project.", "source.", "maintainer-meetings", ".path", "=", "metrics.windows", "a,b", "[", "\"", "é"];
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut refused = 0;
    for _ in 0..4_000 {
        let mut letters: Vec<char> = FILE.chars().collect();
        for _ in 0..=dice.below(4) {
            let at = dice.below(letters.len());
            let until = (at + dice.below(12)).min(letters.len());
            let piece = pieces[dice.below(pieces.len())];
            letters.splice(at..until, piece.chars().collect::<Vec<_>>());
        }
        let text: String = letters.into_iter().collect();
        let set: String = (0..dice.below(6)).map(|_| sets[dice.below(sets.len())]).collect();
        let sets = if dice.below(2) == 0 { vec![SetArg(set)] } else { Vec::new() };
        if let Err(errors) = Pipeline::parse(Path::new("a/b.toml"), &text, &sets, &env) {
            assert!(!errors.0.is_empty());
            assert!(!errors.render(false).contains('\r') && !errors.to_string().is_empty());
            refused += 1;
        }
    }
    assert!((1_000..4_000).contains(&refused), "{refused} of 4000 were refused");
}

#[test]
fn numbers_of_metrics_are_given_by_their_ids() {
    let quoted = "parameters = { \"growth.core\" = { least = 20, days = 90.5 } }";
    let bare = "[metrics.parameters.growth.core]\nleast = 20\ndays = 90.5";
    for written in [quoted, bare] {
        let pipeline =
            parse_as("p.toml", &format!("[project]\nname='a'\nlog='b'\nout='c'\n[metrics]\n{written}\n"), &[]);
        let core = BTreeMap::from([("days".to_owned(), 90.5), ("least".to_owned(), 20.0)]);
        assert_eq!(pipeline.metrics.parameters, BTreeMap::from([("growth.core".to_owned(), core)]));
    }
}

#[test]
fn whom_to_tell_is_read_with_what_is_left_out() {
    let text = "[project]\nname = \"a\"\nlog = \"l\"\nout = \"o\"\n[[notify]]\ncommand = [\"./tell.sh\", \"us\"]\n\
        [[notify]]\non = [\"verdict\"]\nurl = \"env:HOOK\"\nheaders_env = { Authorization = \"TOKEN\" }\nsecret_env = \"KEY\"\n\
        timeout = \"1m\"\ntries = 1\nrepeat = \"2w\"\nlink = \"https://a.example/report.html\"\n";
    let pipeline = Pipeline::parse(Path::new("p.toml"), text, &[], &|_| None).unwrap();
    let [first, second] = &pipeline.notify[..] else { panic!("{:?}", pipeline.notify) };
    assert_eq!(first.on, About::ALL);
    assert_eq!(first.target, Target::Command(vec!["./tell.sh".to_owned(), "us".to_owned()]));
    assert_eq!((first.timeout.as_secs(), first.tries, first.repeat.as_secs()), (10, 3, 86_400));
    assert_eq!(second.on, [About::Verdict]);
    let Target::Http { url, headers_env, secret_env } = &second.target else { panic!("{second:?}") };
    assert_eq!((url, secret_env.as_deref()), (&Url::Variable("HOOK".to_owned()), Some("KEY")));
    assert_eq!(headers_env["Authorization"], "TOKEN");
    assert_eq!((second.timeout.as_secs(), second.tries, second.repeat.as_secs()), (60, 1, 1_209_600));
}

#[test]
fn outputs_in_an_object_store_have_a_folder_of_their_own_among_the_caches() {
    let out = |set: &str| {
        let project = parse(&[set]).project;
        (project.out, project.store)
    };
    let (folder, url) = out("project.out=s3://acme-data/lantern/out/");
    assert_eq!(url.as_deref(), Some("s3://acme-data/lantern/out"));
    assert_eq!(folder, Path::new("/home/mira/.cache/muster/s3_3a_2f_2facme-data_2flantern_2fout"));
    assert_ne!(folder, out("project.out=s3://acme-data/lantern-out").0);
    assert_eq!(parse(&["project.keep=2"]).project.keep, 2);
}
