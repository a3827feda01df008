//! HTTP/1.1 between client and application: checked ([`check`]), routed ([`route`]), judged, sent on
//! ([`proxy`]), or after a verified handshake given to a tunnel ([`upgrade`]).

pub use http::Request;

pub mod answer;
pub mod body;
pub mod check;
pub mod crossing;
pub mod headers;
pub mod judged;
pub mod paced;
pub mod proxy;
pub mod records;
pub mod route;
pub mod upgrade;
