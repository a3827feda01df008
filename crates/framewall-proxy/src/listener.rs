//! Listening sockets, shared by all threads.

use std::io;
use std::net::IpAddr;
use std::os::unix::fs::FileTypeExt as _;
use std::os::unix::net::UnixStream as BlockingUnixStream;
use std::path::Path;
use std::task::{Context, Poll, ready};

use tokio::net::{TcpListener, TcpSocket, UnixListener};

use crate::config::Listen;
use crate::stream::Stream;

const BACKLOG: u32 = 4_096;

/// A socket that listens, not yet on any thread.
#[derive(Debug)]
pub(crate) enum Bound {
    Tcp(std::net::TcpListener),
    Unix(std::os::unix::net::UnixListener),
}

/// A socket that listens, on one thread.
#[derive(Debug)]
pub(crate) enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Bound {
    /// Inside a runtime.
    pub(crate) fn new(address: &Listen) -> io::Result<Self> {
        match address {
            Listen::Tcp(address) => {
                let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
                socket.set_reuseaddr(true)?;
                socket.bind(*address)?;
                Ok(Self::Tcp(socket.listen(BACKLOG)?.into_std()?))
            }
            Listen::Unix(path) => {
                remove_stale(path)?;
                let listener = std::os::unix::net::UnixListener::bind(path)?;
                listener.set_nonblocking(true)?;
                Ok(Self::Unix(listener))
            }
        }
    }

    /// Where it listens, the port filled in.
    pub(crate) fn address(&self) -> io::Result<Listen> {
        match self {
            Self::Tcp(listener) => listener.local_addr().map(Listen::Tcp),
            Self::Unix(listener) => {
                let address = listener.local_addr()?;
                let path = address.as_pathname().ok_or(io::ErrorKind::AddrNotAvailable)?;
                Ok(Listen::Unix(path.to_owned()))
            }
        }
    }

    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        match self {
            Self::Tcp(listener) => listener.try_clone().map(Self::Tcp),
            Self::Unix(listener) => listener.try_clone().map(Self::Unix),
        }
    }

    pub(crate) fn into_listener(self) -> io::Result<Listener> {
        match self {
            Self::Tcp(listener) => TcpListener::from_std(listener).map(Listener::Tcp),
            Self::Unix(listener) => UnixListener::from_std(listener).map(Listener::Unix),
        }
    }
}

impl Listener {
    /// The next connection, and who it is; nobody by address on a unix socket.
    pub(crate) fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<(Stream, Option<IpAddr>)>> {
        match self {
            Self::Tcp(listener) => {
                let (tcp, peer) = ready!(listener.poll_accept(cx))?;
                let _ = tcp.set_nodelay(true);
                Poll::Ready(Ok((Stream::Tcp(tcp), Some(peer.ip().to_canonical()))))
            }
            Self::Unix(listener) => {
                let (unix, _) = ready!(listener.poll_accept(cx))?;
                Poll::Ready(Ok((Stream::Unix(unix), None)))
            }
        }
    }
}

/// Removes the socket of a process that is gone; one that somebody still listens on stays, and binding fails.
fn remove_stale(path: &Path) -> io::Result<()> {
    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket());
    let refused = |error: io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
    if is_socket && BlockingUnixStream::connect(path).err().is_some_and(refused) {
        std::fs::remove_file(path)?;
    }
    Ok(())
}
