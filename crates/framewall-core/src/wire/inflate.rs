//! permessage-deflate's decompression (RFC 7692 7.2.2), one whole message at a time.
//!
//! A direction keeps only its history, the last bytes of what it has inflated, and no decompressor: one for
//! each thread is lent to a message and given the history as its dictionary. That is the same as a
//! decompressor that lives on, as long as each message ends at a block's end; one that does not is refused,
//! since what its receiver would read next depends on bits left over from it (RFC 7692 7.2.1 rules it out).
//!
//! References beyond the negotiated window are refused where they reach into earlier messages. Within one
//! message they are followed: they mean the same to every receiver that does not fail on them.

use std::cell::RefCell;

use zlib_rs::{Inflate, InflateError, InflateFlush, Status};

use super::utf8::Utf8;
use super::{Side, WireError, WireLimits};
use crate::limits;

/// The largest window, in bits, and in use where none is negotiated (RFC 7692 7.1.2).
pub const MAX_WINDOW_BITS: u8 = 15;
/// What zlib uses where 8 is asked for.
const MIN_WINDOW_BITS: u8 = 9;
const SCRATCH: usize = 16 << 10;
/// What the sender has cut off the end of each message (RFC 7692 7.2.1).
const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];
/// An empty final block. After the tail it is taken as one only at a block's end; from anywhere else the
/// decoder fails, wants more, or has bytes of it left over.
const FINAL: [u8; 5] = [0x01, 0x00, 0x00, 0xff, 0xff];

/// One direction's decompression.
#[derive(Debug)]
pub struct Inflater {
    sender: Side,
    /// Bytes of history that the next message may refer to; 0 without context takeover.
    window: usize,
    history: Vec<u8>,
}

impl Inflater {
    /// For messages of `sender`, compressed with a window of `window_bits` (8 to 15), each on its own if
    /// `no_context_takeover`.
    pub fn new(sender: Side, window_bits: u8, no_context_takeover: bool) -> Self {
        let bits = window_bits.clamp(MIN_WINDOW_BITS, MAX_WINDOW_BITS);
        Self { sender, window: if no_context_takeover { 0 } else { 1 << bits }, history: Vec::new() }
    }

    /// Bytes kept between messages.
    pub fn kept(&self) -> usize {
        self.history.capacity()
    }

    /// Inflates one message, given as the unmasked pieces of its frames' payloads in order.
    ///
    /// Stops within 16 KiB after `limits.message_bytes`, and at the first byte that is not UTF-8 if `text`.
    pub fn message<'a>(
        &mut self,
        pieces: impl Iterator<Item = &'a [u8]>,
        text: bool,
        limits: &WireLimits,
    ) -> Result<Vec<u8>, WireError> {
        self.with_pieces(text, limits, |run| pieces.into_iter().try_for_each(|piece| run.push(piece)))
    }

    /// As [`message`](Self::message), where `feed` hands the pieces over one by one.
    pub(super) fn with_pieces(
        &mut self,
        text: bool,
        limits: &WireLimits,
        feed: impl FnOnce(&mut Run<'_>) -> Result<(), WireError>,
    ) -> Result<Vec<u8>, WireError> {
        let out = LENT.with_borrow_mut(|lent| {
            lent.start(&self.history);
            let mut run = Run {
                lent,
                sender: self.sender,
                limits,
                out: Vec::new(),
                utf8: text.then(Utf8::default),
                ended: false,
            };
            feed(&mut run)?;
            run.finish()
        })?;
        self.remember(&out);
        Ok(out)
    }

    fn remember(&mut self, out: &[u8]) {
        if out.len() >= self.window {
            self.history.clear();
        } else {
            let surplus = (self.history.len() + out.len()).saturating_sub(self.window);
            self.history.drain(..surplus);
        }
        let fresh = &out[out.len().saturating_sub(self.window)..];
        let needed = self.history.len() + fresh.len();
        if needed > self.history.capacity() {
            // By doubling, but never beyond the window.
            let room = needed.max(2 * self.history.capacity()).min(self.window);
            self.history.reserve_exact(room - self.history.len());
        }
        self.history.extend_from_slice(fresh);
    }
}

/// A decompressor and its output buffer, one a thread, used for one message after another.
struct Lent {
    inflate: Inflate,
    scratch: Box<[u8; SCRATCH]>,
}

thread_local! {
    static LENT: RefCell<Lent> =
        RefCell::new(Lent { inflate: Inflate::new(false, MAX_WINDOW_BITS), scratch: Box::new([0; SCRATCH]) });
}

impl Lent {
    fn start(&mut self, history: &[u8]) {
        self.inflate.reset(false);
        if !history.is_empty() {
            self.inflate.set_dictionary(history).expect("a raw stream takes a dictionary at its start");
        }
    }
}

/// A message while it is inflated.
pub(super) struct Run<'a> {
    lent: &'a mut Lent,
    sender: Side,
    limits: &'a WireLimits,
    out: Vec<u8>,
    utf8: Option<Utf8>,
    /// A final block has been.
    ended: bool,
}

impl Run<'_> {
    /// The next piece of the message's payload, unmasked.
    pub(super) fn push(&mut self, mut piece: &[u8]) -> Result<(), WireError> {
        while let Some(rest) = self.until_final(piece)? {
            piece = rest;
            self.after_final()?;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<u8>, WireError> {
        let end = [TAIL.as_slice(), &FINAL].concat();
        match self.until_final(&end)? {
            Some([]) => {}
            _ => return Err(self.wrong("compressed message does not end at a block's end")),
        }
        if let Some(utf8) = self.utf8 {
            utf8.end().map_err(|_| WireError::not_utf8(self.sender))?;
        }
        Ok(self.out)
    }

    /// Inflates `piece` whole (None), or up to a final block: then the bytes after it.
    fn until_final<'p>(&mut self, mut piece: &'p [u8]) -> Result<Option<&'p [u8]>, WireError> {
        loop {
            let inflate = &mut self.lent.inflate;
            let (before_in, before_out) = (inflate.total_in(), inflate.total_out());
            let status = inflate
                .decompress(piece, &mut self.lent.scratch[..], InflateFlush::NoFlush)
                .map_err(|error| self.wrong(why(error)))?;
            let inflate = &self.lent.inflate;
            let (taken, made) =
                ((inflate.total_in() - before_in) as usize, (inflate.total_out() - before_out) as usize);
            piece = &piece[taken..];
            self.take(made)?;
            if status == Status::StreamEnd {
                return Ok(Some(piece));
            }
            if made < SCRATCH {
                return if piece.is_empty() { Ok(None) } else { Err(self.wrong("compressed data stalls")) };
            }
        }
    }

    fn take(&mut self, made: usize) -> Result<(), WireError> {
        if self.ended && made > 0 {
            return Err(self.wrong("data after a final deflate block"));
        }
        let fresh = &self.lent.scratch[..made];
        if (self.out.len() + made) as u64 > self.limits.message_bytes {
            return Err(WireError::too_big(self.sender, limits::MESSAGE_BYTES, "message too big once inflated"));
        }
        if let Some(utf8) = &mut self.utf8 {
            utf8.push(fresh).map_err(|_| WireError::not_utf8(self.sender))?;
        }
        self.out.extend_from_slice(fresh);
        Ok(())
    }

    /// A block with BFINAL set ends a deflate stream but not the message: an empty block has to follow
    /// (RFC 7692 7.2.3.4). Anything else that did would be read by some receivers and skipped by others.
    fn after_final(&mut self) -> Result<(), WireError> {
        if std::mem::replace(&mut self.ended, true) {
            return Err(self.wrong("second final deflate block in a message"));
        }
        self.lent.start(&[]);
        Ok(())
    }

    fn wrong(&self, why: &'static str) -> WireError {
        WireError::protocol(self.sender, why)
    }
}

fn why(error: InflateError) -> &'static str {
    match error {
        InflateError::MemError => "no memory to inflate",
        _ => "not a deflate stream, or one that refers beyond its window",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELLO: [u8; 7] = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
    const HELLO_AGAIN: [u8; 5] = [0xf2, 0x00, 0x11, 0x00, 0x00];

    fn client(no_context_takeover: bool) -> Inflater {
        Inflater::new(Side::Client, 15, no_context_takeover)
    }

    fn inflate(inflater: &mut Inflater, message: &[u8]) -> Result<Vec<u8>, WireError> {
        inflater.message(message.chunks(2), true, &WireLimits::default())
    }

    /// RFC 7692 7.2.3.2.
    #[test]
    fn history_is_as_long_as_what_was_inflated_and_there_only_with_takeover() {
        for (no_takeover, kept) in [(false, 5), (true, 0)] {
            let mut inflater = client(no_takeover);
            assert_eq!(inflater.kept(), 0);
            assert_eq!(inflate(&mut inflater, &HELLO).unwrap(), b"Hello");
            assert_eq!(inflater.kept(), kept);
            assert_eq!(inflate(&mut inflater, &HELLO_AGAIN).is_ok(), !no_takeover);
        }
    }

    #[test]
    fn history_never_outgrows_the_window() {
        let mut inflater = Inflater::new(Side::Client, 9, false);
        let stored: Vec<u8> = [&[0x00, 100, 0, 155, 255][..], &[b'x'; 100], &[0x00]].concat();
        for _ in 0..20 {
            inflate(&mut inflater, &stored).unwrap();
        }
        assert_eq!((inflater.history.len(), inflater.kept()), (512, 512));
    }

    /// Output waits in the decompressor when the scratch buffer is full just as the input ends.
    #[test]
    fn nothing_is_left_behind_around_the_size_of_the_scratch_buffer() {
        for len in (SCRATCH - 4..SCRATCH + 4).chain(2 * SCRATCH - 2..2 * SCRATCH + 300) {
            let mut deflate = zlib_rs::Deflate::new(9, false, 15);
            let mut wire = vec![0; 1000];
            deflate.compress(&vec![b'a'; len], &mut wire, zlib_rs::DeflateFlush::SyncFlush).unwrap();
            wire.truncate(deflate.total_out() as usize - TAIL.len());
            assert_eq!(inflate(&mut client(true), &wire).unwrap().len(), len);
        }
    }

    #[test]
    fn connections_of_one_thread_do_not_see_one_another() {
        let (mut one, mut other) = (client(false), client(false));
        inflate(&mut one, &HELLO).unwrap();
        assert_eq!(inflate(&mut other, &HELLO_AGAIN).unwrap_err().close_code, 1002);
        assert_eq!(inflate(&mut other, b"\x07").unwrap_err().close_code, 1002);
        assert_eq!(inflate(&mut one, &HELLO_AGAIN).unwrap(), b"Hello");
    }

    /// RFC 7692 8: a limit on what one message may inflate to.
    #[test]
    fn a_bomb_stops_at_the_cap_not_at_its_end() {
        let mut deflate = zlib_rs::Deflate::new(9, false, 15);
        let (mut bomb, mut at) = (vec![0; 100_000], 0);
        for _ in 0..64 {
            deflate.compress(&[0; 1 << 20], &mut bomb[at..], zlib_rs::DeflateFlush::SyncFlush).unwrap();
            at = deflate.total_out() as usize;
        }
        let limits = WireLimits { message_bytes: 1 << 20, ..WireLimits::default() };
        let mut pieces = bomb[..at].chunks(1000);
        let error = client(false).message(&mut pieces, false, &limits).unwrap_err();
        assert_eq!((error.close_code, error.limit), (1009, Some(limits::MESSAGE_BYTES)));
        assert!(pieces.len() > 50, "{} of {} pieces left", pieces.len(), at / 1000);
    }
}
