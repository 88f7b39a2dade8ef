//! What people see while muster works: a bar on a terminal, plain lines otherwise.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// Says something to the people who wait, on standard error; where programs read that as JSON, nothing.
///
/// The line is written at once: a daemon and the runs that it starts share one file, and `eprintln!` would write it in pieces, with
/// theirs in between.
#[macro_export]
macro_rules! tell {
    ($($words:tt)*) => {
        if $crate::logging::is_for_people() {
            let line = format!($($words)*) + "\n";
            eprint!("{line}");
        }
    };
}

/// On a pipe, long work says so this often.
const EVERY: Duration = Duration::from_secs(10);

/// One piece of work that may take long.
pub struct Work {
    label: String,
    bar: ProgressBar,
    begun: Instant,
    said: Instant,
}

impl Work {
    /// Begins to show `label`, `collect  git acme/lantern`.
    pub fn begin(label: String) -> Self {
        let bar = ProgressBar::with_draw_target(None, target());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix}  {msg}  {elapsed}") {
            bar.set_style(style);
        }
        bar.set_prefix(label.clone());
        bar.enable_steady_tick(Duration::from_millis(120));
        let now = Instant::now();
        Self { label, bar, begun: now, said: now }
    }

    /// Shows how far it has come.
    pub fn at(&mut self, message: &str) {
        self.bar.set_message(message.to_owned());
        if self.bar.is_hidden() && self.said.elapsed() >= EVERY {
            tell!("{}  {message} so far", self.label);
            tracing::info!(work = self.label.split_whitespace().collect::<Vec<_>>().join(" "), "{message} so far");
            self.said = Instant::now();
        }
    }

    /// Ends with a line that stays. How long it took.
    pub fn end(self, message: &str) -> Duration {
        self.bar.finish_and_clear();
        let took = self.begun.elapsed();
        tell!("{}{message}  {:>6.1} s", self.label, took.as_secs_f64());
        took
    }
}

fn target() -> ProgressDrawTarget {
    if std::io::stderr().is_terminal() && crate::logging::is_for_people() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    }
}

/// A number with thousands separated: `1,208`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn thousands_are_separated() {
        assert_eq!([0, 12, 999, 1_000, 1_234_567].map(super::count), ["0", "12", "999", "1,000", "1,234,567"]);
    }
}
