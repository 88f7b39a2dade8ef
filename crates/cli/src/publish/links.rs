//! The pointer to the current run, and the names that stay the same from run to run.

use std::io;
use std::path::{Path, PathBuf};
use std::{fs, io::ErrorKind};

const CURRENT: &str = "current";
/// What outputs without runs had in the place of a manifest.
const BEFORE: &str = "state.json";

/// The name of the run that is current; `current -> runs/<name>`.
pub fn current(out: &Path) -> Option<String> {
    let target = fs::read_link(out.join(CURRENT)).ok()?;
    Some(target.file_name()?.to_string_lossy().into_owned())
}

/// Makes a run the current one. One rename decides: before it readers see the run before, after it this one, whichever of
/// the names they open.
pub fn point(out: &Path, name: &str) -> io::Result<()> {
    let inside = names(&out.join(super::RUNS).join(name))?;
    for name in &inside {
        let at = out.join(name);
        let to = Path::new(CURRENT).join(name);
        if !is_free(out, &at, &to)? {
            continue;
        }
        link(&to, &at)?;
    }
    link(&Path::new(super::RUNS).join(name), &out.join(CURRENT))?;
    let _ = fs::remove_file(out.join(BEFORE));
    for name in names(out)?.iter().filter(|name| !inside.contains(name)) {
        // A name that the runs before had.
        if fs::read_link(out.join(name)).is_ok_and(|to| to == Path::new(CURRENT).join(name)) {
            fs::remove_file(out.join(name))?;
        }
    }
    Ok(())
}

fn names(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries: io::Result<Vec<_>> = fs::read_dir(folder)?.collect();
    Ok(entries?.into_iter().map(|entry| entry.file_name().into()).collect())
}

/// Whether a link is to be made: not where it is there already. Outputs from before there were runs make room; anything
/// else in the way is somebody's.
fn is_free(out: &Path, at: &Path, to: &Path) -> io::Result<bool> {
    let there = match fs::symlink_metadata(at) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(true),
        there => there?,
    };
    if there.is_symlink() && fs::read_link(at)? == to {
        return Ok(false);
    }
    if there.is_symlink() || !out.join(BEFORE).is_file() {
        let message = format!("{} is in the way of the outputs and is none of muster's; move it", at.display());
        return Err(io::Error::new(ErrorKind::AlreadyExists, message));
    }
    if there.is_dir() {
        fs::remove_dir_all(at)?
    } else {
        fs::remove_file(at)?
    }
    Ok(true)
}

/// A link by way of one beside it, so that the name always leads somewhere. One that is there already stays.
fn link(to: &Path, at: &Path) -> io::Result<()> {
    if fs::read_link(at).is_ok_and(|there| there == to) {
        return Ok(());
    }
    let name = at.file_name().unwrap_or_default().to_string_lossy();
    let aside = at.with_file_name(format!(".{name}.{}", std::process::id()));
    let _ = fs::remove_file(&aside);
    symlink(to, &aside)?;
    fs::rename(&aside, at)
}

#[cfg(unix)]
fn symlink(to: &Path, at: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(to, at)
}

#[cfg(not(unix))]
fn symlink(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::Error::new(ErrorKind::Unsupported, "outputs need a file system with symbolic links"))
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn out(runs: &[(&str, &[&str])]) -> tempfile::TempDir {
        let out = tempfile::tempdir().unwrap();
        for (run, files) in runs {
            let folder = out.path().join("runs").join(run);
            fs::create_dir_all(&folder).unwrap();
            files.iter().for_each(|file| fs::write(folder.join(file), run).unwrap());
        }
        out
    }

    #[test]
    fn the_stable_names_lead_into_the_current_run_and_names_that_are_gone_go() {
        let out = out(&[("one", &["a", "b"]), ("two", &["b", "c"])]);
        let read = |name: &str| fs::read_to_string(out.path().join(name)).ok();
        point(out.path(), "one").unwrap();
        assert_eq!((read("a"), read("b"), read("c")), (Some("one".into()), Some("one".into()), None));
        point(out.path(), "two").unwrap();
        assert_eq!((read("a"), read("b"), read("c")), (None, Some("two".into()), Some("two".into())));
        assert!(fs::symlink_metadata(out.path().join("a")).is_err());
        assert_eq!(current(out.path()).as_deref(), Some("two"));
    }

    #[test]
    fn a_folder_that_is_not_ours_is_not_replaced_and_outputs_of_before_are() {
        let out = out(&[("one", &["a"])]);
        fs::write(out.path().join("a"), "mine").unwrap();
        let error = point(out.path(), "one").unwrap_err().to_string();
        assert!(error.contains("a is in the way"), "{error}");
        assert_eq!(fs::read_to_string(out.path().join("a")).unwrap(), "mine");
        fs::write(out.path().join("state.json"), "{}").unwrap();
        point(out.path(), "one").unwrap();
        assert_eq!(fs::read_to_string(out.path().join("a")).unwrap(), "one");
    }
}
