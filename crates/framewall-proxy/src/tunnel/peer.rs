//! One side's socket and what is on its way to it.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::stream::Stream;

/// Pieces handed to one system call.
const SLICES: usize = 32;
/// Pieces shorter than this are copied together, as a system call's slice costs more.
const SHORT: usize = 1 << 10;
const TOGETHER: usize = 16 << 10;

/// One side of a tunnel.
#[derive(Debug)]
pub(super) struct Peer {
    stream: Stream,
    out: VecDeque<Bytes>,
    /// Short pieces, behind all of `out`.
    tail: Vec<u8>,
    pending: usize,
    /// Nothing more will be read.
    pub(super) ended: bool,
    /// It was told that nothing more will come.
    pub(super) shut: bool,
    /// It no longer takes anything.
    pub(super) gone: bool,
    /// Since when it has not taken what is pending.
    pub(super) stalled_since: Option<Instant>,
}

impl Peer {
    pub(super) fn new(stream: Stream) -> Self {
        Self {
            stream,
            out: VecDeque::new(),
            tail: Vec::new(),
            pending: 0,
            ended: false,
            shut: false,
            gone: false,
            stalled_since: None,
        }
    }

    /// Bytes on their way to it.
    pub(super) fn pending(&self) -> usize {
        self.pending
    }

    /// Reads into `buffer` once: bytes, 0 for the end, or not now.
    pub(super) fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<usize> {
        let mut read = ReadBuf::new(buffer);
        match Pin::new(&mut self.stream).poll_read(cx, &mut read) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(())) => {
                let count = read.filled().len();
                self.ended = count == 0;
                Poll::Ready(count)
            }
            Poll::Ready(Err(_)) => {
                self.ended = true;
                self.lose();
                Poll::Ready(0)
            }
        }
    }

    /// Queues a piece.
    pub(super) fn push(&mut self, piece: Bytes) {
        if self.gone || piece.is_empty() {
            return;
        }
        self.pending += piece.len();
        if piece.len() < SHORT {
            self.tail.extend_from_slice(&piece);
            if self.tail.len() >= TOGETHER {
                self.seal();
            }
        } else {
            self.seal();
            self.out.push_back(piece);
        }
    }

    /// Sends what it takes at once of bytes that are borrowed, and queues a copy of the rest.
    pub(super) fn send(&mut self, cx: &mut Context<'_>, bytes: &[u8]) {
        let mut sent = 0;
        if self.pending == 0 && !self.gone && !bytes.is_empty() {
            match Pin::new(&mut self.stream).poll_write(cx, bytes) {
                Poll::Ready(Ok(count)) => sent = count,
                Poll::Ready(Err(_)) => self.lose(),
                Poll::Pending => {}
            }
        }
        if sent < bytes.len() && !self.gone {
            self.pending += bytes.len() - sent;
            self.seal();
            self.out.push_back(Bytes::copy_from_slice(&bytes[sent..]));
        }
    }

    fn seal(&mut self) {
        if !self.tail.is_empty() {
            self.out.push_back(std::mem::take(&mut self.tail).into());
        }
    }

    /// Sends what is pending as far as it is taken. Whether something was.
    pub(super) fn flush(&mut self, cx: &mut Context<'_>) -> bool {
        let mut moved = false;
        while self.pending > 0 {
            match self.write_once(cx) {
                Poll::Ready(Ok(0)) | Poll::Ready(Err(_)) => self.lose(),
                Poll::Ready(Ok(count)) => {
                    self.advance(count);
                    self.stalled_since = None;
                    moved = true;
                }
                Poll::Pending => {
                    self.stalled_since.get_or_insert_with(Instant::now);
                    return moved;
                }
            }
        }
        self.stalled_since = None;
        moved
    }

    fn write_once(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let stream = Pin::new(&mut self.stream);
        match (self.out.len(), self.tail.is_empty()) {
            (0, _) => stream.poll_write(cx, &self.tail),
            (1, true) => stream.poll_write(cx, &self.out[0]),
            _ => {
                let mut slices = [IoSlice::new(&[]); SLICES];
                let pieces = self.out.iter().map(|piece| &piece[..]).chain([&self.tail[..]]);
                let mut count = 0;
                for (slot, piece) in slices.iter_mut().zip(pieces) {
                    *slot = IoSlice::new(piece);
                    count += 1;
                }
                stream.poll_write_vectored(cx, &slices[..count])
            }
        }
    }

    fn advance(&mut self, mut count: usize) {
        self.pending -= count;
        while let Some(first) = self.out.front_mut() {
            if count < first.len() {
                let _ = first.split_to(count);
                return;
            }
            count -= first.len();
            self.out.pop_front();
        }
        if count == self.tail.len() {
            self.tail = Vec::new();
        } else {
            self.tail.drain(..count);
        }
        if self.pending == 0 {
            self.out = VecDeque::new();
        }
    }

    /// Tells it that nothing more will come.
    pub(super) fn shut(&mut self, cx: &mut Context<'_>) {
        if !self.shut {
            self.shut = true;
            let _ = Pin::new(&mut self.stream).poll_shutdown(cx);
        }
    }

    /// It takes nothing any more.
    fn lose(&mut self) {
        self.gone = true;
        (self.out, self.tail, self.pending) = (VecDeque::new(), Vec::new(), 0);
        self.stalled_since = None;
    }

    /// Nothing is left to be done with it.
    pub(super) fn is_done(&self) -> bool {
        self.ended && (self.gone || self.shut)
    }

    /// Makes the coming close an abort.
    pub(super) fn abort(&self) {
        self.stream.abort_on_close();
    }
}
