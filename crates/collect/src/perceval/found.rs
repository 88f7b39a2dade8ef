//! What an item tells, before it has a place in a file. Pure: every backend's reader fills one.

use crate::chat::exports::{Fact, Sink};
use crate::chat::facts::{Names, Post};
use crate::chat::text::{Said, measure};
use muster_model::payload::{ChannelDescribed, MessagePosted};
use muster_model::{Batch, Timestamp};

/// The facts of an item, and what became of the rest of it.
#[derive(Default)]
pub(super) struct Found {
    pub facts: Vec<Fact>,
    /// What the parser of another kind of source found in it.
    pub adopted: Batch,
    /// Channels, each with when it was made.
    pub channels: Vec<(String, ChannelDescribed, Option<Timestamp>)>,
    pub people: Vec<Person>,
    /// How many records are of no kind of ours.
    pub not_ours: usize,
    /// How many are private.
    pub filtered: usize,
    /// Parts that cannot be read.
    pub rejected: Vec<String>,
    /// What is read with a doubt, and what to do about it; one of each is said a file.
    pub doubts: Vec<(String, &'static str)>,
}

/// What a platform says of an account.
#[derive(Debug, Default)]
pub(super) struct Person {
    pub account: String,
    pub name: String,
    pub address: String,
    pub bot: bool,
}

impl Found {
    /// A message with its text.
    pub fn posted(&mut self, post: &Post, said: &Said<'_>, mut posted: MessagePosted) -> String {
        measure(said, &mut posted);
        let hash = posted.text_hash.clone();
        self.facts.push(post.posted(posted));
        hash
    }

    /// Everything but the doubts to its place. Names are told once a run.
    pub fn tell(self, names: &mut Names, line: u32, bytes: &[u8], sink: &mut Sink<'_>) {
        for (channel, described, made) in self.channels {
            names.channel(&channel, described, made, sink);
        }
        for Person { account, name, address, bot } in &self.people {
            names.account(account, name, *bot, sink);
            if !bot {
                names.address(account, name, address, sink);
            }
        }
        self.facts.into_iter().for_each(|fact| sink.fact(fact));
        sink.adopt(self.adopted);
        sink.none_ours(self.not_ours);
        (0..self.filtered).for_each(|_| sink.filtered());
        for message in self.rejected {
            sink.reject(line, message, "the rest of the item is read; fetch it again", bytes);
        }
    }
}
