//! `Split`, `Screen`, `Permit` and `Era`: what Python lets the relay pass by itself, and how long.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use framewall_core::formats::Role;
use framewall_core::screen::{self as core, Said};
use framewall_core::wire::Side;
use framewall_proxy::judge;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::engine::{Engine, Settings};
use crate::scratch;

/// How one side's messages are cut. Frozen.
#[pyclass(frozen, module = "framewall._core")]
pub struct Split {
    inner: Arc<core::Split>,
}

#[pymethods]
impl Split {
    /// ValueError for a name or a pattern that cannot be used.
    #[new]
    #[pyo3(signature = (name, signs = Vec::new(), inner = None))]
    fn new(name: &str, signs: Vec<String>, inner: Option<&Split>) -> PyResult<Split> {
        let signs: Vec<&str> = signs.iter().map(String::as_str).collect();
        let split = core::Split::new(name, &signs, inner.map(|split| Arc::clone(&split.inner)));
        Ok(Split { inner: Arc::new(split.map_err(PyValueError::new_err)?) })
    }
}

/// What may pass on connections that are alike. Frozen; shared by them all.
#[pyclass(frozen, module = "framewall._core")]
pub struct Screen {
    inner: Arc<core::Screen>,
}

type Row<'py> = (Bound<'py, PyBytes>, &'static str, bool);

/// A side's split, and what the engine is asked of its messages.
type Way<'py> = (PyRef<'py, Split>, Option<PyRef<'py, Settings>>);

#[pymethods]
impl Screen {
    #[new]
    #[pyo3(signature = (engine, client = None, server = None, limits = None))]
    fn new(engine: &Engine, client: Option<Way<'_>>, server: Option<Way<'_>>, limits: Option<(usize, u64)>) -> Screen {
        let mut inner = core::Screen::new(Arc::clone(&engine.inner), client.map(way), server.map(way));
        if let Some((bytes, work)) = limits {
            inner = inner.with_caps(bytes, work);
        }
        Screen { inner: Arc::new(inner) }
    }

    /// Whether a message may pass, and says something (True) or nothing (False); None: it may not.
    fn passes(&self, py: Python<'_>, from_client: bool, text: bool, data: &[u8]) -> Option<bool> {
        let said =
            py.detach(|| scratch::borrowed(|scratch| self.inner.passes(side(from_client), text, data, scratch)))?;
        Some(said == Said::Something)
    }

    /// The parts that a message is cut into, `(bytes, hint, key)`, and whether it says something; None: it is not cut.
    fn parts<'py>(&self, py: Python<'py>, from_client: bool, text: bool, data: &[u8]) -> Option<(bool, Vec<Row<'py>>)> {
        let (said, parts) = self.inner.parts(side(from_client), text, data)?;
        let row = |(bytes, hint, role): core::Own| (PyBytes::new(py, &bytes), hint, role == Role::Key);
        Some((said == Said::Something, parts.into_iter().map(row).collect()))
    }

    /// Passes messages one after another on this thread, without the GIL: for each whether it may, and the nanoseconds
    /// that it took. For benchmarks.
    fn measure(&self, py: Python<'_>, messages: Vec<Bound<'_, PyBytes>>) -> Vec<(bool, u64)> {
        let messages: Vec<&[u8]> = messages.iter().map(|message| message.as_bytes()).collect();
        let judge = |bytes: &&[u8]| {
            let start = std::time::Instant::now();
            let passes = scratch::borrowed(|scratch| self.inner.passes(Side::Client, true, bytes, scratch)).is_some();
            (passes, start.elapsed().as_nanos() as u64)
        };
        py.detach(|| messages.iter().map(judge).collect())
    }
}

fn way((split, settings): Way<'_>) -> core::Way {
    let settings = settings.map(|settings| Arc::clone(&settings.inner)).unwrap_or_default();
    core::Way { split: Arc::clone(&split.inner), settings }
}

fn side(from_client: bool) -> Side {
    if from_client { Side::Client } else { Side::Server }
}

/// The time in which a configuration counts: permits of it end with it.
#[pyclass(frozen, module = "framewall._core")]
#[derive(Default)]
pub struct Era {
    ended: Arc<AtomicBool>,
}

#[pymethods]
impl Era {
    #[new]
    fn new() -> Era {
        Era::default()
    }

    /// Ends it, for all its permits.
    fn end(&self) {
        self.ended.store(true, Ordering::Release);
    }
}

/// Lets messages of one connection pass, until it is ended or its era is.
#[pyclass(frozen, module = "framewall._core")]
pub struct Permit {
    inner: Arc<Held>,
}

/// A permit as the relay holds it.
#[derive(Debug)]
pub struct Held {
    screen: Arc<core::Screen>,
    era: Arc<AtomicBool>,
    ended: AtomicBool,
    passed: Mutex<Passed>,
}

/// Messages that are kept for an event that may come: as many as `nearby_messages`, and one.
const LAST: usize = 6;
/// Bytes of each: as many as `nearby_bytes`.
const HEAD: usize = 512;

/// What has passed.
#[derive(Debug, Default)]
struct Passed {
    messages: u64,
    spoken: u64,
    /// Messages and bytes of the client, and of the server.
    traffic: [(u64, u64); 2],
    /// Heartbeats of the client, and of the server.
    beats: [Beats; 2],
    /// The last few; the oldest is at `messages` modulo their number once they are as many.
    last: Vec<Heard>,
}

#[derive(Debug)]
struct Heard {
    at: f64,
    side: Side,
    text: bool,
    size: usize,
    head: Vec<u8>,
}

/// Unix seconds.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

/// Heartbeats: how many, when the last one came, when the one before (Unix seconds, 0 for never).
type Beats = (u64, f64, f64);

impl Passed {
    fn add(&mut self, said: Said, side: Side, text: bool, data: &[u8]) {
        let at = now();
        if said == Said::Heartbeat {
            self.beat(side, at);
        }
        let place = (self.messages % LAST as u64) as usize;
        self.messages += 1;
        self.spoken += u64::from(said == Said::Something);
        let traffic = &mut self.traffic[usize::from(side == Side::Server)];
        *traffic = (traffic.0 + 1, traffic.1 + data.len() as u64);
        if place == self.last.len() {
            self.last.push(Heard { at, side, text, size: 0, head: Vec::new() });
        }
        let heard = &mut self.last[place];
        (heard.at, heard.side, heard.text, heard.size) = (at, side, text, data.len());
        heard.head.clear();
        heard.head.extend_from_slice(&data[..data.len().min(HEAD)]);
    }

    fn beat(&mut self, side: Side, at: f64) {
        let beats = &mut self.beats[usize::from(side == Side::Server)];
        *beats = (beats.0 + 1, at, beats.1);
    }

    /// The last few, in order.
    fn last(mut self) -> Vec<Heard> {
        if self.last.len() == LAST {
            self.last.rotate_left((self.messages % LAST as u64) as usize);
        }
        self.last
    }
}

impl Permit {
    /// For the relay.
    pub(crate) fn held(&self) -> Arc<Held> {
        Arc::clone(&self.inner)
    }
}

/// One message: its time, whether it is the client's, whether it is text, its size and its beginning.
type Overheard<'py> = (f64, bool, bool, usize, Bound<'py, PyBytes>);

#[pymethods]
impl Permit {
    #[new]
    fn new(screen: &Screen, era: &Era) -> Permit {
        Permit {
            inner: Arc::new(Held {
                screen: Arc::clone(&screen.inner),
                era: Arc::clone(&era.ended),
                ended: AtomicBool::new(false),
                passed: Mutex::default(),
            }),
        }
    }

    /// Whether a message passes; it is counted then. For drivers in Python, and tests.
    fn passes(&self, py: Python<'_>, from_client: bool, text: bool, data: &[u8]) -> bool {
        py.detach(|| self.inner.lets(side(from_client), text, data))
    }

    /// A Ping or Pong that says nothing has passed. For drivers in Python, and tests.
    fn beat(&self, from_client: bool) {
        judge::Screen::beat(&*self.inner, side(from_client));
    }

    /// Messages and bytes of the client that have passed, and of the server; also once it has ended.
    fn traffic(&self) -> (u64, u64, u64, u64) {
        let [client, server] = self.inner.passed().traffic;
        (client.0, client.1, server.0, server.1)
    }

    /// Heartbeats that have passed: of the client, and of the server, how many, when the last one came, when the one
    /// before (Unix seconds, 0 for never); also once it has ended.
    fn beats(&self) -> (Beats, Beats) {
        let [client, server] = self.inner.passed().beats;
        (client, server)
    }

    /// Ends it. How many messages have passed, how many of them said something, and the last few: time, whether from
    /// the client, whether text, size, beginning.
    fn end<'py>(&self, py: Python<'py>) -> (u64, u64, Vec<Overheard<'py>>) {
        self.inner.ended.store(true, Ordering::Release);
        let passed = std::mem::take(&mut *self.inner.passed());
        let mut left = self.inner.passed();
        (left.traffic, left.beats) = (passed.traffic, passed.beats);
        drop(left);
        let (messages, spoken) = (passed.messages, passed.spoken);
        let row = |heard: Heard| {
            (heard.at, heard.side == Side::Client, heard.text, heard.size, PyBytes::new(py, &heard.head))
        };
        (messages, spoken, passed.last().into_iter().map(row).collect())
    }
}

impl Held {
    fn lets(&self, side: Side, text: bool, data: &[u8]) -> bool {
        if self.era.load(Ordering::Acquire) || self.ended.load(Ordering::Acquire) {
            return false;
        }
        let Some(said) = scratch::own(|scratch| self.screen.passes(side, text, data, scratch)) else { return false };
        self.passed().add(said, side, text, data);
        true
    }

    fn passed(&self) -> MutexGuard<'_, Passed> {
        self.passed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl judge::Screen for Held {
    fn beat(&self, sender: Side) {
        if !self.ended.load(Ordering::Acquire) {
            self.passed().beat(sender, now());
        }
    }

    fn passes(&self, sender: Side, text: bool, payload: &[u8]) -> bool {
        self.lets(sender, text, payload)
    }
}
