//! Where requests go: groups of servers ([`group`]), kept connections ([`pool`]), and one exchange ([`exchange`]).

pub mod exchange;
pub mod group;
pub mod pool;

use std::io;

use tokio::net::{TcpStream, UnixStream};

use crate::config::Address;
use crate::stream::Stream;

/// Opens a connection to one server.
pub async fn connect(address: &Address) -> io::Result<Stream> {
    match address {
        Address::Tcp(authority) => {
            let tcp = TcpStream::connect(authority.as_str()).await?;
            tcp.set_nodelay(true)?;
            Ok(Stream::Tcp(tcp))
        }
        Address::Unix(path) => Ok(Stream::Unix(UnixStream::connect(path).await?)),
    }
}
