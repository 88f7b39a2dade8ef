use super::*;

fn show(person: &Person) -> String {
    let Person { login, team, email, name, organisation } = person.clone();
    let team = team.map(|team| format!("team {team}"));
    let parts = [login.or(team), email, name, organisation];
    parts.map(|part| part.unwrap_or_else(|| "-".to_owned())).join("|")
}

fn maintainers() -> Standing {
    classify("MAINTAINERS")
}

fn people(text: &str) -> Vec<String> {
    let page = read(text, &maintainers(), false);
    page.people.iter().map(|(person, role)| format!("{}: {}", role.name, show(person))).collect()
}

#[test]
fn tables_in_any_order_of_columns() {
    let text = "# Maintainers\n\n| Organization | Maintainer | E-mail | GitHub handle | Since |\n|-|:-:|-|-|-|\n| Acme | Ada Lark | ada@lark.example | @adal | 2020 |\n| [Barn](https://barn.example) | [Bo Fen](https://github.com/bof) | - | | |\n\n## Emeritus\n\n| Name | GitHub |\n|-|-|\n| Cy Ott | cyo |\n";
    assert_eq!(people(text), ["maintainer: adal|ada@lark.example|Ada Lark|Acme", "maintainer: bof|-|Bo Fen|Barn"]);
    let page = read(text, &maintainers(), false);
    assert_eq!(page.former.iter().map(show).collect::<Vec<_>>(), ["cyo|-|Cy Ott|-"]);
    assert!(page.problems.is_empty() && page.states_list);
}

#[test]
fn a_role_column_speaks_before_the_heading() {
    let text = "| Name | GitHub ID | Role |\n|-|-|-|\n| Ada Lark | adal | Lead |\n| Bo Fen | bof | Reviewer |\n| Cy Ott | cyo | Emeritus |\n| Di Poe | dip | Docs |\n";
    assert_eq!(people(text), ["lead: adal|-|Ada Lark|-", "reviewer: bof|-|Bo Fen|-", "maintainer: dip|-|Di Poe|-"]);
}

#[test]
fn an_unreadable_row_is_rejected_with_its_line() {
    let text = "# M\n\n| GitHub | Name | Company |\n|-|-|-|\n| adal | Ada Lark | Acme |\n| | | Barn |\n| | | |\n| TBD | TBD | |\n";
    let page = read(text, &maintainers(), false);
    assert_eq!(page.people.len(), 1);
    let lines: Vec<_> = page.problems.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [Some(6), Some(8)]);
}

#[test]
fn a_copied_profile_link_is_read_by_its_text() {
    let text = "| GitHub | Name |\n|-|-|\n| [adal](https://github.com/adal) | Ada Lark |\n| [bof](https://github.com/adal) | Bo Fen |\n| [Cyo](https://github.com/cyo-ott) | Cy Ott |\n";
    assert_eq!(
        people(text),
        ["maintainer: adal|-|Ada Lark|-", "maintainer: bof|-|Bo Fen|-", "maintainer: cyo-ott|-|Cy Ott|-"]
    );
    assert_eq!(read(text, &maintainers(), false).problems.len(), 1);
}

#[test]
fn tables_that_name_no_people_are_left_alone() {
    let text = "# R\n\n| Name | Description |\n|-|-|\n| lantern | the lamp |\n\n| Role | Period |\n|-|-|\n| Member | 7 days |\n";
    assert!(people(text).is_empty());
}

#[test]
fn lists_labels_and_details() {
    let text = "# Maintainers\n\n* Core:\n  * Ada Lark (@adal), Acme\n  * [Bo Fen](https://github.com/bof)\n    * Company: Barn\n    * reviews the parser and much else\n* Reviewers\n  * @cyo\n\n**Emeritus**\n\n- Di Poe (@dip)\n\n## How to become a maintainer\n\n- ask Ada Lark (@adal)\n- Jane Doe (@jane)\n";
    assert_eq!(people(text), ["core: adal|-|Ada Lark|Acme", "core: bof|-|Bo Fen|Barn", "reviewer: cyo|-|-|-"]);
    assert_eq!(read(text, &maintainers(), false).former.len(), 1);
}

#[test]
fn a_list_of_people_rejects_what_names_nobody_and_prose_is_left_alone() {
    let text = "# Maintainers\n\n- @adal\n- @bof\n- more to come soon, we hope\n\nSome text.\n\n- Review and respond to reports\n- See [X.md](X.md)\n";
    let page = read(text, &maintainers(), false);
    assert_eq!(page.people.len(), 2);
    assert_eq!(page.problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [Some(5)]);
    assert_eq!(page.links, ["X.md"]);
}

#[test]
fn plain_text_with_headings_of_every_kind() {
    let text = "Maintainers\n===========\n\nAda Lark <ada@lark.example> (@adal)\nBo Fen <bo@fen.example>\nCy Ott\n\nEmeritus:\nDi Poe <di@poe.example>\n";
    let page = read(text, &maintainers(), true);
    let names: Vec<_> = page.people.iter().map(|(person, _)| show(person)).collect();
    assert_eq!(names, ["adal|ada@lark.example|Ada Lark|-", "-|bo@fen.example|Bo Fen|-", "-|-|Cy Ott|-"]);
    assert_eq!(page.former.len(), 1);
}

#[test]
fn layouts_of_many_projects() {
    for (text, expected) in [
        (
            "See [CONTRIBUTING.md](CONTRIBUTING.md) for more.\n\n* See [GOVERNANCE.md](GOVERNANCE.md) for rules\n* This page lists all.\n\n# Senior maintainers\n<!-- keep sorted -->\n\n* Ada Lark ([adal](https://github.com/adal)) (ada@lark.example)\n  * Catch-all, \"everything\" in the code.\n* Bo Fen ([bof](https://github.com/bof))\n  * Docs, tooling.\n\n# Friends\n\n* Cy Ott ([cyo](https://github.com/cyo)) (cy@ott.example)\n\n# Emeritus maintainers\n\n* Di Poe ([dip](https://github.com/dip))\n",
            "maintainer: adal|ada@lark.example|Ada Lark|-; maintainer: bof|-|Bo Fen|-; friend: cyo|cy@ott.example|Cy Ott|-",
        ),
        (
            "# Maintainers\n\nGeneral maintainers:\n* Ada Lark (ada@lark.example / @adal)\n* Bo Fen (bo@fen.example / @bof)\n\nMaintainers for parts:\n* `cmd`\n  * `tool`: Cy Ott (<cy@ott.example> / @cyo)\n* `db`: Di Poe (@dip), Eve Gil (@eve)\n",
            "maintainer: adal|ada@lark.example|Ada Lark|-; maintainer: bof|bo@fen.example|Bo Fen|-; maintainer: dip|-|Di Poe|-; maintainer: eve|-|Eve Gil|-; maintainer: cyo|cy@ott.example|Cy Ott|-",
        ),
        (
            "| Maintainer | GitHub ID | Affiliation |\n| --------------- | --------- | ----------- |\n| [Ada Lark](https://x.example) | [@adal](https://github.com/adal) | [Acme](https://acme.example) |\n",
            "maintainer: adal|-|Ada Lark|Acme",
        ),
        (
            "# Core Maintainers\n\n- [@adal][adal]\n- [Bo Fen][bof], Barn\n\n[adal]: https://github.com/adal\n[bof]: https://github.com/bof\n",
            "maintainer: adal|-|-|-; maintainer: bof|-|Bo Fen|Barn",
        ),
        (
            "## Maintainers\n\n| Avatar | Name | Profile |\n|-|-|-|\n| ![](https://a.example/x.png) | <a href=\"https://github.com/adal\">Ada Lark</a> | [link](https://github.com/adal) |\n",
            "maintainer: adal|-|Ada Lark|-",
        ),
        (
            "# Project maintainers\n\nIn alphabetical order:\n\n- **Ada Lark** (Acme), [@adal](https://github.com/adal)\n- **Bo Fen** [@bof](https://github.com/bof) <bo@fen.example>\n- 李雷 <lilei@li.example> [@lilei](https://github.com/lilei)\n",
            "maintainer: adal|-|Ada Lark|Acme; maintainer: bof|bo@fen.example|Bo Fen|-; maintainer: lilei|lilei@li.example|李雷|-",
        ),
        (
            "# Maintainers\n\n| Name | Github Username | Email | Organization | Repositories |\n|-|-|-|-|-|\n| Ada Lark | adal | <ada@lark.example> | Acme Inc. | all |\n\n## Reviewers\n\n| Name | Github Username |\n|-|-|\n| Bo Fen | [bof](http://github.com/bof) |\n\n<details><summary>Alumni</summary>\n\n- Cy Ott (@cyo)\n\n</details>\n",
            "maintainer: adal|ada@lark.example|Ada Lark|Acme Inc.; reviewer: bof|-|Bo Fen|-",
        ),
        (
            "# Maintainers\n\n1. Ada Lark, Acme, ada@lark.example\n2. Bo Fen - Barn - bo@fen.example\n",
            "maintainer: -|ada@lark.example|Ada Lark|Acme; maintainer: -|bo@fen.example|Bo Fen|Barn",
        ),
        (
            "The following people maintain lantern:\n\nAda Lark <ada@lark.example> (@adal)\nBo Fen <bo@fen.example> (@bof) pkg:*\n",
            "maintainer: adal|ada@lark.example|Ada Lark|-; maintainer: bof|bo@fen.example|Bo Fen|-",
        ),
    ] {
        assert_eq!(people(text).join("; "), expected, "{text}");
        let page = read(text, &maintainers(), false);
        assert!(page.problems.is_empty(), "{:?}", page.problems);
    }
}

#[test]
fn more_layouts() {
    for (text, expected) in [
        (
            "# M\n\n- @bof\n\n## TSC voting members\n\n- Ada Lark (@adal)\n\n## Add-on maintainers\n\n- Cy Ott (@cyo)\n",
            "maintainer: bof|-|-|-; steering committee: adal|-|Ada Lark|-; maintainer: cyo|-|Cy Ott|-",
        ),
        (
            "# M\n\n- Ada Lark (@adal)\n\n## Contact\n\n- GitHub: [us](https://github.com/acme)\n- Email: a@acme.example\n\n## Lamps\n\n- Mailing list: dev@acme.example\n- Security: s@acme.example\n",
            "maintainer: adal|-|Ada Lark|-",
        ),
        (
            "# M\n\nApprovers ([@acme/lamps](https://github.com/orgs/acme/teams/lamps)):\n\n- [Ada Lark](https://github.com/adal), Acme\n\nMaintainers (@acme/sheds):\n\n- [Bo Fen](https://github.com/bof)\n",
            "approver: team acme/lamps|-|-|-; approver: adal|-|Ada Lark|Acme; maintainer: team acme/sheds|-|-|-; maintainer: bof|-|Bo Fen|-",
        ),
        (
            "# M\n\nName: Ada Lark  \nGitHub: @adal  \nOrganization: Acme\nRole: Lead\n\nName: Bo Fen\nGitHub: @bof\nName: Cy Ott\nEmail: cy@ott.example\n",
            "lead: adal|-|Ada Lark|Acme; maintainer: bof|-|Bo Fen|-; maintainer: -|cy@ott.example|Cy Ott|-",
        ),
        (
            "Maintainers:\n  Ada Lark\n    Email: ada@lark.example\n    GitHub username: @adal\n    PGP fingerprint: C020\n    Keybase username: adakey\n\n  Bo Fen\n    Email: bo@fen.example\n",
            "maintainer: adal|ada@lark.example|Ada Lark|-; maintainer: -|bo@fen.example|Bo Fen|-",
        ),
        (
            "# M\n\n| Name | GitHub & Twitter |\n|-|-|\n| Ada Lark | [adal](https://github.com/adal) |\n\n| Name | Team | Contact |\n|-|-|-|\n| Bo Fen | Lamps | @bof (GitHub), bo@fen.example |\n\n| Name | GitHub |\n|-|-|\n| Cy Ott | cyo (GitHub) |\n",
            "maintainer: adal|-|Ada Lark|-; maintainer: bof|-|Bo Fen|-; maintainer: cyo|-|Cy Ott|-",
        ),
        (
            "# M\n\n| Area | Maintainers | Reviewers |\n|-|-|-|\n| lamps | @adal, @bof | @cyo |\n| sheds | Di Poe, Eve Gil | - |\n",
            "maintainer: adal|-|-|-; maintainer: bof|-|-|-; reviewer: cyo|-|-|-; maintainer: -|-|Di Poe|-; maintainer: -|-|Eve Gil|-",
        ),
        (
            "# M\n\n| Name | GitHub | Roles |\n|-|-|-|\n| Ada Lark | adal | Lead - Lamps <br/>Reviewer - Sheds |\n",
            "lead: adal|-|Ada Lark|-",
        ),
        (
            "Managed in the repositories\nunder https://github.com/acme, says\nthe text.\n\n**Maintainers (retired)**\n\n- @adal\n",
            "",
        ),
        ("# M\n\nIf you need help or support, ask:\n\n- Ada Lark (@adal)\n", "maintainer: adal|-|Ada Lark|-"),
        (
            "# M\n\n## Initial authors\n\nAda Lark @adal and Bo Fen @bof\n\n## Release keys\n\n- **Bo Fen** <bo@fen.example>\n  `C0D6248439F1D5604AAF`\n- x\n",
            "author: adal|-|Ada Lark|-; author: bof|-|Bo Fen|-",
        ),
    ] {
        assert_eq!(people(text).join("; "), expected, "{text}");
        let page = read(text, &maintainers(), false);
        assert!(page.problems.is_empty(), "{:?}", page.problems);
    }
}

#[test]
fn a_label_like_a_channel_hides_nobody() {
    for (text, expected) in [
        ("# M\n\n- Docs: @adal\n- Security: @cyo\n", "maintainer: adal|-|-|-; security: cyo|-|-|-"),
        (
            "# M\n\n- Build: @adal, @bof\n- Website: @cyo\n- Support: [dip](https://github.com/dip)\n",
            "maintainer: adal|-|-|-; maintainer: bof|-|-|-; maintainer: cyo|-|-|-; maintainer: dip|-|-|-",
        ),
        (
            "# M\n\n- Core: Ada Lark (@adal)\n- Security: Cy (@cyo)\n- Slack: #lamps\n- Twitter: @lamps\n",
            "core: adal|-|Ada Lark|-; security: cyo|-|Cy|-",
        ),
        (
            "# M\n\n- Docs: Bo <bo@fen.example>\n- Security: Cy <cy@ott.example>\n- Support: help@acme.example\n",
            "maintainer: -|bo@fen.example|Bo|-; security: -|cy@ott.example|Cy|-",
        ),
        (
            "# M\n\n### Ada Lark\n\n* GitHub: [adal](https://github.com/adal)\n\n### Bo Fen\n\n* GitHub: @bof\n* Company: Barn\n* Email: bo@fen.example\n",
            "maintainer: adal|-|-|-; maintainer: bof|bo@fen.example|Bo Fen|Barn",
        ),
        (
            "# M\n\n* Ada Lark\n  * GitHub: @adal\n  * Email: ada@lark.example\n* Bo Fen\n  * GitHub: [bof](https://github.com/bof)\n",
            "maintainer: adal|ada@lark.example|Ada Lark|-; maintainer: bof|-|Bo Fen|-",
        ),
        (
            "# M\n\n- GitHub: @adal\n- GitHub: @bof\n- @cyo\n\n## Security\n\n- Dip (@dip)\n- Email: security@acme.example\n\n## Lamps\n\n- GitHub: [us](https://github.com/acme)\n",
            "maintainer: adal|-|-|-; maintainer: bof|-|-|-; maintainer: cyo|-|-|-; security: dip|-|Dip|-",
        ),
    ] {
        assert_eq!(people(text).join("; "), expected, "{text}");
        let page = read(text, &maintainers(), false);
        assert!(page.problems.is_empty(), "{text} {:?}", page.problems);
    }
}

#[test]
fn a_row_that_is_struck_out_is_no_maintainer() {
    let text = "| Name | GitHub | Company |\n|-|-|-|\n| Ada Lark | adal | ~~Acme~~ Barn |\n| ~~Bo Fen~~ | ~~bof~~ | |\n| ~~Cy Ott~~ | ~~[@cyo](https://github.com/cyo)~~ | ~~Acme~~ |\n";
    let page = read(text, &maintainers(), false);
    assert_eq!(page.people.len(), 1);
    assert_eq!(page.former.iter().map(show).collect::<Vec<_>>(), ["bof|-|Bo Fen|-", "cyo|-|Cy Ott|Acme"]);
    assert!(page.problems.is_empty());
}

#[test]
fn areas_that_sound_like_channels() {
    let text = "# M\n\n## Windows support\n\n- @adal\n\n## Notification channels\n\n- @bof\n\n## API keys\n\n- @cyo\n\n## Author experience\n\n- @dip\n";
    let all = ["maintainer: adal|-|-|-", "maintainer: bof|-|-|-", "maintainer: cyo|-|-|-", "maintainer: dip|-|-|-"];
    assert_eq!(people(text), all);
    let text = "# Maintainers by area\n\n## Support\n\n- @adal\n\n## Infrastructure / keys\n\n- @bof\n\n## Getting help\n\n- @eve\n";
    assert_eq!(people(text), all[..2]);
    let page = read(text, &maintainers(), false);
    assert_eq!(page.problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [Some(13)]);
}

#[test]
fn what_looks_like_people_and_is_not_read_is_said() {
    for (text, expected, line) in [
        ("# M\n\n- @cyo\n\n## Credits\n\n- Ada Lark (@adal)\n- Bo Fen (@bof)\n", 1, 7),
        ("# M\n\n- @cyo\n\n## Credits\n\n| Name | GitHub |\n|-|-|\n| Ada Lark | adal |\n", 1, 9),
        (
            "# M\n\n- @cyo\n\n## Lamps\n\nThis section lists people that are not currently maintainers.\n\n- Bo Fen (@bof)\n",
            1,
            9,
        ),
        (
            "# M\n\n- @cyo\n\n<table>\n<tr><td><a href=\"https://github.com/adal\">Ada Lark</a></td></tr>\n</table>\n",
            1,
            5,
        ),
        ("# M\n\n- Ada Lark (@adal)\n- ask us about all the other lamps @bof\n", 1, 4),
        ("# M\n\nAda Lark (@adal)\nask us about all the other lamps, @bof\n", 1, 4),
    ] {
        let page = read(text, &maintainers(), false);
        assert_eq!(page.people.len(), expected, "{text}");
        assert_eq!(page.problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [Some(line)], "{text}");
    }
}

#[test]
fn names_in_a_column_of_plain_text_are_said() {
    let text = "Lantern maintainers\n===================\n\nlamps:\n  bulb.c       Ada Lark\n  wire.c       Bo Fen, Cy Ott\n  x   y\n";
    let page = read(text, &maintainers(), true);
    assert_eq!(page.problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [Some(5), Some(6)]);
}

#[test]
fn copied_links_beside_names_and_in_lists() {
    let table = "| Name | Email |\n|-|-|\n| Ada Lark ([@adal](https://github.com/adal)) | a@l.example |\n| Bo Fen ([@bof](https://github.com/adal)) | b@f.example |\n";
    assert_eq!(people(table), ["maintainer: adal|a@l.example|Ada Lark|-", "maintainer: bof|b@f.example|Bo Fen|-"]);
    let list = "- Ada Lark ([@adal](https://github.com/adal))\n- Bo Fen ([@bof](https://github.com/adal))\n";
    assert_eq!(people(list), ["maintainer: adal|-|Ada Lark|-", "maintainer: bof|-|Bo Fen|-"]);
    assert_eq!(read(list, &maintainers(), false).problems.len(), 1);
}

#[test]
fn a_title_is_no_role_but_a_heading_is() {
    assert_eq!(
        people("# Lantern members\n\n- @adal\n\n# Members\n\n- @bof\n"),
        ["maintainer: adal|-|-|-", "member: bof|-|-|-"]
    );
}

#[test]
fn a_page_that_links_elsewhere_lists_nobody() {
    let page = read("# M\n\nPlease refer to the [list](../roles/M.md).\n", &maintainers(), false);
    assert!(!page.states_list && page.people.is_empty());
    assert_eq!(page.links, ["../roles/M.md"]);
}
