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

/// A request's or an answer's body.
#[derive(Debug)]
pub enum Body {
    /// None.
    Empty,
    /// All of it.
    Full(Bytes),
    /// As it comes.
    Stream(Streamed),
}

/// A body that is passed on as it comes.
#[derive(Debug)]
pub struct Streamed {
    incoming: Incoming,
    stall: Duration,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Body {
    /// Passed on as it comes; an error after `stall` without any of it.
    pub fn stream(incoming: Incoming, stall: Duration) -> Self {
        if incoming.is_end_stream() { Self::Empty } else { Self::Stream(Streamed { incoming, stall, timer: None }) }
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

    /// Reads it whole, up to `most` bytes.
    pub async fn collect(mut self, most: u64) -> Result<Bytes, CollectError> {
        let mut all = BytesMut::new();
        while let Some(frame) = std::future::poll_fn(|cx| Pin::new(&mut self).poll_frame(cx)).await {
            let Ok(data) = frame.map_err(|_| CollectError::Broken)?.into_data() else { continue };
            if (all.len() + data.len()) as u64 > most {
                return Err(CollectError::TooBig);
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
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stalled => f.write_str("the body stalled"),
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
            Self::Stream(stream) => stream.poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Full(_) => false,
            Self::Stream(stream) => stream.incoming.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Stream(stream) => stream.incoming.size_hint(),
        }
    }
}

impl Streamed {
    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
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
