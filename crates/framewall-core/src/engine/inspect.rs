//! One message: parts → readings → leaves → views → rules, everything charged to one budget.

use std::ops::{ControlFlow, Range};

use super::belief::{
    LOOSE, SURE, TEXTS, echoes, exclaims, is_solid, is_text, is_undone, means_depth, plain_number, strict,
};
use super::compile::Engine;
use super::glob;
use super::scan::{BYTES_SHARE, Fresh, NODES_SHARE, Place, Scan, UNBOUNDED, is_noise, more};
use super::settings::{Schema, Settings};
use super::views::magic;
use super::{Attack, Part, Report, Scratch};
use crate::formats::{self, Anomaly, Budget, Format, Kind, Leaf, Outcome, Path, Role, Segment, Sink};
use crate::limits;

/// Keys, values and containers that a guessed reading may show.
const GUESS_NODES: u32 = 4096;
/// From this length on, the start of a text says little of the rest.
const LONG: usize = 4096;
/// Work of walking one byte.
const WALKING: u64 = 6;

/// At the end of a hint: the server itself has chosen the format, so a message that is whole in it is nothing else.
const SETTLED: char = '!';

/// How far a reading is believed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Faith {
    /// At its word.
    Sure,
    /// Its leaves count, its limits do not.
    Guess,
    /// A guess beside a sure reading that explains every byte: only leaves that are text count, or packed.
    Rival,
}

/// A document still to be read: a part, or something found inside a leaf.
pub(super) struct Document {
    pub bytes: Vec<u8>,
    pub hint: &'static str,
    pub part: usize,
    pub path: Path,
    pub role: Role,
    pub chain: Vec<&'static str>,
    /// Whether the bytes have been scanned as text already.
    pub scanned: bool,
    /// Whether a view made it that makes nothing but texts.
    pub of_text: bool,
    /// Whether spans are offsets into the part.
    pub whole: bool,
}

impl Engine {
    /// Judges one message. `scratch` is any thread's own; the report is all that is kept.
    pub fn inspect(&self, parts: &[Part<'_>], settings: &Settings, scratch: &mut Scratch) -> Report {
        judge(parts, settings, Scan::new(self, settings, scratch))
    }
}

/// Reads every part, and every document found in it.
pub(super) fn judge(parts: &[Part<'_>], settings: &Settings, scan: Scan<'_>) -> Report {
    let mut look = Look::new(settings, scan);
    for part in parts {
        look.part(part);
    }
    look.scan.report()
}

/// One message being judged, a part at a time.
pub(crate) struct Look<'a> {
    scan: Scan<'a>,
    budget: Budget,
    parts: usize,
}

impl<'a> Look<'a> {
    fn new(settings: &Settings, scan: Scan<'a>) -> Look<'a> {
        let plain = settings.plain;
        let budget = Budget {
            depth: settings.depth,
            nodes: if plain { u32::MAX } else { settings.nodes },
            bytes: if plain { UNBOUNDED } else { settings.decoded_bytes },
            layers: settings.layers,
            fanout: settings.fanout,
        };
        Look { scan, budget, parts: 0 }
    }

    /// A look that may cost this much work, and ends at the first thing found.
    pub fn brief(engine: &'a Engine, settings: &'a Settings, scratch: &'a mut Scratch, work: u64) -> Look<'a> {
        let mut look = Look::new(settings, Scan::new(engine, settings, scratch));
        look.scan.shorten(work);
        look
    }

    /// Judges one more part, and every document found in it.
    pub fn part(&mut self, part: &Part<'_>) {
        let (scan, budget) = (&mut self.scan, &mut self.budget);
        scan.part(part.bytes.len());
        let nodes = more(u64::from(scan.settings().nodes), NODES_SHARE, part.bytes.len());
        budget.nodes = budget.nodes.saturating_add(u32::try_from(nodes).unwrap_or(u32::MAX));
        budget.bytes += more(scan.settings().decoded_bytes, BYTES_SHARE, part.bytes.len());
        let root =
            Root { part: self.parts, role: part.role, chain: Vec::new(), scanned: false, of_text: false, whole: true };
        read(part.bytes, part.hint, Path::new(), root, budget, scan);
        while let Some(document) = scan.next() {
            let Document { bytes, hint, part, path, role, chain, scanned, of_text, whole } = document;
            read(&bytes, hint, path, Root { part, role, chain, scanned, of_text, whole }, budget, scan);
        }
        scan.settle(self.parts);
        self.parts += 1;
    }

    /// Whether everything was read, and nothing found.
    pub fn is_clean(&self) -> bool {
        self.scan.is_clean()
    }
}

/// What is known of a document before it is read.
struct Root {
    part: usize,
    role: Role,
    chain: Vec<&'static str>,
    scanned: bool,
    of_text: bool,
    whole: bool,
}

fn read(bytes: &[u8], hint: &str, mut path: Path, root: Root, budget: &mut Budget, scan: &mut Scan<'_>) {
    if let Some(Schema(format)) = scan.settings().schema(hint).cloned() {
        let place = Place { part: root.part, path: &path, role: root.role, span: None, chain: &root.chain };
        if scan.work(WALKING * bytes.len() as u64, &place).is_some() && is_whole(&*format, bytes, budget) {
            walk(&*format, bytes, &mut path, &root, Faith::Sure, budget, scan);
        }
    }
    let (hint, settled) = hint.strip_suffix(SETTLED).map_or((hint, false), |hint| (hint, true));
    let mut covered = root.scanned;
    let mut explained = false;
    let noise = root.scanned && is_noise(bytes);
    for (format, likelihood) in formats::sniff::readings(bytes, hint).ranked() {
        let name = format.name();
        let sure = likelihood >= SURE;
        if name == "text"
            || noise && LOOSE.contains(&name)
            || root.of_text && !TEXTS.contains(&name)
            || scan.settings().plain && !sure
            || is_undone(name, &root.chain, bytes)
            || !sure && echoes(name, bytes)
        {
            continue;
        }
        if scan
            .work(
                WALKING * bytes.len() as u64,
                &Place { part: root.part, path: &path, role: root.role, span: None, chain: &root.chain },
            )
            .is_none()
        {
            break;
        }
        let complete = if sure {
            walk(format, bytes, &mut path, &root, Faith::Sure, budget, scan)
        } else {
            // A guess may be wrong: what it costs is not held against the message.
            let mut guess = Budget { nodes: budget.nodes.min(GUESS_NODES), ..budget.clone() };
            let faith = if explained { Faith::Rival } else { Faith::Guess };
            walk(format, bytes, &mut path, &root, faith, &mut guess, scan)
        };
        let whole = complete && hint != "text" && strict(format.name(), bytes);
        if whole && settled && format.name() == hint {
            return;
        }
        // A guess covers nothing: a back end may take the bytes for something else, such as the gzip that they are.
        let meant = || if format.name() == hint { format.sniff(bytes) >= SURE } else { sure };
        let explains = whole && meant();
        covered |= explains;
        explained |= explains && format.name() != "json";
    }
    if !covered {
        let place =
            Place { part: root.part, path: &path, role: root.role, span: Some(0..bytes.len()), chain: &root.chain };
        scan.leaf(bytes, place, Fresh::No);
    }
}

/// Whether these bytes are one document of this format and nothing else.
fn is_whole(format: &dyn Format, bytes: &[u8], budget: &Budget) -> bool {
    struct Nobody;
    impl Sink for Nobody {
        fn leaf(&mut self, _: Leaf<'_>) -> ControlFlow<()> {
            ControlFlow::Continue(())
        }
        fn anomaly(&mut self, _: &Path, _: Anomaly, _: Range<usize>) -> ControlFlow<()> {
            ControlFlow::Continue(())
        }
    }
    let outcome = format.walk(bytes, &mut Path::new(), &mut budget.clone(), &mut Nobody);
    outcome == Outcome::Complete { consumed: bytes.len() }
}

/// Walks documents until the bytes are used up or one fails; whether the first was all there is.
fn walk(
    format: &dyn Format,
    bytes: &[u8],
    path: &mut Path,
    root: &Root,
    faith: Faith,
    budget: &mut Budget,
    scan: &mut Scan<'_>,
) -> bool {
    let outermost = [format.name()];
    let chain = if root.chain.is_empty() { Vec::new() } else { [&root.chain[..], &outermost].concat() };
    let chain = if chain.is_empty() { &outermost } else { &chain[..] };
    let mut start = 0;
    let mut first = true;
    loop {
        let rest = &bytes[start..];
        let mut sink = Walked { scan, root, chain, bytes: rest, base: start, faith, odd: false, prefixes: None };
        let outcome = format.walk(rest, path, budget, &mut sink);
        first &= !sink.odd;
        match outcome {
            Outcome::Complete { consumed } => {
                start += consumed;
                let blank = bytes[start..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                start += blank;
                if start >= bytes.len() {
                    return first;
                }
                first = false;
                if consumed == 0 {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

/// Takes leaves from a walker and has them scanned at once.
struct Walked<'s, 'a> {
    scan: &'s mut Scan<'a>,
    root: &'s Root,
    chain: &'s [&'static str],
    bytes: &'s [u8],
    base: usize,
    faith: Faith,
    /// Whether something was read that a strict parser refuses.
    odd: bool,
    /// Whether the document gives YAML's tags a prefix; None until somebody asks.
    prefixes: Option<bool>,
}

impl Walked<'_, '_> {
    /// `%TAG !! tag:yaml.org,2002:python/`
    fn gives_prefixes(&mut self) -> bool {
        let bytes = self.bytes;
        *self.prefixes.get_or_insert_with(|| memchr::memmem::find(bytes, b"%TAG").is_some())
    }

    fn is_sure(&self) -> bool {
        self.faith == Faith::Sure
    }

    /// Whether a leaf is nothing but where a rival reading happened to cut the other one's document.
    fn is_debris(&self, leaf: &[u8]) -> bool {
        self.faith == Faith::Rival && !is_text(leaf) && !magic(leaf)
    }

    /// Where that is in the part, unless the document was decoded from something in it.
    fn span(&self, span: Range<usize>) -> Option<Range<usize>> {
        (self.root.whole && self.chain.len() == 1).then(|| self.base + span.start..self.base + span.end)
    }

    /// Whether this is a long rest of a text that is read as a whole too, in every view. What a view made of a leaf and
    /// looks like JSON is not.
    fn is_rest(&self, leaf: &Leaf<'_>) -> bool {
        let viewed = self.root.scanned && self.root.chain.last().is_some_and(|last| formats::by_name(last).is_none());
        leaf.kind == Kind::Raw && leaf.bytes.len() > LONG && !viewed && std::str::from_utf8(leaf.bytes).is_ok()
    }

    /// Whether reaching this limit says something of the message.
    fn counts(&self, limit: limits::Limit) -> bool {
        let format = self.chain.last().unwrap_or(&"");
        let meant = self.is_sure() || limit == limits::FORMAT_DEPTH && means_depth(format, self.bytes);
        meant && (is_solid(self.chain) || is_text(self.bytes))
    }
}

impl Sink for Walked<'_, '_> {
    fn wants_scalars(&self) -> bool {
        false
    }

    fn leaf(&mut self, leaf: Leaf<'_>) -> ControlFlow<()> {
        match leaf.kind {
            Kind::Bool | Kind::Null => return ControlFlow::Continue(()),
            Kind::Number if plain_number(leaf.bytes) => return ControlFlow::Continue(()),
            Kind::Number => self.odd = true,
            _ if leaf.bytes.is_empty() || self.is_debris(leaf.bytes) => return ControlFlow::Continue(()),
            _ => {}
        }
        if self.is_rest(&leaf) {
            return self.scan.flow();
        }
        let span = self.span(leaf.span.clone());
        let place = Place { part: self.root.part, path: leaf.path, role: leaf.role, span, chain: self.chain };
        let fresh = match leaf.kind {
            Kind::Raw => Fresh::No,
            // `!!!1` is a tag of YAML that reads as itself for ever.
            _ if leaf.bytes == self.bytes => Fresh::No,
            _ if self.is_sure() => Fresh::Yes,
            _ => Fresh::Likely,
        };
        if leaf.role == Role::Key {
            self.scan.key(leaf.bytes, &place);
            if leaf.bytes == b"prototype" && parent(leaf.path) == Some(b"constructor") {
                self.scan.leaf(b"constructor.prototype", place.clone(), Fresh::No);
            }
        }
        self.scan.leaf(leaf.bytes, place, fresh);
        self.scan.flow()
    }

    fn anomaly(&mut self, path: &Path, anomaly: Anomaly, span: Range<usize>) -> ControlFlow<()> {
        if matches!(anomaly, Anomaly::Structure("tag"))
            && self.bytes.get(span.clone()).is_some_and(exclaims)
            && !self.gives_prefixes()
        {
            return self.scan.flow();
        }
        let (part, span) = (self.root.part, self.span(span));
        let place = Place { part, path, role: Role::Value, span, chain: self.chain };
        match anomaly {
            Anomaly::Limit(limit) if self.counts(limit) => self.scan.limit(limit, &place),
            Anomaly::Limit(_) => {}
            Anomaly::Structure(name) if is_solid(self.chain) || is_text(self.bytes) => {
                self.scan.structure(name, self.is_sure(), &place);
            }
            Anomaly::Structure(_) => {}
        }
        self.scan.flow()
    }
}

fn parent(path: &Path) -> Option<&[u8]> {
    match path.iter().rev().nth(1) {
        Some(Segment::Key(key)) => Some(key),
        _ => None,
    }
}

/// Whether an exception lets this be.
pub(super) fn excepted(settings: &Settings, attack: Attack, rule: &str, path: &Path) -> bool {
    if settings.exceptions.is_empty() {
        return false;
    }
    // What is nested in a field is that field's too.
    let mut prefix = path.clone();
    let applies = |text: &[u8]| {
        settings.exceptions.iter().any(|exception| {
            exception.attack.is_none_or(|class| class == attack)
                && exception.rule.as_deref().is_none_or(|id| id == rule)
                && exception.path.matches(text)
        })
    };
    loop {
        let mut text = Vec::new();
        glob::render(&prefix, &mut text);
        if applies(&text) {
            return true;
        }
        if prefix.is_empty() {
            return false;
        }
        prefix.pop();
    }
}
