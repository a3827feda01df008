//! The budget of one message: what work costs, and what comes of its being spent.

use std::ops::ControlFlow;

use super::{Place, Scan};
use crate::engine::Attack;
use crate::engine::views::View;
use crate::limits::{self, Limit};

/// Work that is still done on a message that a reached limit blocks: some milliseconds.
const AFTER_BOMB: u64 = 1 << 20;
/// Work that is still done on a part once the message is an attack, and more of it by the byte: what else it is should
/// be told, not at any cost.
const AFTER_ATTACK: u64 = 8 << 20;
const AFTER_ATTACK_BYTE: u64 = 256;

/// Work of one leaf, however short.
pub(super) const LEAF: u64 = 256;
/// Work of one byte under the literals, a pattern, a tokeniser, a view: about nanoseconds.
pub(super) const LITERALS: u64 = 2;
pub(super) const PATTERN: u64 = 2;
pub(super) const TOKENISER: u64 = 10;
pub(super) const FORM: u64 = 4;
pub(super) const SPELL: u64 = 1;
pub(super) const UNPACK: u64 = 2;

/// What a part may cost beyond what every message may, if it is a long one: the limits are for what grows, not for
/// what is large. `share` is the bytes for which the limit itself is meant.
pub(in crate::engine) fn more(limit: u64, share: usize, length: usize) -> u64 {
    (limit / share as u64).saturating_mul(length.saturating_sub(share) as u64)
}

/// Bytes that [`SCAN_WORK`](limits::SCAN_WORK), [`DECODED_BYTES`](limits::DECODED_BYTES) and
/// [`FORMAT_NODES`](limits::FORMAT_NODES) are meant for.
const WORK_SHARE: usize = 256 << 10;
pub(in crate::engine) const BYTES_SHARE: usize = 1 << 20;
pub(in crate::engine) const NODES_SHARE: usize = 64 << 10;

impl Scan<'_> {
    /// The next part begins: a bomb in the one before takes nothing from it. A long one may cost more, but no more a
    /// byte; a short look never does.
    pub fn part(&mut self, length: usize) {
        self.work += std::mem::take(&mut self.withheld);
        self.length = length as u64;
        if self.most > 1 {
            self.work = self.work.saturating_add(more(self.settings.work, WORK_SHARE, length));
            self.bytes = self.bytes.saturating_add(more(self.settings.decoded_bytes, BYTES_SHARE, length));
        }
    }

    /// Whether to go on: not once the work is spent or more findings than anyone reads are there.
    pub fn flow(&self) -> ControlFlow<()> {
        if self.work == 0 || self.findings.len() >= self.most {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Whether there is time for a view: a short look does not decompress.
    pub fn affords(&mut self, view: &View) -> bool {
        if self.most > 1 || !matches!(view.name, "gzip" | "zlib" | "deflate" | "zstd" | "brotli") {
            return true;
        }
        self.cut = true;
        false
    }

    /// A cap was reached.
    pub fn limit(&mut self, limit: Limit, place: &Place<'_>) {
        (self.clean, self.cut) = (false, true);
        if !self.settings.classes.has(Attack::DataBomb) || self.settings.plain {
            return;
        }
        // Each part by itself: what is done on it must not depend on the parts before.
        if self.settings.cap(Attack::DataBomb) >= self.settings.threshold {
            self.withhold(AFTER_BOMB);
        }
        if self.limits.contains(&limit) {
            return;
        }
        self.limits.push(limit);
        let rule = format!("data_bomb.{}", limit.name);
        self.find(Attack::DataBomb, &rule, self.settings.threshold.max(5), place, &[], b"", 0..0);
    }

    /// The message is an attack already.
    pub fn attacked(&mut self) {
        self.withhold(AFTER_ATTACK + AFTER_ATTACK_BYTE * self.length);
    }

    /// Leaves so much work for the rest of this part, which is blocked anyway.
    pub fn withhold(&mut self, left: u64) {
        self.withheld += self.work.saturating_sub(left);
        self.work = self.work.min(left);
    }

    /// Takes work; none once it is spent, which is reported.
    pub fn work(&mut self, units: u64, place: &Place<'_>) -> Option<()> {
        if self.settings.plain {
            return Some(());
        }
        if self.work == 0 {
            return None;
        }
        self.work = self.work.saturating_sub(units);
        self.worked += units;
        if self.work == 0 {
            // Of a bomb or an attack it is known already that the rest need not be scanned.
            if self.withheld == 0 {
                self.limit(limits::SCAN_WORK, place);
            }
            return None;
        }
        Some(())
    }
}
