//! `Job`: something that the relay asks or tells, as Python sees it, and its answer.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use framewall_core::wire::Side;
use framewall_core::wire::frame::Opcode;
use framewall_proxy::judge::{
    BodyRuling, Failure, Farewell, Head, Job as Work, Plan, Records, Refusal, Ruling, Rulings, Screening,
};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyTuple};

use crate::jobs::Jobs;
use crate::options::RefusalOption;
use crate::screen::Permit;

/// Something to decide or to know. ``kind`` says which of the other attributes are there.
#[pyclass(frozen, module = "framewall._core")]
pub struct Job {
    jobs: Arc<Jobs>,
    tunnel: Option<u64>,
    is_done: AtomicBool,
    /// Taken by the answer.
    work: Mutex<Option<Work>>,
    kind: &'static str,
}

impl Job {
    /// Of the queue that it came from.
    pub fn new(work: Work, jobs: Arc<Jobs>) -> Self {
        let kind = match work {
            Work::Request { .. } => "request",
            Work::Body { .. } => "body",
            Work::Response { .. } => "response",
            Work::Refused { .. } => "refused",
            Work::Opened { .. } => "opened",
            Work::Messages { .. } => "messages",
            Work::Failed { .. } => "failed",
            Work::Closed { .. } => "closed",
        };
        let (tunnel, is_done) = (work.connection(), AtomicBool::new(false));
        Self { jobs, tunnel, is_done, work: Mutex::new(Some(work)), kind }
    }

    fn peek<T>(&self, read: impl FnOnce(&Work) -> Option<T>) -> PyResult<T> {
        let work = self.work.lock().unwrap_or_else(PoisonError::into_inner);
        let found = work.as_ref().and_then(read);
        found.ok_or_else(|| PyRuntimeError::new_err(format!("not of a job of kind {}, or answered", self.kind)))
    }

    fn answer(&self) -> PyResult<Work> {
        let work = self.work.lock().unwrap_or_else(PoisonError::into_inner).take();
        work.ok_or_else(|| PyRuntimeError::new_err("answered already"))
    }
}

#[pymethods]
impl Job {
    /// What it is: request, body, response, refused, opened, messages, failed, closed.
    #[getter]
    fn kind(&self) -> &'static str {
        self.kind
    }

    /// The tunnel's number.
    #[getter]
    fn connection(&self) -> Option<u64> {
        self.tunnel
    }

    /// `(id, method, target, version, headers, client_ip, route, scheme, upgrade)`.
    #[getter]
    fn request<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let head = self.peek(|work| match work {
            Work::Request { request, .. }
            | Work::Body { request, .. }
            | Work::Response { request, .. }
            | Work::Refused { request, .. }
            | Work::Opened { request, .. } => Some(Arc::clone(request)),
            _ => None,
        })?;
        head_tuple(py, &head)
    }

    /// The body's bytes.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        self.peek(|work| match work {
            Work::Body { body, .. } | Work::Response { body, .. } => Some(PyBytes::new(py, body)),
            _ => None,
        })
    }

    /// The answer's `(status, headers)`.
    #[getter]
    fn answered<'py>(&self, py: Python<'py>) -> PyResult<(u16, Bound<'py, PyTuple>)> {
        let (status, headers) = self.peek(|work| match work {
            Work::Response { status, headers, .. } => Some((*status, header_tuple(py, headers))),
            _ => None,
        })?;
        Ok((status, headers?))
    }

    /// What was agreed: `(subprotocol, extensions)`.
    #[getter]
    fn upgrade(&self) -> PyResult<(Option<String>, Option<String>)> {
        self.peek(|work| match work {
            Work::Opened { subprotocol, extensions, .. } => Some((subprotocol.clone(), extensions.clone())),
            _ => None,
        })
    }

    /// `[(from the client, text, data, frames, compressed, control), …]`; the last is close, ping, pong or None.
    #[getter]
    fn messages<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        self.peek(|work| match work {
            Work::Messages { batch, .. } => {
                let row = |message: &framewall_proxy::judge::Message| {
                    let from_client = message.sender == Side::Client;
                    let data = PyBytes::new(py, &message.payload);
                    let control = message.control.map(control_name);
                    (from_client, message.text, data, message.frames, message.compressed, control)
                };
                Some(PyList::new(py, batch.iter().map(row)))
            }
            _ => None,
        })?
    }

    /// Why the relay refused or ended it: `(side, limit, why, code)`.
    #[getter]
    fn failure(&self) -> PyResult<(Option<&'static str>, Option<&'static str>, &'static str, u16)> {
        self.peek(|work| match work {
            Work::Refused { failure, .. } | Work::Failed { failure, .. } => Some(failure_tuple(failure)),
            _ => None,
        })
    }

    /// `(client_ip, route, subprotocol, messages up, messages down, bytes up, bytes down, seconds, reason)`.
    #[getter]
    #[allow(clippy::type_complexity)]
    fn summary(&self) -> PyResult<(String, String, Option<String>, u64, u64, u64, u64, f64, &'static str)> {
        self.peek(|work| match work {
            Work::Closed { summary: own, .. } => Some((
                own.client_ip.clone(),
                own.route.to_string(),
                own.subprotocol.clone(),
                own.messages[0],
                own.messages[1],
                own.bytes[0],
                own.bytes[1],
                own.seconds,
                own.reason,
            )),
            _ => None,
        })
    }

    /// It is done with: unanswered it has failed, and its tunnel's next one may be taken.
    fn done(&self) {
        drop(self.work.lock().unwrap_or_else(PoisonError::into_inner).take());
        if let Some(tunnel) = self.tunnel.filter(|_| !self.is_done.swap(true, Ordering::Relaxed)) {
            self.jobs.done(tunnel);
        }
    }

    /// Answers a request: what to refuse it with, or what to bring; ``records`` says what its answer is a stream
    /// of, ``lines`` or ``events``.
    #[pyo3(signature = (refuse, inspect_body, inspect_response, records = None, interruptible = false))]
    fn plan(
        &self,
        refuse: Option<RefusalOption>,
        inspect_body: bool,
        inspect_response: bool,
        records: Option<&str>,
        interruptible: bool,
    ) -> PyResult<()> {
        let records = records.map(records_of).transpose()?;
        if let Work::Request { reply, .. } = self.answer()? {
            let refuse = refuse.map(Refusal::from);
            reply.send(Plan { refuse, inspect_body, inspect_response, records, interruptible });
        }
        Ok(())
    }

    /// Answers a body or a response: what to refuse it with, or None.
    fn rule(&self, refuse: Option<RefusalOption>) -> PyResult<()> {
        if let Work::Body { reply, .. } | Work::Response { reply, .. } = self.answer()? {
            reply.send(refuse.map_or(BodyRuling::Pass, |refusal| BodyRuling::Refuse(refusal.into())));
        }
        Ok(())
    }

    /// Answers an opening, or says nothing to it: what may pass without a job.
    fn screen(&self, permit: Option<&Permit>) -> PyResult<()> {
        if let Work::Opened { reply, .. } = self.answer()? {
            reply.send(screening(permit));
        }
        Ok(())
    }

    /// Answers messages, in order: 0 passes, 1 drops, anything else is the code to close with, after
    /// ``messages`` of our own, ``(text, data)``, and with this reason. ``permit``: what may pass without a job from
    /// now on.
    #[pyo3(signature = (codes, reason = String::new(), messages = Vec::new(), permit = None))]
    fn rulings(
        &self,
        codes: Vec<u16>,
        reason: String,
        messages: Vec<(bool, Vec<u8>)>,
        permit: Option<&Permit>,
    ) -> PyResult<()> {
        if let Work::Messages { reply, .. } = self.answer()? {
            let mut told = Some((reason, messages));
            let ruling = |code| match code {
                0 => Ruling::Pass,
                1 => Ruling::Drop,
                code => {
                    let (reason, messages) = told.take().unwrap_or_default();
                    Ruling::Close(farewell(code, reason, messages))
                }
            };
            let each = codes.into_iter().map(ruling).collect();
            reply.send(Rulings { each, screen: screening(permit) });
        }
        Ok(())
    }
}

/// One that is let go is done with.
impl Drop for Job {
    fn drop(&mut self) {
        self.done();
    }
}
fn control_name(opcode: Opcode) -> &'static str {
    match opcode {
        Opcode::Close => "close",
        Opcode::Ping => "ping",
        _ => "pong",
    }
}

fn records_of(name: &str) -> PyResult<Records> {
    match name {
        "lines" => Ok(Records::Lines),
        "events" => Ok(Records::Events),
        other => Err(PyValueError::new_err(format!("{other}: write lines or events"))),
    }
}

/// What a client is told before its Close.
pub fn farewell(code: u16, reason: String, messages: Vec<(bool, Vec<u8>)>) -> Farewell {
    let messages = messages.into_iter().map(|(text, data)| (text, data.into())).collect();
    Farewell { code, reason, messages }
}

fn screening(permit: Option<&Permit>) -> Screening {
    permit.map(|permit| permit.held() as _)
}
fn head_tuple<'py>(py: Python<'py>, head: &Head) -> PyResult<Bound<'py, PyTuple>> {
    (
        head.id,
        &head.method,
        &head.target,
        head.version,
        header_tuple(py, &head.headers)?,
        &head.client_ip,
        &*head.route,
        &head.scheme,
        head.upgrade,
    )
        .into_pyobject(py)
}

fn header_tuple<'py>(py: Python<'py>, headers: &[(String, String)]) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(py, headers)
}

fn failure_tuple(failure: &Failure) -> (Option<&'static str>, Option<&'static str>, &'static str, u16) {
    let side = failure.side.map(|side| if side == Side::Client { "client" } else { "server" });
    (side, failure.limit, failure.why, failure.code)
}
