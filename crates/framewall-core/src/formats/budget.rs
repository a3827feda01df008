//! What one message may cost, whatever it is made of.

use crate::limits::{self, Limit};

/// What is left to spend on one message; shared by all its documents, layers and views.
#[derive(Clone, Debug)]
pub struct Budget {
    /// Containers inside one another, per document.
    pub depth: u32,
    /// Keys, values and containers left.
    pub nodes: u32,
    /// Decoded bytes left.
    pub bytes: u64,
    /// Decoding layers left.
    pub layers: u32,
    /// Readings and views a leaf may have.
    pub fanout: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Budget {
            depth: limits::FORMAT_DEPTH.default as u32,
            nodes: limits::FORMAT_NODES.default as u32,
            bytes: limits::DECODED_BYTES.default,
            layers: limits::DECODE_LAYERS.default as u32,
            fanout: limits::LEAF_FANOUT.default as u32,
        }
    }
}

impl Budget {
    /// Takes one node; the limit that is spent otherwise.
    #[inline]
    pub fn node(&mut self) -> Result<(), Limit> {
        self.nodes = self.nodes.checked_sub(1).ok_or(limits::FORMAT_NODES)?;
        Ok(())
    }

    /// Takes `count` decoded bytes; the limit that is spent otherwise.
    #[inline]
    pub fn decoded(&mut self, count: usize) -> Result<(), Limit> {
        self.bytes = self.bytes.checked_sub(count as u64).ok_or(limits::DECODED_BYTES)?;
        Ok(())
    }
}
