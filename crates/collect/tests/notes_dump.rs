use muster_collect::notes::{Config, open};
use muster_model::Collector;
#[test]
#[ignore]
fn dump() {
    let arg = std::env::var("NOTES").unwrap();
    let name = std::env::var("NAME").unwrap();
    let mut c = open(&Config { name, path: arg.into() }, None).unwrap();
    while let Some(b) = c.next_batch().unwrap() {
        for p in &b.problems { println!("!! {:?} {p} [{}]", p.severity, p.text.replace('\n', "\\n").chars().take(80).collect::<String>()); }
        for e in &b.events { println!("{} | {} | {} {}", e.source, e.id.split('/').skip(1).collect::<Vec<_>>().join("/"), e.kind(), e.data.to_json()); }
    }
}
