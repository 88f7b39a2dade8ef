//! Attendance tables as FINOS keeps them, and every way they can be broken. Fixtures are written here.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod exports;

use exports::{Read, folder, read};
use muster_collect::attendance::{Config, open};
use muster_model::Payload;

fn collect(files: &[(&str, &str)]) -> Read {
    let folder = folder(files);
    read(open(&Config { name: "finos".into(), paths: vec![folder.path().to_owned()] }, None))
}

const HEADER: &str = "email,name,org,githubid,cm_program,cm_title,cm_type,date";

#[test]
fn a_row_says_who_was_at_which_meeting() {
    let table = format!(
        "{HEADER}\nada@example.org,Ada L.,Acme,Ada-L,Data Tech,Reference Data,WG,2018-09-28\nbo@example.org,\"Bo, Jr.\",,,Data Tech,Reference Data,WG,2018-09-28\n,Cy,Acme,,FDC3,FDC3,PMC,2018-10-19\n"
    );
    let all = collect(&[("a.csv", &table)]);
    assert!(all.problems.is_empty(), "{:?}", all.problems);
    assert_eq!(
        all.ids("meeting.held"),
        ["attendance:finos/data-tech/reference-data/2018-09-28/held", "attendance:finos/fdc3/2018-10-19/held"]
    );
    let Payload::MeetingHeld(held) = &all.of("meeting.held")[0].data else { panic!() };
    assert_eq!((held.series.as_str(), held.title.as_deref()), ("data-tech/reference-data", Some("Reference Data")));
    let attended = all.of("meeting.attended");
    let actors: Vec<_> = attended.iter().map(|event| event.actor.as_deref().unwrap()).collect();
    assert_eq!(actors, ["github:ada-l", "email:bo@example.org", "name:finos/Cy"]);
    assert_eq!(attended[0].subject, "meeting:data-tech/reference-data/2018-09-28");
    assert_eq!(attended[0].time.to_string(), "2018-09-28T00:00:00Z");
    let declared: Vec<String> = all.of("affiliation.declared").iter().map(|event| event.data.to_json()).collect();
    assert_eq!(declared.len(), 2);
    assert!(
        declared[0].contains(r#""account":"github:ada-l","organisation":"Acme","said_by":"notes""#),
        "{declared:?}"
    );
    let Payload::AccountLinked(linked) = &all.of("account.linked")[0].data else { panic!() };
    assert_eq!((linked.account.as_str(), linked.canonical.as_str()), ("email:ada@example.org", "github:ada-l"));
    assert_eq!(all.of("account.linked").len(), 1);
}

#[test]
fn the_columns_are_known_in_any_order_case_and_spelling() {
    let one = format!("{HEADER}\na@b.org,Ada,Acme,ada,P,T,,2018-09-28\n");
    let two = "Date; GitHub ID; Organization; CM_Title; cm_program; NAME; E-Mail\n2018-09-28; https://github.com/ada/; Acme; T; P; Ada; a@b.org\n";
    assert_eq!(collect(&[("a.csv", &one)]).facts(), collect(&[("a.csv", two)]).facts());
}

#[test]
fn a_row_that_cannot_be_read_costs_nothing_beside_it() {
    let table = format!(
        "{HEADER}\n,Ada,,,P,T,,2018-09-28\n,Bo,,,P,T,,28/09/2018\n,Bo,,,P,T,,2018-02-30\n,Bo,,,P,T,,\n,Bo,,,,,,2018-09-28\n,,Acme,n/a,P,T,,2018-09-28\n,Bo,P\n,Bo,,,P,T,,2018-09-28T10:00:00\n,Cy,N/A,-,P,T,,2018-09-29\n"
    );
    let all = collect(&[("a.csv", &table)]);
    assert_eq!(all.of("meeting.attended").len(), 2);
    assert_eq!(all.of("affiliation.declared").len(), 0);
    let lines: Vec<String> = all.rejected().iter().map(|told| told.split(':').nth(1).unwrap().to_owned()).collect();
    assert_eq!(lines, ["3", "4", "5", "6", "7", "8", "9"], "{:#?}", all.rejected());
    assert!(all.rejected()[0].contains("2025-06-17"), "{:?}", all.rejected());
}

#[test]
fn the_same_row_twice_is_the_same_facts() {
    let table = format!("{HEADER}\n,Ada,Acme,,P,T,,2018-09-28\n");
    let all = collect(&[("a.csv", &table), ("b.csv", &table)]);
    assert_eq!((all.events.len(), all.facts().len()), (6, 3));
}

#[test]
fn files_that_are_no_attendance_are_said_to_be_none() {
    let good = format!("{HEADER}\n,Ada,,,P,T,,2018-09-28\n");
    for (text, rejected, notices) in
        [("", 0, 1), ("a,b\n1,2\n", 1, 0), ("name,date\nx,2018-01-01\n", 1, 0), ("{\"a\": 1}\n", 1, 0)]
    {
        let all = collect(&[("a.csv", text), ("b.csv", &good)]);
        assert_eq!(all.of("meeting.attended").len(), 1);
        assert_eq!((all.rejected().len(), all.notices().len()), (rejected, notices), "{text:?}: {:?}", all.problems);
    }
}

#[test]
fn however_a_file_is_damaged_nothing_disappears_and_the_next_is_read() {
    let good = format!("{HEADER}\n,Ada,,,P,T,,2018-09-28\n");
    let table =
        format!("{HEADER}\nada@example.org,Ada L.,Acme,ada,P,T,WG,2018-09-28\n,\"Bo, Jr.\",,,P,T,WG,2018-09-28\n");
    let place = folder(&[("b.csv", &good)]);
    for bytes in exports::damaged(table.as_bytes()) {
        exports::write(place.path(), "a.csv", &bytes);
        let all = read(open(&Config { name: "finos".into(), paths: vec![place.path().to_owned()] }, None));
        assert!(all.of("meeting.attended").iter().any(|event| event.source.ends_with("b.csv")));
    }
}
