//! The relay as a whole: it listens, runs one event loop a thread, and stops.

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::{Arc, PoisonError, RwLock};
use std::task::{Context, Poll, Waker};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use framewall_core::wire::close::GOING_AWAY;
use http::Request;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncWrite as _;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::allocator::tidy;
use crate::config::{Config, Listen};
use crate::http::body::Body;
use crate::http::crossing::Crossings;
use crate::http::paced::Paced;
use crate::http::proxy::{Client, serve};
use crate::judge::Judge;
use crate::limits::Limits;
use crate::listener::{Bound, Listener};
use crate::registry::{Place, Registry};
use crate::stream::Stream;
use crate::table::Table;
use crate::upstream::exchange;
use crate::upstream::pool::Pool;

/// Before accepting again when the process has no file descriptor left.
const BREATHER: Duration = Duration::from_millis(50);
/// How often a thread gives back memory that it no longer needs.
const TIDY: Duration = Duration::from_secs(1);

/// What all connections share.
pub(crate) struct Shared {
    pub(crate) judge: Arc<dyn Judge>,
    pub(crate) registry: Arc<Registry>,
    /// What the application allows other origins' pages.
    pub(crate) crossings: Crossings,
    table: RwLock<Arc<Table>>,
}

impl Shared {
    /// The routes as they are now.
    pub(crate) fn table(&self) -> Arc<Table> {
        Arc::clone(&self.table.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Why the relay did not start.
#[derive(Debug)]
pub enum StartError {
    /// The address cannot be listened on.
    Bind(Listen, io::Error),
    /// There is no address to listen on.
    NoAddress,
    /// A route names an upstream that is not there, or that has no server.
    Upstream(String),
    /// No route at all.
    NoRoute,
    /// The system gave no thread or event loop.
    System(io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind(address, error) => write!(f, "cannot listen on {address}: {error}"),
            Self::Upstream(name) => write!(f, "no servers for upstream {name:?}"),
            Self::NoAddress => f.write_str("no address to listen on"),
            Self::NoRoute => f.write_str("no route"),
            Self::System(error) => write!(f, "cannot start: {error}"),
        }
    }
}

impl std::error::Error for StartError {}

/// A running relay. Dropping it stops it.
pub struct Relay {
    addresses: Vec<Listen>,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    threads: Vec<JoinHandle<()>>,
    handle: Handle,
}

impl Relay {
    /// Listens and serves.
    pub fn start(config: Config, judge: Arc<dyn Judge>) -> Result<Self, StartError> {
        let count = match config.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            count => count,
        };
        let runtimes: Vec<Runtime> = (0..count)
            .map(|_| Builder::new_current_thread().enable_io().enable_time().build())
            .collect::<Result<_, _>>()
            .map_err(StartError::System)?;
        let handle = runtimes[0].handle().clone();
        if config.listen.is_empty() {
            return Err(StartError::NoAddress);
        }
        let bind = |address: &Listen| {
            let _inside = handle.enter();
            Bound::new(address).map_err(|error| StartError::Bind(address.clone(), error))
        };
        let bound = config.listen.iter().map(bind).collect::<Result<Vec<_>, _>>()?;
        let addresses = bound.iter().map(Bound::address).collect::<io::Result<_>>().map_err(StartError::System)?;
        let table = RwLock::new(Arc::new(Table::new(config, None)?));
        let shared = Arc::new(Shared { judge, registry: Arc::default(), crossings: Crossings::default(), table });
        let (stop, stopped) = watch::channel(false);
        let mut threads = Vec::new();
        for (index, runtime) in runtimes.into_iter().enumerate() {
            let (shared, stopped) = (Arc::clone(&shared), stopped.clone());
            let copies = bound.iter().map(Bound::try_clone).collect::<io::Result<_>>().map_err(StartError::System)?;
            let body = move || runtime.block_on(run(copies, shared, stopped));
            let thread = std::thread::Builder::new().name(format!("framewall-relay-{index}")).spawn(body);
            threads.push(thread.map_err(StartError::System)?);
        }
        Ok(Self { addresses, shared, stop, threads, handle })
    }

    /// Where it listens, ports filled in.
    pub fn addresses(&self) -> &[Listen] {
        &self.addresses
    }

    /// Who is connected.
    pub fn registry(&self) -> &Registry {
        &self.shared.registry
    }

    /// Takes new routes, upstreams, trusted proxies and caps from now on; `listen` and `threads` stay as they were,
    /// and so do caps that hold from a connection's first byte (`headers`, `head_bytes`, `head_seconds`).
    /// Connections, requests and tunnels that are open go on as they began.
    pub fn reload(&self, config: Config) -> Result<(), StartError> {
        let mut table = self.shared.table.write().unwrap_or_else(PoisonError::into_inner);
        let renewed = Table::new(config, Some(&table))?;
        *table = Arc::new(renewed);
        Ok(())
    }

    /// Sends one request to a route's upstream, later, without regard to the answer: to the server that
    /// `client` goes to. `false`: no such route.
    pub fn send(&self, route: &str, client: IpAddr, request: Request<Vec<u8>>) -> bool {
        let Some(site) = self.shared.table().sites.iter().find(|site| site.route.name == route).cloned() else {
            return false;
        };
        let (parts, body) = request.into_parts();
        let headers = parts.headers.clone();
        let request = exchange::request(parts, headers, Body::full(body));
        self.handle.spawn(async move {
            let pool = Arc::new(Pool::default());
            if let Ok(answer) = exchange::send(&site.group, &pool, client, &site.route.limits, request).await {
                let body = Body::stream(answer.into_body(), site.route.limits.stall());
                let _ = body.collect(site.route.limits.body_bytes, |_| true).await;
            }
        });
        true
    }

    /// Stops: no new connections, Close 1001 to tunnels, requests under way may end, until the drain's deadline.
    pub fn stop(&mut self) {
        self.stop.send_replace(true);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stop();
    }
}

/// One thread's life: serve, then let what is open end.
async fn run(bound: Vec<Bound>, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    let pool = Arc::new(Pool::default());
    let server = Arc::new(server(&shared.table().limits));
    for listener in bound.into_iter().filter_map(|bound| bound.into_listener().ok()) {
        let (shared, pool, server) = (Arc::clone(&shared), Arc::clone(&pool), Arc::clone(&server));
        tokio::spawn(accept(listener, shared, pool, server, stopped.clone()));
    }
    while timeout(TIDY, stopped.wait_for(|&stopped| stopped)).await.is_err() {
        tidy();
    }
    shared.registry.close_all(GOING_AWAY);
    let deadline = Instant::now() + Duration::from_secs(shared.table().limits.drain_seconds);
    while shared.registry.connections() > 0 && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(10)).await;
        // A handshake may have been under way.
        shared.registry.close_all(GOING_AWAY);
    }
}

async fn accept(
    listener: Listener,
    shared: Arc<Shared>,
    pool: Arc<Pool>,
    server: Arc<http1::Builder>,
    stopped: watch::Receiver<bool>,
) {
    let for_connections = stopped.clone();
    let mut stopped = stopped;
    let mut stop = pin!(stopped.wait_for(|&stopped| stopped));
    loop {
        let accepted = std::future::poll_fn(|cx| match stop.as_mut().poll(cx) {
            Poll::Ready(_) => Poll::Ready(None),
            Poll::Pending => listener.poll_accept(cx).map(Some),
        });
        let Some(accepted) = accepted.await else { return };
        let Ok((stream, peer)) = accepted else {
            tokio::time::sleep(BREATHER).await;
            continue;
        };
        let table = shared.table();
        let counted = peer.filter(|&peer| !table.trusted.iter().any(|network| network.contains(peer)));
        let limits = &table.limits;
        match shared.registry.admit(counted, limits.connections, limits.client_connections) {
            Some(place) => start(&server, stream, peer, place, &shared, &pool, for_connections.clone()),
            None => turn_away(stream),
        }
    }
}

fn server(limits: &Limits) -> http1::Builder {
    let mut server = http1::Builder::new();
    server
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(limits.head_seconds))
        .max_headers(limits.headers as usize)
        .max_header_size(limits.head_bytes as usize)
        .max_buf_size((limits.head_bytes as usize * 2).max(64 << 10))
        .preserve_header_case(true);
    server
}

fn start(
    server: &http1::Builder,
    stream: Stream,
    peer: Option<IpAddr>,
    place: Place,
    shared: &Arc<Shared>,
    pool: &Arc<Pool>,
    mut stopped: watch::Receiver<bool>,
) {
    let socket = TokioIo::new(Paced::new(stream, shared.table().limits.stall()));
    let (shared, pool) = (Arc::clone(shared), Arc::clone(pool));
    let client = Arc::new(Client { peer, shared, pool, place: Arc::new(place) });
    let service = service_fn(move |request| serve(Arc::clone(&client), request));
    let connection = server.serve_connection(socket, service).with_upgrades();
    tokio::spawn(async move {
        let mut connection = pin!(connection);
        let mut stop = pin!(stopped.wait_for(|&stopped| stopped));
        let mut told = false;
        std::future::poll_fn(|cx| {
            if !told && stop.as_mut().poll(cx).is_ready() {
                told = true;
                connection.as_mut().graceful_shutdown();
            }
            connection.as_mut().poll(cx).map(drop)
        })
        .await;
    });
}

/// No place: says so if the socket takes it at once.
fn turn_away(mut stream: Stream) {
    const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: 26\r\n\
        Connection: close\r\n\r\n503 Too many connections.\n";
    let mut cx = Context::from_waker(Waker::noop());
    let _ = Pin::new(&mut stream).poll_write(&mut cx, FULL);
    let _ = Pin::new(&mut stream).poll_shutdown(&mut cx);
}
