//! `muster claims`: claims out of a document.

use crate::args::ClaimsCommand;
use crate::failure::Failure;
use muster_evidence::claims::extract::{Extracted, Form, extract, extracted_json, extracted_toml};
use std::path::Path;
use std::process::ExitCode;

/// What to do with claims.
pub fn claims(command: &ClaimsCommand) -> Result<ExitCode, Failure> {
    let ClaimsCommand::Extract { document, json } = command;
    let extracted = extracted(document)?;
    let text = if *json { extracted_json(&extracted) } else { extracted_toml(&extracted) };
    crate::sql::print_bytes(text.as_bytes())?;
    say(&extracted);
    Ok(ExitCode::SUCCESS)
}

/// The claims of a document. What is no UTF-8 in it is no number either.
fn extracted(document: &Path) -> Result<Extracted, Failure> {
    let bytes = std::fs::read(document).map_err(|error| {
        Failure::usage(format!("{}: {error}", document.display()), "give a Markdown, text or HTML document")
    })?;
    let text = String::from_utf8_lossy(&bytes);
    let name = document.to_string_lossy();
    Ok(extract(&name, &text, Form::of(&name, &text), &crate::check::meanings()?))
}

fn say(extracted: &Extracted) {
    eprintln!(
        "{} sentences claim something, {} have numbers that are no claim",
        extracted.claims.len(),
        extracted.unmapped.len()
    );
    if !extracted.claims.is_empty() {
        eprintln!("next: look them over, save them as claims.toml, and `muster check FILE --claims claims.toml`");
    }
}
