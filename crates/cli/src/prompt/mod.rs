//! `muster sql FILE` without a query: a prompt on a terminal, else the statements of standard input.
//!
//! | module | what it does |
//! | --- | --- |
//! | `shell` | one statement or `\` command after the other, and what they print |
//! | `text` | where a statement ends |
//! | `editor` | the line that is typed: history, completion, more lines until `;` |
//! | `pager` | what is longer than the screen |

mod editor;
mod pager;
mod shell;
mod text;

use crate::args::Format;
use crate::compute::Basis;
use crate::failure::Failure;
use muster_query::examples;
use shell::{Next, Shell};
pub use shell::{find, questions};
use std::io::{IsTerminal, Read};
use std::process::ExitCode;

/// Answers until the end of the input, or `\q`.
pub async fn run(basis: Basis, private: bool, format: Format) -> Result<ExitCode, Failure> {
    let names = basis.engine.named(&basis.library).await?;
    let mut shell = Shell::new(basis.engine, names, examples()?, private, format);
    if std::io::stdin().is_terminal() { typed(&mut shell).await } else { piped(&mut shell).await }
}

/// A mistake is told, and the prompt comes again.
async fn typed(shell: &mut Shell) -> Result<ExitCode, Failure> {
    let mut editor = editor::Editor::open(shell.words())?;
    eprintln!("{} tables and populations, as of {}; \\? helps, \\q ends", shell.count(), shell.as_of());
    while let Some(input) = editor.read()? {
        let screen = editor.screen();
        let next = tokio::select! {
            next = shell.answer(&input, screen) => next,
            _ = tokio::signal::ctrl_c() => {
                eprintln!("stopped");
                continue;
            }
        };
        match next {
            Ok(Next::Quit) => break,
            Ok(Next::Go) => {}
            Err(failure) => drop(failure.report()),
        }
    }
    editor.keep();
    Ok(ExitCode::SUCCESS)
}

/// The first mistake ends it, with its exit status.
async fn piped(shell: &mut Shell) -> Result<ExitCode, Failure> {
    let mut input = String::new();
    std::io::stdin().lock().read_to_string(&mut input).map_err(Failure::internal)?;
    let answering = async {
        for part in text::parts(&input) {
            if let Next::Quit = shell.answer(part, None).await? {
                break;
            }
        }
        Ok(ExitCode::SUCCESS)
    };
    tokio::select! {
        outcome = answering => outcome,
        _ = tokio::signal::ctrl_c() => Err(Failure::stopped(crate::failure::INTERRUPTED)),
    }
}
