//! The relay: HTTP/1.1 reverse proxy and WebSocket tunnel. The only sockets of the data path.
//!
//! It knows nothing of Python: whatever decides is behind [`judge::Judge`]. Files in the order a connection
//! meets them: [`config`] and [`limits`], [`relay`] (listeners, threads, stop), [`http`] (requests and the
//! handshake), [`upstream`] (where they go), [`tunnel`] (after the 101), [`registry`] (who is connected).

mod allocator;
pub mod config;
pub mod http;
pub mod judge;
pub mod limits;
mod listener;
mod memory;
pub mod registry;
pub mod relay;
pub mod stream;
mod table;
pub mod tunnel;
pub mod upstream;

pub use allocator::tidy;
pub use config::Config;
pub use judge::Judge;
pub use limits::Limits;
pub use relay::Relay;
