//! Writes an mbox as lists have them (headers with their Received lines, quoted answers, some MIME and attachments), reads
//! it, and says how fast: `cargo run --release --example mail_speed [MEGABYTES]` (1,000 if none are given; Linux).
#![allow(clippy::print_stdout, missing_docs)]

use muster_collect::mail::{Config, open};
use std::fmt::Write as _;
use std::io::{BufWriter, Write};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let megabytes: u64 = std::env::args().nth(1).map_or(Ok(1000), |argument| argument.parse())?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("list.mbox");
    let (mails, bytes) = write(&path, megabytes * 1_000_000)?;
    let before = user_seconds()?;
    let config = Config { name: "speed".into(), paths: vec![path], list: "list".into(), archive: None, text: false };
    let mut source = open(&config, None)?;
    let (mut events, mut batches) = (0, 0);
    while let Some(batch) = source.next_batch()? {
        events += batch.events.len();
        batches += 1;
        for problem in batch.problems.iter().take(3) {
            println!("{problem}");
        }
    }
    let seconds = user_seconds()? - before;
    #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
    let rate = bytes as f64 / 1e6 / seconds;
    println!("{mails} mails written, {events} events in {batches} batches, {bytes} bytes");
    println!("{seconds:.2} s of user CPU, {rate:.1} MB/s, {}", peak()?);
    Ok(())
}

fn write(path: &std::path::Path, wanted: u64) -> Result<(u64, u64), Failure> {
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    let (mut number, mut bytes) = (0, 0);
    while bytes < wanted {
        let mail = mail(number)?;
        file.write_all(mail.as_bytes())?;
        bytes += mail.len() as u64;
        number += 1;
    }
    file.flush()?;
    Ok((number, bytes))
}

fn mail(number: u64) -> Result<String, std::fmt::Error> {
    let mut mail = String::with_capacity(8000);
    let (person, minute, day) = (number % 499, number % 60, number % 28 + 1);
    writeln!(mail, "From person{person}@example.org Mon Jan {day:2} 10:{minute:02}:00 2024")?;
    writeln!(mail, "Return-Path: <person{person}@example.org>\nDelivered-To: list@lists.example.org")?;
    for hop in 0..4 {
        writeln!(
            mail,
            "Received: from mx{hop}.example.org (mx{hop}.example.org [192.0.2.{hop}])\n\tby lists.example.org (Postfix) with ESMTPS id {number:010X}{hop}\n\tfor <list@lists.example.org>; Mon, {day} Jan 2024 10:{minute:02}:0{hop} +0000 (UTC)"
        )?;
    }
    writeln!(
        mail,
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=x;\n\tbh={0}; b={0}{0}{0}",
        "c29tZSBzaWduYXR1cmU".repeat(3)
    )?;
    writeln!(
        mail,
        "From: =?utf-8?Q?P=C3=A9rson?= {person} <person{person}@example.org>\nTo: List <list@lists.example.org>"
    )?;
    writeln!(mail, "Date: Mon, {day} Jan 2024 10:{minute:02}:00 +0100\nMessage-ID: <{number}.{person}@example.org>")?;
    if !number.is_multiple_of(4) {
        writeln!(
            mail,
            "In-Reply-To: <{0}.1@example.org>\nReferences: <1.1@example.org>\n <{0}.1@example.org>",
            number - 1
        )?;
    }
    writeln!(
        mail,
        "Subject: Re: [list] Topic number {}\nMIME-Version: 1.0\nList-Id: <list.lists.example.org>",
        number / 4
    )?;
    writeln!(
        mail,
        "List-Unsubscribe: <https://lists.example.org/list>,\n\t<mailto:list-request@lists.example.org?subject=unsubscribe>"
    )?;
    let text = text(number)?;
    match number % 40 {
        0..=25 => write!(mail, "Content-Type: text/plain; charset=utf-8\n\n{text}")?,
        26..=31 => write!(
            mail,
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n{}",
            text.replace('\u{e9}', "=C3=A9")
        )?,
        32..=38 => write!(
            mail,
            "Content-Type: multipart/alternative; boundary=\"b{number}\"\n\n--b{number}\nContent-Type: text/plain; charset=utf-8\n\n{text}\n--b{number}\n\
             Content-Type: text/html; charset=utf-8\n\n<html><body><p>{}</p></body></html>\n--b{number}--\n",
            text.replace("\n", "<br>\n")
        )?,
        _ => write!(
            mail,
            "Content-Type: multipart/mixed; boundary=\"b{number}\"\n\n--b{number}\nContent-Type: text/plain; charset=utf-8\n\n{text}\n--b{number}\n\
             Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n{}--b{number}--\n",
            format!("{}\n", "QUJD".repeat(19)).repeat(400)
        )?,
    }
    mail.push('\n');
    Ok(mail)
}

fn text(number: u64) -> Result<String, std::fmt::Error> {
    let mut text = String::with_capacity(3000);
    writeln!(text, "On Mon, 1 Jan 2024 at 10:00, Person {0} <person{0}@example.org> wrote:", number % 97)?;
    for line in 0..12 {
        writeln!(text, "> This is line {line} of what was written before, as long as lines in mails are.")?;
    }
    writeln!(text, "\nThank you. Did you see https://github.com/acme/lantern/issues/{number}?\n")?;
    for line in 0..14 {
        writeln!(text, "Line {line} of the answer of caf\u{e9} number {number}: some words, and then more of them.")?;
    }
    writeln!(
        text,
        "\n-- \nPerson\n_______________________________________________\nlist mailing list\nlist@lists.example.org"
    )?;
    Ok(text)
}

/// The user CPU of this process in seconds, as the kernel counts it: hundredths.
fn user_seconds() -> Result<f64, Failure> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit_once(')').ok_or("stat")?.1.split_whitespace().collect();
    Ok(fields.get(11).ok_or("utime")?.parse::<f64>()? / 100.0)
}

fn peak() -> Result<String, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    Ok(status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default().to_owned())
}
