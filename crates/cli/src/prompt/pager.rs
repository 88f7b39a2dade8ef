//! What is longer than the screen: through `$PAGER`, else screen by screen.

use crate::failure::Failure;
use crate::project::environment;
use crate::sql::print_bytes;
use std::io::{BufRead, Write};
use std::process::{Command, Stdio};

/// Prints a text; on a screen of so many lines no more than fits at once.
pub fn print(text: &str, screen: Option<usize>) -> Result<(), Failure> {
    match screen.filter(|rows| *rows > 2 && text.lines().count() >= *rows) {
        None => print_bytes(text.as_bytes()).map(drop),
        Some(rows) => match environment("PAGER").filter(|pager| !pager.trim().is_empty()) {
            Some(pager) => through(&pager, text),
            None => by_screens(text, rows - 1),
        },
    }
}

fn through(pager: &str, text: &str) -> Result<(), Failure> {
    let child = Command::new("sh").args(["-c", pager]).stdin(Stdio::piped()).spawn();
    let mut child = child.map_err(|error| {
        Failure::usage(format!("the pager {pager:?} cannot be started: {error}"), "set PAGER to another, or to nothing")
    })?;
    if let Some(mut input) = child.stdin.take() {
        // Who quits the pager early has seen enough.
        let _ = input.write_all(text.as_bytes());
    }
    child.wait().map(drop).map_err(Failure::internal)
}

fn by_screens(text: &str, rows: usize) -> Result<(), Failure> {
    let lines: Vec<&str> = text.lines().collect();
    for (number, screen) in lines.chunks(rows).enumerate() {
        if number > 0 {
            eprint!("-- Enter: more; q: end -- ");
            let mut word = String::new();
            let read = std::io::stdin().lock().read_line(&mut word).map_err(Failure::internal)?;
            if read == 0 || word.trim() == "q" {
                break;
            }
        }
        print_bytes((screen.join("\n") + "\n").as_bytes())?;
    }
    Ok(())
}
