use super::super::blocks::{Block, blocks};
use super::*;

fn read(text: &str) -> String {
    let inline = match blocks(text).into_iter().next() {
        Some(Block::Paragraph(inline) | Block::Item { inline, .. }) => inline,
        other => panic!("{other:?}"),
    };
    let show = |found: Found| {
        let Person { login, team, email, name, organisation } = found.person;
        let role = match found.standing {
            Some(Standing::Role(role)) => Some(role.name),
            other => other.map(|standing| format!("{standing:?}")),
        };
        let team = team.map(|team| format!("team {team}"));
        let parts = [login.or(team), email, name, organisation, role];
        parts.map(|part| part.unwrap_or_else(|| "-".to_owned())).join("|")
    };
    people(&inline).into_iter().map(show).collect::<Vec<_>>().join(" + ")
}

#[test]
fn people_in_many_forms() {
    for (text, expected) in [
        ("- Ada Lark <ada@lark.example>, Acme", "-|ada@lark.example|Ada Lark|Acme|-"),
        ("* [Ada Lark](https://github.com/adal) (Acme)", "adal|-|Ada Lark|Acme|-"),
        ("- @adal", "adal|-|-|-|-"),
        ("- Ada Lark - Acme (@adal)", "adal|-|Ada Lark|Acme|-"),
        ("Ada Lark <ada@lark.example> (@adal)", "adal|ada@lark.example|Ada Lark|-|-"),
        ("Ada Lark <ada@lark.example> (@adal) pkg:*", "adal|ada@lark.example|Ada Lark|-|-"),
        ("- **Ada Lark** ([@adal](https://github.com/adal)) - Acme, Inc.", "adal|-|Ada Lark|Acme, Inc.|-"),
        ("- Ada Lark ([adal](https://github.com/adal)) (ada@lark.example)", "adal|ada@lark.example|Ada Lark|-|-"),
        ("- Ada Lark (ada@lark.example / @adal)", "adal|ada@lark.example|Ada Lark|-|-"),
        ("- [@adal](https://github.com/adal) (Ada Lark)", "adal|-|Ada Lark|-|-"),
        ("- @adal (Acme)", "adal|-|-|Acme|-"),
        ("- @adal - Ada Lark (Acme)", "adal|-|Ada Lark|Acme|-"),
        ("- @adal Ada Lark, Acme", "adal|-|Ada Lark|Acme|-"),
        ("- Ada Lark, Acme, [@adal](https://github.com/adal)", "adal|-|Ada Lark|Acme|-"),
        ("- Ada Lark (Red Barn) <https://github.com/adal>", "adal|-|Ada Lark|Red Barn|-"),
        ("- Ada van der Lark (@adal), Independent", "adal|-|Ada van der Lark|Independent|-"),
        ("- Ada Lark @adal (super-maintainer)", "adal|-|Ada Lark|-|maintainer"),
        ("- Ada Lark (@adal) (emeritus)", "adal|-|Ada Lark|-|Former"),
        ("- Ada Lark (@adal): build system", "adal|-|Ada Lark|-|-"),
        ("- Ada Lark from Acme (@adal)", "adal|-|Ada Lark|Acme|-"),
        (
            "- `parser`: Ada Lark (<a@l.example> / @adal), Bo Fen (@bof)",
            "adal|a@l.example|Ada Lark|-|- + bof|-|Bo Fen|-|-",
        ),
        ("- Reviewers: @a, @b and @c", "a|-|-|-|reviewer + b|-|-|-|reviewer + c|-|-|-|reviewer"),
        ("@a @b", "a|-|-|-|- + b|-|-|-|-"),
        ("- @acme/lantern-maintainers", "team acme/lantern-maintainers|-|-|-|-"),
        ("- Ada Lark, GitHub: adal, Company: Acme", "adal|-|Ada Lark|Acme|-"),
        ("- Ada Lark", "-|-|Ada Lark|-|-"),
        ("- Review and respond to reports", ""),
        ("- Contact @adal if you need anything", ""),
        ("Please refer to the [team](https://github.com/acme/x/blob/main/M.md).", ""),
        ("Discussions take place on the list [a@b.example](mailto:a@b.example) for now", ""),
        ("- Will Lark (Acme) @willl", "willl|-|Will Lark|Acme|-"),
        ("- Ada A. Poe (Barn) @adap", "adap|-|Ada A. Poe|Barn|-"),
        ("- An Poe (@anp)", "anp|-|An Poe|-|-"),
        ("- Will Lark", "-|-|Will Lark|-|-"),
        ("- ask us or @adal", ""),
        ("- Nick Lark (Acme) [@nickl](https://github.com/nickl)", "nickl|-|Nick Lark|Acme|-"),
        ("- Alia Poe (@aliap)", "aliap|-|Alia Poe|-|-"),
        ("- Ada Lark (GitHub: @adal, Slack: ada)", "adal|-|Ada Lark|-|-"),
        ("- [Ada Lark](https://github.com/adal); Focus Areas: Raft, Storage", "adal|-|Ada Lark|-|-"),
        ("- Ada Lark (Focus Areas: Raft, Storage), Acme, @adal", "adal|-|Ada Lark|Acme|-"),
        ("- [Ada Lark](https://github.com/adal) (project manager)", "adal|-|Ada Lark|-|-"),
        (
            "- [Ada Lark](https://github.com/adal) - [Support me](https://github.com/sponsors/adal)",
            "adal|-|Ada Lark|-|-",
        ),
        ("- Ada Lark ([alark](https://github.com/adal))", "adal|-|Ada Lark|-|-"),
        ("- Ada Lark @adal [Acme Lamps](https://github.com/acme)", "adal|-|Ada Lark|Acme Lamps|-"),
        ("- Bo Fen ([bof] (https://github.com/bof)) (bo@fen.example)", "bof|bo@fen.example|Bo Fen|-|-"),
        ("- Cy Ott <cy@ott.example> (cyo@)", "cyo|cy@ott.example|Cy Ott|-|-"),
        ("- Bo Fen <bo@fen.example> C0D6248439F1D5604AAF", "-|bo@fen.example|Bo Fen|-|-"),
        ("vf_lamp     Ada Lark (CC <ada@lark.example>)", "-|ada@lark.example|Ada Lark|-|-"),
        ("- Ada Lark: @adal", "adal|-|Ada Lark|-|-"),
        ("- Lamp Driver: @adal", "adal|-|-|-|-"),
        ("- Cy Ott (@cyo) - Software Engineer at Cyan", "cyo|-|Cy Ott|Cyan|-"),
        ("- `lamptool`: @bof", "bof|-|-|-|-"),
        ("- Reviewer: @bof (Barn)", "bof|-|-|Barn|reviewer"),
        ("Team: @acme/lamps", "team acme/lamps|-|-|-|-"),
        (
            "- Ada Lark (@adal), The University of Northern Lamps and Sheds",
            "adal|-|Ada Lark|The University of Northern Lamps and Sheds|-",
        ),
        ("Ada Lark @adal and Bo Fen @bof", "adal|-|Ada Lark|-|- + bof|-|Bo Fen|-|-"),
        ("- Jo Burr (@acme) (Acme)", "acme|-|Jo Burr|Acme|-"),
        ("- @ada and @bo-x", "ada|-|-|-|- + bo-x|-|-|-|-"),
        ("- 李雷 ([lilei](https://github.com/lilei)) 某公司", "lilei|-|李雷|某公司|-"),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn profiles_are_accounts_and_nothing_else() {
    assert_eq!(profile("https://github.com/ada-l"), Some("ada-l".to_owned()));
    assert_eq!(profile("http://www.GitHub.com/ada/"), Some("ada".to_owned()));
    for url in [
        "https://github.com/acme#lamps",
        "https://github.com/acme/lantern",
        "https://github.com/orgs/acme",
        "https://x.org/ada",
        "github.com",
    ] {
        assert_eq!(profile(url), None, "{url}");
    }
    assert!(leads_elsewhere("../roles/M.md") && !leads_elsewhere("#top") && !leads_elsewhere("mailto:a@b.org"));
}
