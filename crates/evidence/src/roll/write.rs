//! A roll as files.

use super::{Counted, Needs, Roll, Voter};
use crate::csv::{Cell, rows_csv};
use crate::markdown::text;

/// `person,name,organisation`, a column a condition, `reasons`: one voter a line.
pub fn roll_csv(roll: &Roll) -> String {
    let mut header = vec!["person", "name", "organisation"];
    header.extend(roll.conditions.iter().map(String::as_str));
    header.push("reasons");
    let row = |voter: &Voter| {
        let mut cells = vec![voter.person.clone(), voter.name.clone(), voter.organisation.clone().unwrap_or_default()];
        cells.extend(voter.counts.iter().map(u64::to_string));
        cells.push(reasons(roll, voter).join("; "));
        cells.into_iter().map(Cell::Owned).collect()
    };
    rows_csv(&header, roll.voters.iter().map(row))
}

/// `person,condition,time,what,event_id,url`: the events that make the voters eligible.
pub fn events_csv(roll: &Roll) -> String {
    let row = |voter: &Voter, event: &Counted| {
        let condition = roll.conditions.get(event.condition).cloned().unwrap_or_default();
        let url = event.url.clone().unwrap_or_default();
        let cells =
            [voter.person.clone(), condition, event.time.to_string(), event.what.clone(), event.event_id.clone(), url];
        cells.into_iter().map(Cell::Owned).collect()
    };
    let events = roll.voters.iter().flat_map(|voter| voter.events.iter().map(move |event| (voter, event)));
    rows_csv(
        &["person", "condition", "time", "what", "event_id", "url"],
        events.map(|(voter, event)| row(voter, event)),
    )
}

/// The roll as a page to paste: the rule, the voters and their reasons, who was taken off, and how to make it again.
pub fn roll_md(roll: &Roll) -> String {
    let mut page = format!("# {}\n\n", text(&roll.name));
    let needs = match roll.needs {
        Needs::Any => "one of",
        Needs::All => "all of",
    };
    page.push_str(&format!(
        "{} eligible in {}: people with {needs} the following, from {} to {}; bots excluded.\n\n",
        plural(roll.voters.len()),
        text(&roll.project),
        roll.start,
        roll.end
    ));
    for condition in &roll.conditions {
        page.push_str(&format!("- {}\n", text(condition)));
    }
    page.push_str("\n| name | account | organisation | because of |\n| --- | --- | --- | --- |\n");
    for voter in &roll.voters {
        let cells = [
            text(&voter.name),
            text(&voter.person),
            text(voter.organisation.as_deref().unwrap_or("unknown")),
            text(&reasons(roll, voter).join("; ")),
        ];
        page.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    for voter in &roll.excluded {
        page.push_str(&format!(
            "\n{} ({}) meets the rule and is excluded by name.\n",
            text(&voter.name),
            text(&voter.person)
        ));
    }
    page.push_str(&format!(
        "\nFrom log version {}, as of {}; `--as-of {} --as-of {}` gives the same roll again.\n",
        roll.log_version, roll.as_of, roll.log_version, roll.as_of
    ));
    page
}

/// `73 of at least 50 contributions`, a met condition each.
fn reasons(roll: &Roll, voter: &Voter) -> Vec<String> {
    let told = roll.conditions.iter().zip(&voter.counts).zip(&voter.met);
    let told = told.filter(|(_, met)| **met);
    told.map(
        |((condition, count), _)| {
            if condition.starts_with("at least ") { format!("{count} of {condition}") } else { condition.clone() }
        },
    )
    .collect()
}

fn plural(count: usize) -> String {
    if count == 1 { "1 person is".to_owned() } else { format!("{count} people are") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_model::parse_time;

    fn roll(name: &str) -> Roll {
        let at = |text: &str| parse_time(text).unwrap();
        let event = Counted {
            condition: 0,
            time: at("2025-03-01"),
            what: "commit".to_owned(),
            event_id: "git:acme/lantern@0a1b".to_owned(),
            url: None,
        };
        let voter = Voter {
            person: "github:ada".to_owned(),
            name: name.to_owned(),
            organisation: None,
            counts: vec![1, 0],
            met: vec![true, false],
            events: vec![event],
        };
        Roll {
            name: "Election".to_owned(),
            project: "lantern".to_owned(),
            conditions: vec!["at least 1 commit".to_owned(), "listed as a maintainer at the as-of instant".to_owned()],
            needs: Needs::Any,
            start: at("2025-01-01"),
            end: at("2026-01-01"),
            as_of: at("2026-01-01"),
            log_version: 7,
            voters: vec![voter],
            excluded: Vec::new(),
        }
    }

    #[test]
    fn a_roll_says_who_and_why() {
        assert_eq!(
            roll_csv(&roll("Ada")),
            "person,name,organisation,at least 1 commit,listed as a maintainer at the as-of instant,reasons\n\
             github:ada,Ada,,1,0,1 of at least 1 commit\n"
        );
        assert_eq!(
            events_csv(&roll("Ada")),
            "person,condition,time,what,event_id,url\n\
             github:ada,at least 1 commit,2025-03-01T00:00:00Z,commit,git:acme/lantern@0a1b,\n"
        );
        let page = roll_md(&roll("Ada"));
        assert!(page.contains("1 person is eligible in lantern: people with one of the following"), "{page}");
        assert!(page.contains("| Ada | github:ada | unknown | 1 of at least 1 commit |"), "{page}");
        assert!(page.contains("--as-of 7 --as-of 2026-01-01T00:00:00Z"), "{page}");
    }

    #[test]
    fn a_name_is_neither_formula_nor_markup_nor_address() {
        let hostile = roll("=cmd|' /C'!A0 | <b>ada@example.org</b>");
        assert!(roll_csv(&hostile).contains(",'=cmd|"), "{}", roll_csv(&hostile));
        let page = roll_md(&hostile);
        assert!(!page.contains("<b>") && !page.contains("ada@example.org"), "{page}");
        let row = page.lines().find(|line| line.contains("cmd")).unwrap();
        assert_eq!(row.matches(" | ").count(), 3, "{row}");
    }
}
