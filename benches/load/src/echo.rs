//! The server: sends every message back as it came. At `/socket.io/` it also opens Engine.IO and Socket.IO first.

use std::io;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::frame::{self, FINAL};

/// The key is the RFC's example, and so is its answer.
const SWITCHING: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";
const DEFLATE: &str =
    "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n";
const OPEN: &[u8] =
    br#"0{"sid":"bench-session-0001","upgrades":[],"pingInterval":600000,"pingTimeout":600000,"maxPayload":1000000}"#;

pub async fn serve() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(async move {
            let _ = one(stream).await;
        });
    }
}

async fn one(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (head, mut buffer) = frame::read_head(&mut stream).await?;
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut out = SWITCHING.as_bytes().to_vec();
    if head.to_ascii_lowercase().contains("permessage-deflate") {
        out.extend(DEFLATE.as_bytes());
    }
    out.extend(b"\r\n");
    let is_socketio = head.starts_with("GET /socket.io/");
    if is_socketio {
        frame::write(&mut out, FINAL | 1, OPEN, None);
    }
    stream.write_all(&out).await?;
    out = Vec::new();
    loop {
        let mut at = 0;
        while let Some((start, length, mask)) = frame::first(&buffer[at..]) {
            let payload: Vec<u8> = buffer[at + start..at + start + length]
                .iter()
                .zip(mask.iter().cycle())
                .map(|(byte, key)| byte ^ key)
                .collect();
            let answer = if is_socketio && payload == b"40" { br#"40{"sid":"bench"}"# } else { &payload[..] };
            frame::write(&mut out, buffer[at], answer, None);
            at += start + length;
        }
        buffer.drain(..at);
        if buffer.is_empty() && buffer.capacity() > 4096 {
            buffer = Vec::new();
        }
        if !out.is_empty() {
            stream.write_all(&out).await?;
            out.clear();
            out.shrink_to(4096);
        }
        if stream.read_buf(&mut buffer).await? == 0 {
            return Ok(());
        }
    }
}
