"""Every cap: its name, its default, and what reaching it means. Reaching one is a finding, never silent.

The first table is the core's own (``crates/framewall-core/src/limits.rs``), the second the relay's
(``crates/framewall-proxy/src/limits.rs``); a test holds them together.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """A named cap. ``default`` is in the unit that the name says."""

    name: str
    default: int
    outcome: str


MESSAGE_BYTES = Limit("message_bytes", 4 << 20, "Close 1009; nothing of the message is forwarded")
MESSAGE_FRAMES = Limit("message_frames", 65_536, "Close 1009; nothing of the message is forwarded")
FORMAT_DEPTH = Limit("format_depth", 64, "data_bomb finding; the rest is scanned raw")
FORMAT_NODES = Limit("format_nodes", 100_000, "data_bomb finding; the rest is scanned raw")
DECODED_BYTES = Limit("decoded_bytes", 16 << 20, "data_bomb finding; decoding stops")
DECODE_LAYERS = Limit("decode_layers", 8, "data_bomb finding; deeper layers are not opened")
LEAF_FANOUT = Limit("leaf_fanout", 32, "data_bomb finding; further views are not made")
SCAN_WORK = Limit("scan_work", 192 << 20, "data_bomb finding; the rest is not scanned")
SCREEN_BYTES = Limit("screen_bytes", 16 << 10, "The message is judged by the inspector threads")
SCREEN_WORK = Limit("screen_work", 512 << 10, "The message is judged by the inspector threads")

CORE = (
    MESSAGE_BYTES,
    MESSAGE_FRAMES,
    FORMAT_DEPTH,
    FORMAT_NODES,
    DECODED_BYTES,
    DECODE_LAYERS,
    LEAF_FANOUT,
    SCAN_WORK,
    SCREEN_BYTES,
    SCREEN_WORK,
)

CONNECTIONS = Limit("connections", 16_384, "A new connection is answered 503 and closed")
CLIENT_CONNECTIONS = Limit("client_connections", 4_096, "A new connection is answered 503 and closed")
HEADERS = Limit("headers", 100, "431, and the connection is closed")
HEAD_BYTES = Limit("head_bytes", 32 << 10, "431, and the connection is closed")
HEAD_SECONDS = Limit("head_seconds", 60, "The connection is closed")
DRAIN_SECONDS = Limit("drain_seconds", 5, "What is left is cut off")
MEMORY_BYTES = Limit(
    "memory_bytes",
    512 << 20,
    "Whoever would hold more than 64 KiB is ended: Close 1013, 503; data_bomb finding",
)
CONNECT_SECONDS = Limit("connect_seconds", 5, "The next server of the group, or 504")
ANSWER_SECONDS = Limit("answer_seconds", 60, "504")
STALL_SECONDS = Limit("stall_seconds", 60, "The connection is closed")
BODY_BYTES = Limit("body_bytes", 1 << 20, "protocol finding; 413 for a request, 502 for an answer")
INSPECT_MS = Limit("inspect_ms", 5_000, "What the route's fail says: closed refuses, open passes; counted")
HELD_BYTES = Limit("held_bytes", 1 << 20, "Nothing more is read from the sender until some have theirs")
PENDING_BYTES = Limit("pending_bytes", 256 << 10, "Nothing more is read from the sender until the peer reads")
MESSAGE_SECONDS = Limit("message_seconds", 60, "Close 1008, protocol finding")
IDLE_SECONDS = Limit("idle_seconds", 3_600, "Close 1001 to both")
CLOSE_SECONDS = Limit("close_seconds", 10, "Both connections are cut off")

RELAY = (
    CONNECTIONS,
    CLIENT_CONNECTIONS,
    HEADERS,
    HEAD_BYTES,
    HEAD_SECONDS,
    DRAIN_SECONDS,
    MEMORY_BYTES,
    CONNECT_SECONDS,
    ANSWER_SECONDS,
    STALL_SECONDS,
    BODY_BYTES,
    INSPECT_MS,
    HELD_BYTES,
    PENDING_BYTES,
    MESSAGE_SECONDS,
    IDLE_SECONDS,
    CLOSE_SECONDS,
)

ATTACHMENTS = Limit("attachments", 64, "data_bomb finding; the packet is refused")
PAYLOAD_PACKETS = Limit("payload_packets", 1_000, "data_bomb finding; the rest is scanned raw")
NAMESPACES = Limit("namespaces", 64, "A refusal is not told to further ones; their client may come back")
RECORD_BYTES = Limit("record_bytes", 4 << 20, "data_bomb finding; the record begun is forgotten")
FRAME_HEADERS = Limit("frame_headers", 200, "data_bomb finding; the frame is refused")
CURIE_PREFIXES = Limit("curie_prefixes", 1_000, "data_bomb finding; the prefix is not remembered")
OPEN_CALLS = Limit(
    "open_calls", 1_000, "The oldest is forgotten; what still comes for it is shown without its name"
)
SESSIONS = Limit("sessions", 100_000, "The session idle longest is forgotten; it may return, unproven")
SESSION_IDLE_SECONDS = Limit("session_idle_seconds", 600, "An HTTP session idle this long is forgotten")
SESSION_REQUESTS = Limit("session_requests", 16, "At a block, older ones wait for their server's answer")
WINDOW_TEXTS = Limit("window_texts", 32, "Older texts of a field are not put together with it any more")
WINDOW_BYTES = Limit("window_bytes", 512, "The same, by their bytes")
WINDOW_FIELDS = Limit(
    "window_fields", 64, "The field used longest ago is forgotten; a message's further ones too"
)
WINDOW_PART_BYTES = Limit(
    "window_part_bytes", 16 << 10, "A longer text or document is judged by itself alone"
)
GRAYLIST_CLIENTS = Limit("graylist_clients", 100_000, "The client whose entry ends first is taken off")
BANNED_CLIENTS = Limit("banned_clients", 100_000, "The client whose ban ends first is let in again")
EVENT_BYTES = Limit("event_bytes", 64 << 10, "The request shown in an event is cut, and says so")
EVENT_FINDINGS = Limit("event_findings", 100, "An event keeps this many findings, strongest first")
EVENT_QUEUE = Limit(
    "event_queue", 10_000, "Events that come while this many wait for the disk are dropped and counted"
)
EVENT_QUEUE_BYTES = Limit("event_queue_bytes", 64 << 20, "The same, by the bytes of their requests")
EVENTS_KEEP_DAYS = Limit("events_keep_days", 90, "Older events are deleted from an SQLite store")
EVENTS_MAX_BYTES = Limit("events_max_bytes", 16 << 30, "The oldest events of an SQLite store are deleted")
EVENT_VALUES = Limit(
    "event_values", 200, "Numbers over time keep so many sources, events, paths and fields apart, the largest"
)
NEARBY_MESSAGES = Limit("nearby_messages", 5, "An event keeps so many messages before it, and after it")
NEARBY_BYTES = Limit("nearby_bytes", 512, "The rest of a message near an event is not kept")
LIVE_CHANGES = Limit("live_changes", 10_000, "A further ban, exception or switch is refused, and says so")
LIVE_RULES_BYTES = Limit("live_rules_bytes", 1 << 20, "A further rule written live is refused, and says so")
AUDIT_ENTRIES = Limit("audit_entries", 100_000, "The oldest entry of the audit log is forgotten")
CONTROL_CONNECTIONS = Limit(
    "control_connections", 8, "A further one to the control socket is told to come back"
)
CONTROL_BYTES = Limit("control_bytes", 64 << 10, "A longer request to the control socket is refused")
CONTROL_SECONDS = Limit("control_seconds", 10, "A slower request to the control socket is cut off")

CONSOLE_BODY_BYTES = Limit("console_body_bytes", 1 << 20, "413 from the console")
CONSOLE_SIGN_IN_TRIES = Limit(
    "console_sign_in_tries", 5, "Each further wrong password doubles the wait before the next try: 429"
)
CONSOLE_SIGN_IN_WAIT_SECONDS = Limit(
    "console_sign_in_wait_seconds", 900, "The wait grows no longer; failures this old are forgotten"
)
CONSOLE_SIGNED_IN = Limit("console_signed_in", 1_000, "Whoever was away longest is signed out")
CONSOLE_IDLE_SECONDS = Limit("console_idle_seconds", 12 * 3_600, "Whoever was away this long is signed out")
CONSOLE_TAILS = Limit("console_tails", 32, "A further live tail is answered 503")
CONSOLE_EXPORT_EVENTS = Limit("console_export_events", 100_000, "An export ends there, the newest first")

CONSOLE = (
    CONSOLE_BODY_BYTES,
    CONSOLE_SIGN_IN_TRIES,
    CONSOLE_SIGN_IN_WAIT_SECONDS,
    CONSOLE_SIGNED_IN,
    CONSOLE_IDLE_SECONDS,
    CONSOLE_TAILS,
    CONSOLE_EXPORT_EVENTS,
)

ALL = (
    *CORE,
    *RELAY,
    ATTACHMENTS,
    PAYLOAD_PACKETS,
    NAMESPACES,
    RECORD_BYTES,
    FRAME_HEADERS,
    CURIE_PREFIXES,
    OPEN_CALLS,
    SESSIONS,
    SESSION_IDLE_SECONDS,
    SESSION_REQUESTS,
    WINDOW_TEXTS,
    WINDOW_BYTES,
    WINDOW_FIELDS,
    WINDOW_PART_BYTES,
    GRAYLIST_CLIENTS,
    BANNED_CLIENTS,
    EVENT_BYTES,
    EVENT_FINDINGS,
    EVENT_QUEUE,
    EVENT_QUEUE_BYTES,
    EVENTS_KEEP_DAYS,
    EVENTS_MAX_BYTES,
    EVENT_VALUES,
    NEARBY_MESSAGES,
    NEARBY_BYTES,
    LIVE_CHANGES,
    LIVE_RULES_BYTES,
    AUDIT_ENTRIES,
    CONTROL_CONNECTIONS,
    CONTROL_BYTES,
    CONTROL_SECONDS,
    *CONSOLE,
)
BY_NAME = {limit.name: limit for limit in ALL}


@dataclass(frozen=True, slots=True)
class Limits:
    """One route's values: the defaults, and what its configuration sets otherwise."""

    set: tuple[tuple[str, int], ...] = ()

    def __getitem__(self, limit: Limit) -> int:
        """The value in force."""
        for name, value in self.set:
            if name == limit.name:
                return value
        return limit.default
