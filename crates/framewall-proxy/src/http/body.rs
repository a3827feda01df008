//! A body on its way through: none, bytes at hand, or a stream that may not stall.

use std::fmt;
use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep, sleep};

use super::judged::Judged;
use super::records::Records;
use crate::judge::Refusal;
use crate::registry::Interrupt;

/// A request's or an answer's body.
pub enum Body {
    /// None.
    Empty,
    /// All of it.
    Full(Bytes),
    /// As it comes.
    Stream(Streamed),
    /// As it comes, once judged.
    Judged(Box<Judged>),
}

/// A body that is passed on as it comes.
#[derive(Debug)]
pub struct Streamed {
    incoming: Incoming,
    stall: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    interrupt: Option<(Interrupt, Records)>,
    /// What has been passed on ends with a whole record, as far as the last piece shows.
    between: bool,
    /// It has been ended.
    over: bool,
}

impl Body {
    /// Passed on as it comes; an error after `stall` without any of it.
    pub fn stream(incoming: Incoming, stall: Duration) -> Self {
        if incoming.is_end_stream() { Self::Empty } else { Self::Stream(Streamed::new(incoming, stall)) }
    }

    /// All of it; `Empty` if that is nothing.
    pub fn full(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        if bytes.is_empty() { Self::Empty } else { Self::Full(bytes) }
    }

    /// Whether nothing will come.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// Reads it whole, up to `most` bytes, as long as `holds` of what there is so far.
    pub async fn collect(mut self, most: u64, mut holds: impl FnMut(u64) -> bool) -> Result<Bytes, CollectError> {
        let mut all = BytesMut::new();
        while let Some(frame) = std::future::poll_fn(|cx| Pin::new(&mut self).poll_frame(cx)).await {
            let Ok(data) = frame.map_err(|_| CollectError::Broken)?.into_data() else { continue };
            if (all.len() + data.len()) as u64 > most {
                return Err(CollectError::TooBig);
            }
            if !holds((all.len() + data.len()) as u64) {
                return Err(CollectError::TooMuch);
            }
            if all.is_empty() && self.is_end_stream() {
                return Ok(data);
            }
            all.extend_from_slice(&data);
        }
        Ok(all.freeze())
    }
}

/// Why a body could not be read whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CollectError {
    /// More than asked for.
    TooBig,
    /// All connections together hold too much.
    TooMuch,
    /// It ended early or stalled.
    Broken,
}

/// Why a body ends early.
#[derive(Debug)]
pub enum BodyError {
    /// Nothing came for too long.
    Stalled,
    /// The connection it comes from broke.
    Broken(hyper::Error),
    /// It could not be judged.
    Unjudged,
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stalled => f.write_str("the body stalled"),
            Self::Unjudged => f.write_str("the body could not be judged"),
            Self::Broken(error) => write!(f, "the body broke off: {error}"),
        }
    }
}

impl std::error::Error for BodyError {}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match &mut *self {
            Self::Empty => Poll::Ready(None),
            Self::Full(bytes) => {
                let bytes = std::mem::take(bytes);
                *self = Self::Empty;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Self::Stream(stream) => stream.poll_passed(cx),
            Self::Judged(stream) => stream.poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Full(_) | Self::Judged(_) => false,
            Self::Stream(stream) => stream.interrupt.is_none() && stream.incoming.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Judged(_) => SizeHint::default(),
            Self::Stream(stream) if stream.interrupt.is_some() => SizeHint::default(),
            Self::Stream(stream) => stream.incoming.size_hint(),
        }
    }
}

impl Streamed {
    pub(super) fn new(incoming: Incoming, stall: Duration) -> Self {
        Self { incoming, stall, timer: None, interrupt: None, between: true, over: false }
    }

    /// May be ended from outside, between two records.
    pub(super) fn interruptible(mut self, interrupt: Option<Interrupt>, records: Records) -> Self {
        self.interrupt = interrupt.map(|interrupt| (interrupt, records));
        self
    }

    pub(super) fn is_interrupted(&mut self, cx: &mut Context<'_>) -> bool {
        self.interrupt.as_ref().is_some_and(|(interrupt, _)| interrupt.poll(cx).is_ready())
    }

    /// What is to be said at the end that was asked for.
    pub(super) fn interruption(&self) -> Option<Refusal> {
        self.interrupt.as_ref().and_then(|(interrupt, _)| interrupt.requested())
    }

    /// It is not to be ended from outside any more: it has been.
    pub(super) fn forget(&mut self) {
        self.interrupt = None;
    }

    /// Passed on as it comes, or ended with a refusal's words where they may stand.
    fn poll_passed(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if self.over {
            return Poll::Ready(None);
        }
        if self.is_interrupted(cx) {
            self.over = true;
            let words = self.interruption().filter(|_| self.between).and_then(Refusal::into_words);
            self.forget();
            return Poll::Ready(words.map(|words| Ok(Frame::data(words))));
        }
        let frame = ready!(self.poll_frame(cx));
        if let (Some((_, records)), Some(Ok(frame))) = (&self.interrupt, &frame)
            && let Some(data) = frame.data_ref()
        {
            self.between = records.last_end(data, 0) == Some(data.len());
        }
        Poll::Ready(frame)
    }

    pub(super) fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.incoming).poll_frame(cx) {
            self.timer = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(BodyError::Broken)));
        }
        let stall = self.stall;
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(stall)));
        ready!(timer.as_mut().poll(cx));
        timer.as_mut().reset(Instant::now() + stall);
        Poll::Ready(Some(Err(BodyError::Stalled)))
    }
}
