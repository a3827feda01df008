//! Where the records of a streamed answer end: what a client may act on before the answer does.

/// How a framework cuts its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Records {
    /// A record a line: `\n` ends it.
    Lines,
    /// Server-sent events: an empty line ends one, and lines end with `\n`, `\r\n` or `\r` (HTML, 9.2.6).
    Events,
}

impl Records {
    /// Where the last record that is whole ends in `bytes`; those before `looked` are known to have no end.
    pub fn last_end(self, bytes: &[u8], looked: usize) -> Option<usize> {
        let from = looked.saturating_sub(2).min(bytes.len());
        let fresh = &bytes[from..];
        let end = match self {
            Self::Lines => fresh.iter().rposition(|&byte| byte == b'\n').map(|at| at + 1),
            Self::Events => fresh.windows(2).rposition(|pair| matches!(pair, b"\n\n" | b"\r\r" | b"\n\r")).map(|at| {
                let end = at + 2;
                if fresh[end - 1] == b'\r' && fresh.get(end) == Some(&b'\n') { end + 1 } else { end }
            }),
        };
        end.map(|end| from + end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_whole_with_its_end() {
        assert_eq!(Records::Lines.last_end(b"a[1]\na[2]\na[", 0), Some(10));
        assert_eq!(Records::Lines.last_end(b"a[", 0), None);
        assert_eq!(Records::Lines.last_end(b"a[\n", 2), Some(3));
    }

    #[test]
    fn an_event_is_whole_with_its_empty_line() {
        for (bytes, end) in [
            (&b"data: a\n\ndata: b\n"[..], Some(9)),
            (b"data: a\r\n\r\nda", Some(11)),
            (b"data: a\r\rda", Some(9)),
            (b"data: a\n\r\nda", Some(10)),
            (b"data: a\r\ndata: b\r\n", None),
            (b":\n\n", Some(3)),
            (b"", None),
        ] {
            assert_eq!(Records::Events.last_end(bytes, 0), end, "{bytes:?}");
        }
    }

    /// However the bytes come, the same places are found.
    #[test]
    fn an_end_in_pieces_is_found() {
        for bytes in [&b"data: a\r\n\r\nb"[..], b"data: a\n\nb", b"data: a\r\rb"] {
            let mut looked = 0;
            let found = (1..=bytes.len()).find_map(|have| {
                let end = Records::Events.last_end(&bytes[..have], looked);
                looked = have;
                end
            });
            assert!(found.is_some(), "{bytes:?}");
        }
    }
}
