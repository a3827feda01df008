//! What every walker owes whatever it is given: no panic, bounded work, spans inside, the path put back, all told.

use std::ops::{ControlFlow, Range};
use std::time::Duration;

use framewall_core::formats::{self, Anomaly, Budget, Container, Format, Kind, Leaf, Outcome, Path, Role, Sink, sniff};
use proptest::prelude::*;

mod clock;

use clock::spent;

/// Bytes at which quadratic work takes minutes, and linear work far less of a thread's time than [`SOON`].
const LONG: usize = 1 << 18;
const SOON: Duration = Duration::from_millis(800);

/// Counts what it is told and holds it to the rules.
#[derive(Default)]
struct Judge {
    length: usize,
    leaves: usize,
    open: i64,
    stop_after: Option<usize>,
    stopped: bool,
}

impl Judge {
    fn tick(&mut self) -> ControlFlow<()> {
        assert!(!self.stopped, "told something after it broke off");
        self.leaves += 1;
        if self.stop_after.is_some_and(|most| self.leaves > most) {
            self.stopped = true;
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    fn holds(&self, span: &Range<usize>) {
        assert!(span.start <= span.end && span.end <= self.length, "{span:?} of {}", self.length);
    }
}

impl Sink for Judge {
    fn leaf(&mut self, leaf: Leaf<'_>) -> ControlFlow<()> {
        self.holds(&leaf.span);
        self.tick()
    }

    fn anomaly(&mut self, _path: &Path, _anomaly: Anomaly, span: Range<usize>) -> ControlFlow<()> {
        self.holds(&span);
        assert!(!self.stopped, "told something after it broke off");
        ControlFlow::Continue(())
    }

    fn enter(&mut self, _path: &Path, _kind: Container) -> ControlFlow<()> {
        self.open += 1;
        self.tick()
    }

    fn exit(&mut self, _path: &Path, _kind: Container, span: Range<usize>) -> ControlFlow<()> {
        self.holds(&span);
        self.open -= 1;
        assert!(self.open >= 0, "closed more than it opened");
        assert!(!self.stopped, "told something after it broke off");
        ControlFlow::Continue(())
    }
}

fn judge(format: &dyn Format, bytes: &[u8], nodes: u32, stop_after: Option<usize>) -> Outcome {
    let mut judge = Judge { length: bytes.len(), stop_after, ..Judge::default() };
    let mut path = Path::new();
    path.push_key(b"outer");
    let before = path.clone();
    let outcome = format.walk(bytes, &mut path, &mut Budget { nodes, ..Budget::default() }, &mut judge);
    assert_eq!(path, before, "{}: the path was not put back", format.name());
    assert!(judge.leaves <= nodes as usize + 1, "{}: {} for {nodes} nodes", format.name(), judge.leaves);
    assert_eq!(outcome == Outcome::Stopped, judge.stopped, "{}", format.name());
    match outcome {
        Outcome::Complete { consumed } => {
            assert!(consumed <= bytes.len(), "{}", format.name());
            assert_eq!(judge.open, 0, "{}: containers left open", format.name());
        }
        Outcome::Invalid { at, .. } => assert!(at <= bytes.len(), "{}", format.name()),
        _ => {}
    }
    outcome
}

/// Bytes in which the marks of text and binary formats are common.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let marks = prop::sample::select(b"{}[]\"':,;=&<>/!?-#|>*%.()\\ \n\r\tau019eE_x@$~".to_vec());
    let binary = prop_oneof![any::<u8>(), Just(0u8), Just(0x80), Just(0xFF), 0u8..16];
    let words = prop::sample::select(vec![
        &b"<!DOCTYPE"[..],
        b"<![CDATA[",
        b"-->",
        b"]]>",
        b"\r\n--X",
        b"--X--",
        b"Content-Type: multipart/mixed; boundary=X\r\n\r\n",
        b"filename*=",
        b"---\n",
        b"!!python/",
        b"\\u003c",
        b"\\ud83d",
        b"%3C",
        b"eyJhIjoxfQ.",
        b"[$",
        b"#l",
        b":)\n",
        b"Obj\x01",
        b"\xE0\x01\x00\xEA",
        b"null",
        b"true",
        b"NaN",
        b"/*",
        b"*/",
        b"//",
        b"&#x3c;",
        b"key: ",
        b"- ",
    ]);
    let piece = prop_oneof![
        4 => marks.prop_map(|byte| vec![byte]),
        2 => binary.prop_map(|byte| vec![byte]),
        1 => words.prop_map(<[u8]>::to_vec),
    ];
    prop::collection::vec(piece, 0..120).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_walked_within_the_rules(bytes in soup(), stop in prop::option::of(0usize..20)) {
        for &format in formats::ALL {
            judge(format, &bytes, 2000, stop);
        }
    }

    #[test]
    fn a_piece_repeated_costs_linear_time(head in soup(), piece in soup()) {
        prop_assume!(!piece.is_empty());
        let mut bytes = head[..head.len().min(16)].to_vec();
        bytes.extend(piece[..piece.len().min(12)].iter().cycle().take(LONG));
        for &format in formats::ALL {
            let mut tries = (0..4).map(|_| {
                let start = spent();
                format.sniff(&bytes);
                judge(format, &bytes, Budget::default().nodes, None);
                spent() - start
            });
            let soon = tries.any(|took| took < SOON);
            prop_assert!(soon, "{} takes long for {:?}", format.name(), &bytes[..64].escape_ascii().to_string());
        }
    }

    #[test]
    fn who_wants_no_scalars_is_told_all_the_rest(bytes in soup()) {
        for &format in formats::ALL {
            let (all, few) = (told(format, &bytes, true), told(format, &bytes, false));
            let rest: Vec<_> = all.into_iter().filter(|(_, kind, bytes)| !is_scalar(*kind, bytes)).collect();
            let few: Vec<_> = few.into_iter().filter(|(_, kind, bytes)| !is_scalar(*kind, bytes)).collect();
            prop_assert_eq!(&rest, &few, "{}", format.name());
        }
    }

    #[test]
    fn any_bytes_have_readings_and_a_hint_leads(bytes in soup(), place in 0..formats::ALL.len()) {
        let hint = formats::ALL[place].name();
        let hinted: Vec<_> = sniff::readings(&bytes, hint).iter().map(|format| format.name()).collect();
        prop_assert_eq!(hinted[0], hint);
        for format in sniff::readings(&bytes, "auto").iter() {
            prop_assert!(hinted.contains(&format.name()));
        }
    }

    #[test]
    fn json_of_any_value_is_read_whole(value in json_value()) {
        let text = value.to_string();
        let json = formats::by_name("json").unwrap();
        prop_assert_eq!(judge_leaves(json, text.as_bytes()), leaves(&value));
    }
}

type Told = (Role, Kind, Vec<u8>);

/// What a walk tells, with numbers, truth values and nulls or without.
fn told(format: &dyn Format, bytes: &[u8], scalars: bool) -> Vec<Told> {
    struct Listing(Vec<Told>, bool);

    impl Sink for Listing {
        fn wants_scalars(&self) -> bool {
            self.1
        }

        fn leaf(&mut self, leaf: Leaf<'_>) -> ControlFlow<()> {
            self.0.push((leaf.role, leaf.kind, leaf.bytes.to_vec()));
            ControlFlow::Continue(())
        }

        fn anomaly(&mut self, _path: &Path, _anomaly: Anomaly, _span: Range<usize>) -> ControlFlow<()> {
            ControlFlow::Continue(())
        }
    }

    let mut listing = Listing(Vec::new(), scalars);
    format.walk(bytes, &mut Path::new(), &mut Budget::default(), &mut listing);
    listing.0
}

/// Whether it need not be told to who wants no scalars: a number that is nothing else, a truth value, a null.
fn is_scalar(kind: Kind, bytes: &[u8]) -> bool {
    match kind {
        Kind::Bool | Kind::Null => true,
        Kind::Number => bytes.iter().all(|byte| byte.is_ascii_digit() || b".-+eE".contains(byte)),
        _ => false,
    }
}

/// All text that a value holds, keys first.
fn leaves(value: &serde_json::Value) -> Vec<Vec<u8>> {
    match value {
        serde_json::Value::Object(map) => {
            map.iter().flat_map(|(key, value)| std::iter::once(key.clone().into_bytes()).chain(leaves(value))).collect()
        }
        serde_json::Value::Array(list) => list.iter().flat_map(leaves).collect(),
        serde_json::Value::String(text) => vec![text.clone().into_bytes()],
        other => vec![other.to_string().into_bytes()],
    }
}

#[derive(Default)]
struct Texts(Vec<Vec<u8>>);

impl Sink for Texts {
    fn leaf(&mut self, leaf: Leaf<'_>) -> ControlFlow<()> {
        self.0.push(leaf.bytes.to_vec());
        ControlFlow::Continue(())
    }

    fn anomaly(&mut self, _path: &Path, anomaly: Anomaly, _span: Range<usize>) -> ControlFlow<()> {
        panic!("{anomaly:?}");
    }
}

fn judge_leaves(format: &dyn Format, bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut texts = Texts::default();
    let outcome = format.walk(bytes, &mut Path::new(), &mut Budget::default(), &mut texts);
    assert_eq!(outcome, Outcome::Complete { consumed: bytes.len() });
    texts.0
}

fn json_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Into::into),
            prop::collection::vec((any::<String>(), inner), 0..8)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}
