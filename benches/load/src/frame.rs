//! As little of RFC 6455 as a load needs: frames whole, one a message.

use std::io;

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

pub const MASK: [u8; 4] = [0x12, 0x34, 0x56, 0x78];
pub const FINAL: u8 = 0x80;

/// The first whole frame: where its payload starts, how long it is, its mask (zeros if none).
pub fn first(bytes: &[u8]) -> Option<(usize, usize, [u8; 4])> {
    let second = *bytes.get(1)?;
    let (length, mut start) = match second & 0x7f {
        126 => (usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?)), 4),
        127 => (u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?) as usize, 10),
        short => (usize::from(short), 2),
    };
    let mut mask = [0; 4];
    if second & 0x80 != 0 {
        mask = bytes.get(start..start + 4)?.try_into().ok()?;
        start += 4;
    }
    (bytes.len() >= start + length).then_some((start, length, mask))
}

/// Writes one frame; a client's is masked.
pub fn write(out: &mut Vec<u8>, first: u8, payload: &[u8], mask: Option<[u8; 4]>) {
    let flag = if mask.is_some() { 0x80 } else { 0 };
    out.push(first);
    match payload.len() {
        length @ 0..126 => out.push(flag | length as u8),
        length @ 126..65_536 => {
            out.push(flag | 126);
            out.extend((length as u16).to_be_bytes());
        }
        length => {
            out.push(flag | 127);
            out.extend((length as u64).to_be_bytes());
        }
    }
    match mask {
        Some(mask) => {
            out.extend(mask);
            out.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, key)| byte ^ key));
        }
        None => out.extend(payload),
    }
}

/// Reads an HTTP head; gives it and what came behind it.
pub async fn read_head(stream: &mut TcpStream) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let mut buffer = Vec::new();
    loop {
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            let rest = buffer.split_off(end + 4);
            return Ok((buffer, rest));
        }
        if stream.read_buf(&mut buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}
