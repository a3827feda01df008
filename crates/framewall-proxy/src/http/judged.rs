//! A streamed answer that is judged as it passes: a record leaves once its verdict is there, in order.

use std::future::Future as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use framewall_core::wire::Side;
use http_body::Frame;
use tokio::sync::oneshot;
use tokio::time::{Sleep, sleep};

use super::body::{BodyError, Streamed};
use super::records::Records;
use crate::config::Fail;
use crate::judge::{BodyRuling, Failure, Head, Job, Judge, Refusal, Reply};
use crate::limits::{self, Limits};

/// What it takes to judge one.
pub struct Terms {
    pub(super) judge: Arc<dyn Judge>,
    pub(super) request: Arc<Head>,
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) records: Records,
    pub(super) limits: Limits,
    pub(super) fail: Fail,
}

/// The answer on its way.
pub struct Judged {
    terms: Terms,
    incoming: Streamed,
    /// Not judged yet.
    held: BytesMut,
    /// Bytes of it that are known to end no record.
    looked: usize,
    open: Option<Open>,
    /// Nothing more is read or passed on.
    over: bool,
}

/// Records that wait for their verdict.
struct Open {
    records: Bytes,
    answer: oneshot::Receiver<BodyRuling>,
    deadline: Pin<Box<Sleep>>,
}

type Next = Poll<Option<Result<Frame<Bytes>, BodyError>>>;

impl Judged {
    pub(super) fn new(incoming: Streamed, terms: Terms) -> Self {
        Self { terms, incoming, held: BytesMut::new(), looked: 0, open: None, over: false }
    }

    pub(super) fn poll_frame(&mut self, cx: &mut Context<'_>) -> Next {
        loop {
            if self.incoming.is_interrupted(cx) {
                return self.refused(None);
            }
            if let Some(open) = &mut self.open {
                let ruling = match Pin::new(&mut open.answer).poll(cx) {
                    Poll::Ready(ruling) => ruling.map_err(|_| None),
                    Poll::Pending => {
                        ready!(open.deadline.as_mut().poll(cx));
                        Err(Some(limits::INSPECT_MS.name))
                    }
                };
                let records = std::mem::take(&mut open.records);
                self.open = None;
                return self.settle(ruling, records);
            }
            if let Some(records) = self.whole() {
                self.submit(records);
            } else if self.over {
                return Poll::Ready(None);
            } else if self.held.len() as u64 > self.terms.limits.body_bytes {
                let (side, limit) = (Some(Side::Server), Some(limits::BODY_BYTES.name));
                self.report(Failure { side, limit, why: "record too big to be inspected", code: 502 });
                return self.fail();
            } else {
                match ready!(self.incoming.poll_frame(cx)) {
                    Some(Ok(frame)) => self.held.extend_from_slice(&frame.into_data().unwrap_or_default()),
                    Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                    None => self.over = true,
                }
            }
        }
    }

    /// All records that are whole; at the end of the answer, what is left.
    fn whole(&mut self) -> Option<Bytes> {
        let end = match self.terms.records.last_end(&self.held, self.looked) {
            None if self.over && !self.held.is_empty() => self.held.len(),
            None => {
                self.looked = self.held.len();
                return None;
            }
            Some(end) => end,
        };
        self.looked = 0;
        Some(self.held.split_to(end).freeze())
    }

    fn submit(&mut self, records: Bytes) {
        let (reply, answer) = Reply::new();
        let terms = &self.terms;
        terms.judge.submit(Job::Response {
            request: Arc::clone(&terms.request),
            status: terms.status,
            headers: terms.headers.clone(),
            body: records.clone(),
            reply,
        });
        let deadline: Duration = terms.limits.inspect();
        self.open = Some(Open { records, answer, deadline: Box::pin(sleep(deadline)) });
    }

    fn settle(&mut self, ruling: Result<BodyRuling, Option<&'static str>>, records: Bytes) -> Next {
        match ruling {
            Ok(BodyRuling::Pass) => Poll::Ready(Some(Ok(Frame::data(records)))),
            Ok(BodyRuling::Refuse(refusal)) => self.refused(Some(refusal)),
            Err(limit) => {
                self.report(Failure { side: None, limit, why: "inspection failed", code: 503 });
                match self.terms.fail {
                    Fail::Open => Poll::Ready(Some(Ok(Frame::data(records)))),
                    Fail::Closed => self.fail(),
                }
            }
        }
    }

    /// The end, with the refusal's words: what has passed ended with a record.
    fn refused(&mut self, refusal: Option<Refusal>) -> Next {
        (self.over, self.open) = (true, None);
        self.held.clear();
        let words = refusal.or_else(|| self.incoming.interruption()).and_then(Refusal::into_words);
        self.incoming.forget();
        Poll::Ready(words.map(|words| Ok(Frame::data(words))))
    }

    fn fail(&mut self) -> Next {
        self.over = true;
        self.held.clear();
        Poll::Ready(Some(Err(BodyError::Unjudged)))
    }

    fn report(&self, failure: Failure) {
        self.terms.judge.submit(Job::Refused { request: Arc::clone(&self.terms.request), failure });
    }
}
