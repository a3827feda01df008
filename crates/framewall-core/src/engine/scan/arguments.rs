//! The strings in the arguments of a GraphQL document: fields of a message as much as its variables are.

use std::ops::ControlFlow;

use super::findings::names;
use super::work::LEAF;
use super::{Place, Scan, seen};
use crate::engine::graphql::arguments;
use crate::engine::inspect::Document;

impl Scan<'_> {
    /// Puts them on the queue, each as a document of its own below its argument's name.
    pub(super) fn arguments(&mut self, text: &[u8], chain: &[u8], place: &Place<'_>, depth: usize) {
        arguments::each(text, |name, value| {
            if value.is_empty() {
                return ControlFlow::Continue(());
            }
            let mark = seen::mark(&value, 0);
            let chain = names(place.chain, chain).into_iter().chain(["graphql"]).collect();
            if depth >= self.settings.layers as usize {
                self.too_deep(mark, chain, place);
                return ControlFlow::Continue(());
            }
            if self.work(LEAF, place).is_none() || self.decoded(value.len(), place).is_none() {
                return ControlFlow::Break(());
            }
            self.nested.read.insert(mark);
            let mut path = place.path.clone();
            path.push_key(name);
            self.queue.push(Document {
                bytes: value,
                hint: "auto",
                part: place.part,
                path,
                role: place.role,
                chain,
                scanned: false,
                of_text: false,
                whole: false,
            });
            ControlFlow::Continue(())
        });
    }
}
