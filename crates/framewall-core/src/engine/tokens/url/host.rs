//! Hosts in every notation a client accepts, and where they lead.

/// Where a host leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A name out there.
    Name,
    /// An address out there.
    Public,
    Loopback,
    LinkLocal,
    Private,
    /// The cloud's metadata service.
    Metadata,
    /// Names that only resolve inside a cluster or container host.
    Cluster,
    /// A service that records who calls, used to prove an attack.
    Collector,
    /// Some other IPv6 address.
    Version6,
}

/// A host as read.
pub(super) struct Reading {
    pub place: Place,
    /// Written in a notation that hides where it leads.
    pub disguised: bool,
    /// A host-like user stands before `@`.
    pub two_hosts: bool,
    /// Where the authority ends.
    pub end: usize,
}

impl Reading {
    pub fn is_address(&self) -> bool {
        !matches!(self.place, Place::Name | Place::Collector)
    }
}

const LONGEST: usize = 96;

/// Reads the authority at the start of `text`.
pub(super) fn read(text: &[u8]) -> Reading {
    let mut end = 0;
    let mut at_sign = None;
    let limit = text.len().min(256);
    // `a b@127.0.0.1`: lax clients let blanks stand in the user.
    let spaced = text[..limit].iter().position(|&byte| byte == b'@');
    while end < limit {
        match text[end] {
            b'/' | b'\\' | b'?' | b'#' | b'"' | b'\'' | b'<' | b'>' | b')' | b',' | b';' => break,
            byte if byte <= 0x20 && !spaced.is_some_and(|at| at > end && at - end < 4) => break,
            b'@' => at_sign = Some(end),
            _ => {}
        }
        end += 1;
    }
    let from = at_sign.map_or(0, |at| at + 1);
    let two_hosts = at_sign.is_some_and(|at| text[..at].contains(&b'.') || text[..at].contains(&b'@'))
        || text.get(end) == Some(&b'\\') && text.get(end + 1) == Some(&b'@');
    let mut host = [0u8; LONGEST];
    let (host, folded) = fold(&text[from..end], &mut host);
    let (place, odd) = place(host);
    Reading { place, disguised: odd || folded, two_hosts, end }
}

/// The host in plain lower-case ASCII, without port; and whether it was written in other letters.
fn fold<'b>(text: &[u8], into: &'b mut [u8; LONGEST]) -> (&'b [u8], bool) {
    let mut length = 0;
    let mut folded = false;
    let mut at = 0;
    while at < text.len() && length < LONGEST {
        let rest = &text[at..];
        let (byte, step) = match *rest {
            [0xE2, 0x91..=0x93, _, ..] => (enclosed(rest), 3),
            [0xE3, 0x80, 0x82, ..] => (Some(b'.'), 3),
            [0xEF, 0xBD, 0xA1, ..] => (Some(b'.'), 3),
            [0xEF, 0xBC, low @ 0x81..=0xBF, ..] => (Some(low - 0x60), 3),
            [0xEF, 0xBD, low @ 0x80..=0x9E, ..] => (Some(low - 0x20), 3),
            [byte, ..] => (Some(byte), 1),
            [] => break,
        };
        folded |= step > 1 && byte.is_some();
        if let Some(byte) = byte {
            into[length] = byte.to_ascii_lowercase();
            length += 1;
        }
        at += step;
    }
    let host = &into[..length];
    // Backslashes between letters, as in `g\o\o\g\l\e`.
    let host = if host.first() == Some(&b'[') {
        host.iter().position(|&byte| byte == b']').map_or(host, |close| &host[..=close])
    } else {
        host.iter().position(|&byte| byte == b':').map_or(host, |colon| &host[..colon])
    };
    let host = host.strip_suffix(b".").unwrap_or(host);
    (host, folded)
}

/// A circled or parenthesised letter or digit (U+2460 to U+24FF).
fn enclosed(text: &[u8]) -> Option<u8> {
    let code = (u32::from(text[0] & 0x0F) << 12) | (u32::from(text[1] & 0x3F) << 6) | u32::from(*text.get(2)? & 0x3F);
    let byte = match code {
        0x2460..=0x2468 => b'1' + (code - 0x2460) as u8,
        0x24EA | 0x24FF => b'0',
        0x24F5..=0x24FD => b'1' + (code - 0x24F5) as u8,
        0x249C..=0x24B5 => b'a' + (code - 0x249C) as u8,
        0x24B6..=0x24CF => b'a' + (code - 0x24B6) as u8,
        0x24D0..=0x24E9 => b'a' + (code - 0x24D0) as u8,
        _ => return None,
    };
    Some(byte)
}

fn place(host: &[u8]) -> (Place, bool) {
    if host.first() == Some(&b'[') {
        return version_6(host);
    }
    if let Some((address, plain)) = version_4(host) {
        return (place_4(address), !plain);
    }
    let ends = |suffix: &[u8]| {
        host.ends_with(suffix)
            && (host.len() == suffix.len() || suffix[0] == b'.' || host[host.len() - suffix.len() - 1] == b'.')
    };
    if ends(b"localhost")
        || ends(b"localhost.localdomain")
        || matches!(
            host,
            b"localhost4"
                | b"localhost6"
                | b"ip6-localhost"
                | b"ip6-loopback"
                | b"ipv6-localhost"
                | b"ipv6-loopback"
                | b"localhost4.localdomain4"
                | b"localhost6.localdomain6"
                | b"loopback"
        )
    {
        return (Place::Loopback, false);
    }
    if ends(b"localtest.me")
        || ends(b"lvh.me")
        || ends(b"vcap.me")
        || ends(b"lacolhost.com")
        || ends(b"yoogle.com")
        || ends(b"fbi.com.localhost")
    {
        return (Place::Loopback, true);
    }
    if ends(b"metadata.google.internal")
        || ends(b"metadata.packet.net")
        || ends(b"metadata.tencentyun.com")
        || matches!(host, b"instance-data" | b"metadata" | b"metadata.platformequinix.com")
        || ends(b"instance-data.ec2.internal")
    {
        return (Place::Metadata, false);
    }
    if ends(b"svc.cluster.local")
        || ends(b"cluster.local")
        || ends(b"default.svc")
        || ends(b"docker.internal")
        || ends(b"containers.internal")
        || ends(b"kubernetes.default")
        || ends(b"lima.internal")
    {
        return (Place::Cluster, false);
    }
    if [
        &b"burpcollaborator.net"[..],
        b"oastify.com",
        b"interact.sh",
        b"oast.fun",
        b"oast.pro",
        b"oast.live",
        b"oast.me",
        b"oast.site",
        b"oast.online",
        b"dnslog.cn",
        b"ceye.io",
        b"webhook.site",
        b"requestbin.net",
        b"pipedream.net",
        b"canarytokens.com",
        b"bxss.me",
        b"xss.ht",
        b"interactsh-server",
    ]
    .iter()
    .any(|suffix| ends(suffix))
    {
        return (Place::Collector, false);
    }
    // Names that answer with the address written in them.
    for suffix in [&b".nip.io"[..], b".sslip.io", b".xip.io", b".1u.ms", b".rbndr.us"] {
        if let Some(name) = host.strip_suffix(suffix) {
            let dashes = name.rsplit(|&byte| byte == b'.').next().unwrap_or(b"");
            if let Some(address) =
                embedded(name, b'.').or_else(|| embedded(dashes, b'-')).or_else(|| hexadecimal(dashes))
            {
                return (place_4(address), true);
            }
        }
    }
    (Place::Name, false)
}

/// The last four numbers of a name.
fn embedded(name: &[u8], separator: u8) -> Option<u32> {
    let mut parts = name.rsplit(|&byte| byte == separator);
    let mut address = 0u32;
    for shift in [0, 8, 16, 24] {
        let part: u32 = std::str::from_utf8(parts.next()?).ok()?.parse().ok().filter(|value| *value < 256)?;
        address |= part << shift;
    }
    Some(address)
}

fn hexadecimal(name: &[u8]) -> Option<u32> {
    (name.len() == 8).then(|| u32::from_str_radix(std::str::from_utf8(name).ok()?, 16).ok()).flatten()
}

/// An IPv4 address in any notation (one to four parts, decimal, octal or hexadecimal), and whether it was the plain one.
fn version_4(host: &[u8]) -> Option<(u32, bool)> {
    if host.is_empty() || !host[0].is_ascii_digit() || host.len() > 64 {
        return None;
    }
    let mut values = [0u64; 4];
    let mut count = 0;
    let mut plain = true;
    for part in host.split(|&byte| byte == b'.') {
        if count == 4 || part.is_empty() {
            return None;
        }
        let (digits, radix) = match part {
            [b'0', b'x', digits @ ..] => (digits, 16),
            [b'0', digits @ ..] if !digits.is_empty() => (digits, 8),
            digits => (digits, 10),
        };
        plain &= radix == 10;
        let mut value = 0u64;
        for &digit in digits {
            value = (value * u64::from(radix) + u64::from(char::from(digit).to_digit(radix)?)) & 0xFF_FFFF_FFFF;
        }
        values[count] = value;
        count += 1;
    }
    plain &= count == 4;
    let last = values[count - 1];
    if values[..count - 1].iter().any(|value| *value > 255) || plain && last > 255 {
        return None;
    }
    // A lone small number is a port or an id, not an address.
    if count == 1 && last < 1 << 24 && host[0] != b'0' {
        return None;
    }
    let mut address = 0u64;
    for (index, value) in values[..count - 1].iter().enumerate() {
        address |= value << (24 - 8 * index);
    }
    Some(((address | last) as u32, plain))
}

fn place_4(address: u32) -> Place {
    let [a, b, c, d] = address.to_be_bytes();
    match (a, b, c, d) {
        (169, 254, 169, 254) | (169, 254, 170, 2) | (100, 100, 100, 200) | (192, 0, 0, 192) | (168, 63, 129, 16) => {
            Place::Metadata
        }
        (127, ..) | (0, ..) => Place::Loopback,
        (169, 254, ..) => Place::LinkLocal,
        (10, ..) | (192, 168, ..) | (172, 16..=31, ..) | (100, 64..=127, ..) => Place::Private,
        _ => Place::Public,
    }
}

fn version_6(host: &[u8]) -> (Place, bool) {
    let inner = host.strip_prefix(b"[").unwrap_or(host);
    let inner = inner.strip_suffix(b"]").unwrap_or(inner);
    let (inner, zone) = inner.iter().position(|&byte| byte == b'%').map_or((inner, false), |at| (&inner[..at], true));
    let Some(address) = std::str::from_utf8(inner).ok().and_then(|text| text.parse::<std::net::Ipv6Addr>().ok()) else {
        return (if zone { Place::LinkLocal } else { Place::Name }, false);
    };
    let segments = address.segments();
    let low = (u32::from(segments[6]) << 16) | u32::from(segments[7]);
    match segments {
        [0xfd00, 0x0ec2, .., 0x0254] => (Place::Metadata, false),
        // Mapped, compatible, translated: an IPv4 address inside.
        [0, 0, 0, 0, 0, 0xffff, ..] | [0, 0, 0, 0, 0xffff, 0, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => {
            (place_4(low), true)
        }
        [0, 0, 0, 0, 0, 0, ..] if low <= 1 => (Place::Loopback, false),
        [0, 0, 0, 0, 0, 0, ..] => (place_4(low), true),
        [0xfe80..=0xfebf, ..] => (Place::LinkLocal, false),
        [0xfc00..=0xfdff, ..] => (Place::Private, false),
        _ => (Place::Version6, false),
    }
}
