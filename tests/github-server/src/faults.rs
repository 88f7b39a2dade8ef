//! What goes wrong, and when: decided by the seed, the request and how often it was asked before, and by nothing else.
//! So a run that asks in another order, or with more requests at once, meets the same faults.

use crate::generate::Dice;

/// A way in which an answer can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// 500 with a JSON message.
    InternalError,
    /// 502 with GitHub's page, which is HTML.
    BadGateway,
    /// 503 with HTML.
    Unavailable,
    /// 504: GitHub took more than ten seconds.
    GatewayTimeout,
    /// The connection is reset before a byte was answered.
    Reset,
    /// No answer ever comes.
    Silence,
    /// The head and the first bytes come, and then nothing more.
    Drip,
    /// `Content-Length` promises more than comes before the connection ends.
    Truncated,
    /// 200 and a complete answer, but of half the JSON.
    CutJson,
    /// 200 and no body.
    Empty,
    /// 200 and a page of HTML.
    Html,
    /// 200 and a GraphQL error; 502 with that message for REST.
    GraphqlError,
    /// 200, data, and an error beside it: a part of what was asked is null.
    GraphqlTimeout,
    /// The secondary limit: 403 with `Retry-After`.
    SecondaryForbidden,
    /// The secondary limit: 429 with `Retry-After`.
    SecondaryTooMany,
    /// The primary limit out of turn: 429 with `X-RateLimit-Remaining: 0`, to be lifted a second later.
    PrimaryTooMany,
}

impl Fault {
    /// Every way there is.
    pub const ALL: [Self; 16] = [
        Self::InternalError,
        Self::BadGateway,
        Self::Unavailable,
        Self::GatewayTimeout,
        Self::Reset,
        Self::Silence,
        Self::Drip,
        Self::Truncated,
        Self::CutJson,
        Self::Empty,
        Self::Html,
        Self::GraphqlError,
        Self::GraphqlTimeout,
        Self::SecondaryForbidden,
        Self::SecondaryTooMany,
        Self::PrimaryTooMany,
    ];
}

/// How much goes wrong.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// The same seed, the same faults.
    pub seed: u64,
    /// So many of a thousand requests fail.
    pub per_mille: u64,
    /// In these ways; none is every way.
    pub kinds: Vec<Fault>,
    /// These requests fail before any dice are thrown: the text is part of the path and query, or of the GraphQL
    /// document and variables; so many times, in that way.
    pub planned: Vec<(String, u32, Fault)>,
}

impl Faults {
    /// So many of a hundred fail, in every way.
    #[must_use]
    pub fn percent(percent: u64, seed: u64) -> Self {
        Self { seed, per_mille: percent * 10, ..Self::default() }
    }

    /// Requests that hold `text` fail in that way, `times` times.
    #[must_use]
    pub fn plan(mut self, text: &str, times: u32, fault: Fault) -> Self {
        self.planned.push((text.to_owned(), times, fault));
        self
    }

    /// What befalls the `attempt`-th asking (from zero) of a request.
    pub(crate) fn decide(&mut self, request: &str, attempt: u32) -> Option<Fault> {
        for (text, times, fault) in &mut self.planned {
            if *times > 0 && request.contains(text.as_str()) {
                *times -= 1;
                return Some(*fault);
            }
        }
        let mut dice = Dice::new(self.seed ^ fingerprint(request).wrapping_add(u64::from(attempt)));
        if (dice.below(1_000) as u64) >= self.per_mille {
            return None;
        }
        let kinds: &[Fault] = if self.kinds.is_empty() { &Fault::ALL } else { &self.kinds };
        kinds.get(dice.below(kinds.len())).copied()
    }
}

/// FNV-1a, and the dice's own mixing after it.
pub(crate) fn fingerprint(text: &str) -> u64 {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    Dice::new(hash).throw()
}
