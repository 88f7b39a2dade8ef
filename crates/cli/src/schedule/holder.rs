//! Who this process is, as others read it in a lease, and whether another process of this machine still lives.

use muster_log::Holder;
use std::fs;

/// This process.
pub fn myself() -> Holder {
    let process = std::process::id();
    Holder { host: host(), process, life: life(process).unwrap_or_default() }
}

/// As a message names it.
pub fn named(holder: &Holder) -> String {
    format!("process {} on {}", holder.process, holder.host)
}

/// Whether a holder was a process of this machine and has ended, so that its lease need not be waited for. Of other
/// machines, and where the system does not say, nothing is known.
pub fn is_gone(holder: &Holder) -> bool {
    let room = |life: &str| life.rsplit_once(' ').map(|(room, _)| room.to_owned());
    match (room(&holder.life), life(std::process::id()).as_deref().and_then(room)) {
        (Some(theirs), Some(ours)) if theirs == ours => life(holder.process).is_none_or(|life| life != holder.life),
        _ => false,
    }
}

fn host() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").or_else(|_| fs::read_to_string("/etc/hostname"));
    name.ok().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).unwrap_or_else(|| "a host".to_owned())
}

/// The boot, the space of process numbers, and when the process began: what tells it from every other process that was
/// ever given its number. `None` when there is no such process, or the system has no `/proc`.
fn life(process: u32) -> Option<String> {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let space = fs::read_link("/proc/self/ns/pid").ok()?;
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name in parentheses may hold anything; behind it come the state and, as the 20th, the beginning.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let (state, begun) = (fields.first()?, fields.get(19)?);
    (!["Z", "X"].contains(state)).then(|| format!("{} {} {begun}", boot.trim(), space.display()))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_has_ended_is_gone_and_one_that_lives_is_not() {
        assert!(!is_gone(&myself()));
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let holder = Holder { host: host(), process: child.id(), life: life(child.id()).unwrap() };
        assert!(!is_gone(&holder));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(is_gone(&holder));
        let reborn = Holder { process: std::process::id(), ..holder.clone() };
        assert!(is_gone(&reborn), "another process has its number now");
        let elsewhere = Holder { life: "another-boot pid:[1] 5".to_owned(), ..holder.clone() };
        assert!(!is_gone(&elsewhere) && !is_gone(&Holder { life: String::new(), ..holder }));
    }
}
