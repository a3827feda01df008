//! Close codes and the body of a Close frame (RFC 6455 5.5.1, 7.4).

use super::utf8::Utf8;
use super::{Side, WireError};

/// Going away: a page was left, a server stops.
pub const GOING_AWAY: u16 = 1001;
/// The peer broke the protocol.
pub const PROTOCOL_ERROR: u16 = 1002;
/// The payload is not what its type says: text that is not UTF-8.
pub const INVALID_PAYLOAD: u16 = 1007;
/// The message breaks a policy: what an attacker is told.
pub const POLICY: u16 = 1008;
/// The message is too big.
pub const TOO_BIG: u16 = 1009;
/// Try again later: too much is going on (IANA's WebSocket close codes).
pub const TRY_AGAIN: u16 = 1013;

/// Whether a peer may send this code (RFC 6455 7.4.1 and 7.4.2, and IANA's additions 1012 to 1014).
pub fn may_be_sent(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

/// Checks the unmasked body of a Close frame and gives its code, if it has one.
pub fn check(body: &[u8], sender: Side) -> Result<Option<u16>, WireError> {
    match body {
        [] => Ok(None),
        [_] => Err(WireError::protocol(sender, "Close with one byte of payload")),
        [high, low, reason @ ..] => {
            let code = u16::from_be_bytes([*high, *low]);
            if !may_be_sent(code) {
                return Err(WireError::protocol(sender, "Close with a code that may not be sent"));
            }
            let mut utf8 = Utf8::default();
            utf8.push(reason).and_then(|()| utf8.end()).map_err(|_| WireError::not_utf8(sender))?;
            Ok(Some(code))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6455 5.5.1: if there is a body, its first two bytes are a code.
    #[test]
    fn a_body_is_empty_or_starts_with_a_code() {
        assert_eq!(check(b"", Side::Client), Ok(None));
        assert_eq!(check(b"\x03\xe8bye", Side::Client), Ok(Some(1000)));
        assert_eq!(check(b"\x03", Side::Client).unwrap_err().close_code, 1002);
    }

    /// RFC 6455 7.4.2: 0-999 unused, 1004-1006 and 1015 reserved, 2999 and below undefined, 5000 and above unknown.
    #[test]
    fn only_codes_for_the_wire_are_taken() {
        for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 65535] {
            assert!(!may_be_sent(code), "{code}");
        }
        for code in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999] {
            assert!(may_be_sent(code), "{code}");
        }
    }

    #[test]
    fn the_reason_is_utf8() {
        assert_eq!(check(b"\x03\xe8\xff", Side::Server).unwrap_err().close_code, 1007);
    }
}
