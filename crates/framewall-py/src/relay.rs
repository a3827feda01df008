//! `Relay` and `Job`: the relay as Python sees it. Configuration in, jobs out, answers back.

use std::net::ToSocketAddrs as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use framewall_core::wire::Side;
use framewall_core::wire::frame::Opcode;
use framewall_proxy::config::{Address, Balance, Config, Fail, Inspect, Listen, Network, Route, Server, Upstream};
use framewall_proxy::http::Request;
use framewall_proxy::judge::{
    BodyRuling, Failure, Farewell, Head, Job as Work, Plan, Records, Refusal, Ruling, Rulings, Screening,
};
use framewall_proxy::limits::{self, Limits};
use pyo3::exceptions::{PyOSError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyTuple};

use crate::jobs::Jobs;
use crate::screen::Permit;

/// A server group, from a Python object with these attributes.
#[derive(FromPyObject)]
struct UpstreamOption {
    name: String,
    servers: Vec<ServerOption>,
    balance: String,
}

#[derive(FromPyObject)]
struct ServerOption {
    url: String,
    weight: u32,
}

#[derive(FromPyObject)]
struct RouteOption {
    name: String,
    hosts: Vec<String>,
    paths: Vec<String>,
    upstream: String,
    inspect: String,
    fail: String,
    limits: Vec<(String, u64)>,
}

/// An answer instead of the application's: ``(status, headers, body)``.
#[derive(FromPyObject)]
struct RefusalOption(u16, Vec<(String, String)>, Option<Vec<u8>>);

impl From<RefusalOption> for Refusal {
    fn from(RefusalOption(status, headers, body): RefusalOption) -> Self {
        Self { status, headers, body: body.map(Into::into) }
    }
}

/// Everything, from a Python object with these attributes.
#[derive(FromPyObject)]
struct Options {
    listen: Vec<String>,
    threads: usize,
    scheme: String,
    trusted_proxies: Vec<String>,
    upstreams: Vec<UpstreamOption>,
    routes: Vec<RouteOption>,
    limits: Vec<(String, u64)>,
}

/// A running relay.
#[pyclass(frozen, module = "framewall._core")]
pub struct Relay {
    running: Mutex<Option<framewall_proxy::Relay>>,
    addresses: Vec<String>,
    jobs: Arc<Jobs>,
}

#[pymethods]
impl Relay {
    /// Listens and serves. ValueError for options that cannot be used, OSError if it cannot listen.
    #[new]
    fn new(py: Python<'_>, options: Options) -> PyResult<Self> {
        let config = config(options).map_err(PyValueError::new_err)?;
        let jobs = Arc::new(Jobs::default());
        let judge = Arc::clone(&jobs);
        let relay = py
            .detach(|| framewall_proxy::Relay::start(config, judge))
            .map_err(|error| PyOSError::new_err(error.to_string()))?;
        let addresses = relay.addresses().iter().map(ToString::to_string).collect();
        Ok(Self { running: Mutex::new(Some(relay)), addresses, jobs })
    }

    /// Where it listens, ports filled in.
    #[getter]
    fn addresses(&self) -> Vec<String> {
        self.addresses.clone()
    }

    /// Connections now, HTTP and WebSocket.
    #[getter]
    fn connections(&self) -> u64 {
        self.with(|relay| relay.registry().connections()).unwrap_or(0)
    }

    /// Tunnels now.
    #[getter]
    fn tunnels(&self) -> usize {
        self.with(|relay| relay.registry().tunnels()).unwrap_or(0)
    }

    /// Messages that have passed without a job.
    #[getter]
    fn screened(&self) -> u64 {
        self.with(|relay| relay.registry().screened()).unwrap_or(0)
    }

    /// Jobs that no thread has taken.
    #[getter]
    fn waiting(&self) -> usize {
        self.jobs.len()
    }

    /// Takes new routes, upstreams, trusted proxies and caps; what is open goes on as it began. ValueError for options
    /// that cannot be used, and nothing has changed.
    fn reload(&self, options: Options) -> PyResult<()> {
        let config = config(options).map_err(PyValueError::new_err)?;
        let done = self.with(|relay| relay.reload(config)).unwrap_or(Ok(()));
        done.map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// The next job within this many seconds, or None.
    fn take(&self, py: Python<'_>, seconds: f64) -> Option<Job> {
        let jobs = &self.jobs;
        let work = jobs.take(Duration::ZERO).or_else(|| py.detach(|| jobs.take(duration(seconds))));
        let Some(work) = work else {
            framewall_proxy::tidy();
            return None;
        };
        Some(Job::new(work, Arc::clone(jobs)))
    }

    /// Waits until jobs wait because all threads are held up this long; False once the relay has stopped.
    fn starved(&self, py: Python<'_>, seconds: f64) -> bool {
        py.detach(|| self.jobs.starved(duration(seconds)))
    }

    /// Ends a tunnel, its client told ``messages`` as ``(text, data)``; False if there is none of that number.
    #[pyo3(signature = (connection, code, reason = String::new(), messages = Vec::new()))]
    fn close(&self, connection: u64, code: u16, reason: String, messages: Vec<(bool, Vec<u8>)>) -> bool {
        self.with(|relay| relay.registry().close(connection, farewell(code, reason, messages))).unwrap_or(false)
    }

    /// Answers a request whose plan allows it, or ends its answer's stream; False if none of that number waits.
    fn refuse(&self, request: u64, refusal: RefusalOption) -> bool {
        self.with(|relay| relay.registry().refuse(request, refusal.into())).unwrap_or(false)
    }

    /// Requests that may be answered from outside now.
    #[getter]
    fn interruptible(&self) -> usize {
        self.with(|relay| relay.registry().waiting()).unwrap_or(0)
    }

    /// Sends one request to a route's upstream, later, without regard to its answer: to the server that this
    /// client goes to. False if that cannot be.
    fn send(
        &self,
        route: &str,
        client_ip: &str,
        method: &str,
        target: &str,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    ) -> PyResult<bool> {
        let client = client_ip.parse().map_err(|_| PyValueError::new_err("not an address"))?;
        let builder = Request::builder().method(method).uri(target);
        let builder = headers.iter().fold(builder, |builder, (name, value)| builder.header(name, value));
        let request = builder.body(body).map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(self.with(|relay| relay.send(route, client, request)).unwrap_or(false))
    }

    /// Stops: Close 1001 to all, and what is open may end within the drain's limit. Jobs that are left can
    /// still be taken.
    fn stop(&self, py: Python<'_>) {
        let relay = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        py.detach(|| drop(relay));
        self.jobs.close();
    }
}

impl Relay {
    fn with<T>(&self, call: impl FnOnce(&framewall_proxy::Relay) -> T) -> Option<T> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(call)
    }
}

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
    fn new(work: Work, jobs: Arc<Jobs>) -> Self {
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

/// The relay's caps as `(name, default, outcome)`.
#[pyfunction]
pub fn relay_limits() -> Vec<(&'static str, u64, &'static str)> {
    limits::ALL.iter().map(|limit| (limit.name, limit.default, limit.outcome)).collect()
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

fn farewell(code: u16, reason: String, messages: Vec<(bool, Vec<u8>)>) -> Farewell {
    let messages = messages.into_iter().map(|(text, data)| (text, data.into())).collect();
    Farewell { code, reason, messages }
}

fn screening(permit: Option<&Permit>) -> Screening {
    permit.map(|permit| permit.held() as _)
}

fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO)
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

fn config(options: Options) -> Result<Config, String> {
    let mut own = Limits::default();
    set_all(&mut own, &options.limits)?;
    Ok(Config {
        listen: options.listen.iter().map(|text| listen(text)).collect::<Result<_, _>>()?,
        threads: options.threads,
        scheme: options.scheme,
        trusted_proxies: options.trusted_proxies.iter().map(|text| Network::parse(text)).collect::<Result<_, _>>()?,
        upstreams: options.upstreams.into_iter().map(upstream).collect::<Result<_, _>>()?,
        routes: options.routes.into_iter().map(|one| route(one, &own)).collect::<Result<_, _>>()?,
        limits: own,
    })
}

fn listen(text: &str) -> Result<Listen, String> {
    if let Some(path) = text.strip_prefix("unix:") {
        return Ok(Listen::Unix(path.into()));
    }
    let found = text.to_socket_addrs().map_err(|error| format!("{text}: {error}; write HOST:PORT"))?.next();
    found.map(Listen::Tcp).ok_or_else(|| format!("{text}: no such host"))
}

fn upstream(option: UpstreamOption) -> Result<Upstream, String> {
    let server = |one: ServerOption| Ok(Server { address: Address::parse(&one.url)?, weight: one.weight });
    let balance = match option.balance.as_str() {
        "round_robin" => Balance::RoundRobin,
        "ip_hash" => Balance::IpHash,
        other => return Err(format!("{other}: write round_robin or ip_hash")),
    };
    let servers = option.servers.into_iter().map(server).collect::<Result<_, String>>()?;
    Ok(Upstream { name: option.name, servers, balance })
}

fn route(option: RouteOption, own: &Limits) -> Result<Route, String> {
    let mut limits = own.clone();
    set_all(&mut limits, &option.limits)?;
    Ok(Route {
        name: option.name,
        hosts: option.hosts,
        paths: option.paths,
        upstream: option.upstream,
        inspect: match option.inspect.as_str() {
            "nothing" => Inspect::Nothing,
            "client" => Inspect::Client,
            "both" => Inspect::Both,
            other => return Err(format!("{other}: write nothing, client or both")),
        },
        fail: match option.fail.as_str() {
            "closed" => Fail::Closed,
            "open" => Fail::Open,
            other => return Err(format!("{other}: write closed or open")),
        },
        limits,
    })
}

fn set_all(limits: &mut Limits, values: &[(String, u64)]) -> Result<(), String> {
    match values.iter().find(|(name, value)| !limits.set(name, *value)) {
        Some((name, _)) => Err(format!("{name}: the relay has no such limit")),
        None => Ok(()),
    }
}
