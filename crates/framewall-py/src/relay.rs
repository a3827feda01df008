//! `Relay`: the relay as Python sees it. Configuration in, jobs out, answers back.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use framewall_proxy::http::Request;
use framewall_proxy::limits;
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;

use crate::job::{Job, farewell};
use crate::jobs::Jobs;
use crate::options::{Options, RefusalOption, config};

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
/// The relay's caps as `(name, default, outcome)`.
#[pyfunction]
pub fn relay_limits() -> Vec<(&'static str, u64, &'static str)> {
    limits::ALL.iter().map(|limit| (limit.name, limit.default, limit.outcome)).collect()
}
fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO)
}
