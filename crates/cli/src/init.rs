//! `muster init`: a pipeline file for a community.

use crate::args::InitArgs;
use crate::failure::Failure;
use muster_pipeline::{detect, found_at_url, pipeline_text, relative};
use std::fs;
use std::path::Path;
use std::process::ExitCode;

/// Writes `<name>/muster.toml` over what is found in a folder, or over one Git URL.
pub fn init(args: &InitArgs) -> Result<ExitCode, Failure> {
    let folder = Path::new(&args.name);
    let file = folder.join("muster.toml");
    if file.exists() {
        return Err(Failure::usage(format!("{} is there already", file.display()), "remove it, or give another name"));
    }
    let (root, found) = if let Some(found) = found_at_url(&args.from) {
        (".".to_owned(), vec![found])
    } else {
        let from = fs::canonicalize(&args.from).map_err(|error| {
            Failure::usage(format!("{}: {error}", args.from), "name a folder that is there, or a Git URL")
        })?;
        let here = std::env::current_dir().map_err(Failure::internal)?;
        (relative(&here.join(folder), &from).to_string_lossy().into_owned(), detect(&from))
    };
    let text = pipeline_text(&args.name, &root, &found);
    fs::create_dir_all(folder).and_then(|()| fs::write(&file, text)).map_err(|error| {
        Failure::usage(format!("{}: {error}", file.display()), "choose a folder that you may write")
    })?;
    let names: Vec<String> = found.iter().map(ToString::to_string).collect();
    match names.len() {
        0 => println!("wrote {} (no sources found; add them by hand)", file.display()),
        1 => println!("wrote {} (1 source found: {})", file.display(), names[0]),
        number => println!("wrote {} ({number} sources found: {})", file.display(), names.join(", ")),
    }
    println!("next: muster run {}", file.display());
    Ok(ExitCode::SUCCESS)
}
