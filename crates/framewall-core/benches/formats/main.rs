//! How fast the walkers are, beside the libraries that build objects, in one run on one core.
//!
//! `cargo bench -p framewall-core --bench formats [-- FORMAT]` prints one line a document: MB/s of the walk as the engine
//! has it, of the walk that tells every number as text, and how many times as fast the first is as each library, which
//! makes no texts of numbers either. Small messages get the median time of one walk, readings and all.

use std::hint::black_box;
use std::ops::{ControlFlow, Range};
use std::time::{Duration, Instant};

use framewall_core::formats::{self, Anomaly, Budget, Leaf, Outcome, Path, Sink, sniff};

mod binary;
mod documents;

/// A library's way to read the same document; whether it could.
type Library = (&'static str, fn(&[u8]) -> bool);

/// How long each measurement runs.
const RUN: Duration = Duration::from_millis(300);

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    for (format, document, bytes, libraries) in documents::all() {
        if !wanted.is_empty() && !wanted.iter().any(|word| word == format) {
            continue;
        }
        let engine = rate(bytes.len(), || walk(format, &bytes, false));
        let told = rate(bytes.len(), || walk(format, &bytes, true));
        print!("{format:<12} {document:<24} {:>9} B  walk {engine:>5.0} MB/s, all told {told:>5.0}", bytes.len());
        for (name, library) in libraries {
            let theirs = rate(bytes.len(), || library(black_box(&bytes)));
            print!("  {name} {theirs:.0} MB/s (x{:.1})", engine / theirs);
        }
        println!();
    }
    let small = documents::small_message();
    println!("json         one message              {:>9} B  p50 {:?}", small.len(), median(&small));
}

/// Counts what it is told, and looks at a byte of each leaf so that nothing is optimised away.
#[derive(Default)]
struct Count {
    leaves: usize,
    sum: usize,
    scalars: bool,
}

impl Sink for Count {
    fn wants_scalars(&self) -> bool {
        self.scalars
    }

    fn leaf(&mut self, leaf: Leaf<'_>) -> ControlFlow<()> {
        self.leaves += 1;
        self.sum += leaf.bytes.len() + leaf.path.len() + usize::from(leaf.bytes.first().copied().unwrap_or(0));
        ControlFlow::Continue(())
    }

    fn anomaly(&mut self, _path: &Path, _anomaly: Anomaly, _span: Range<usize>) -> ControlFlow<()> {
        ControlFlow::Break(())
    }
}

fn walk(format: &str, bytes: &[u8], scalars: bool) -> bool {
    let format = formats::by_name(format).expect("a registered format");
    let mut count = Count { scalars, ..Count::default() };
    let mut budget = Budget { nodes: u32::MAX, ..Budget::default() };
    let outcome = format.walk(black_box(bytes), &mut Path::new(), &mut budget, &mut count);
    black_box(count.sum);
    matches!(outcome, Outcome::Complete { .. })
}

/// Megabytes a second, the best of many runs.
fn rate(length: usize, mut run: impl FnMut() -> bool) -> f64 {
    assert!(run(), "the document was not read");
    let (start, mut best) = (Instant::now(), Duration::MAX);
    while start.elapsed() < RUN {
        let once = Instant::now();
        black_box(run());
        best = best.min(once.elapsed());
    }
    length as f64 / best.as_secs_f64() / 1e6
}

/// The median of one message's way: its readings, and the walk of each.
fn median(bytes: &[u8]) -> Duration {
    let mut path = Path::new();
    let mut times: Vec<Duration> = (0..20_000)
        .map(|_| {
            let once = Instant::now();
            for format in sniff::readings(black_box(bytes), "auto").iter() {
                let mut count = Count::default();
                black_box(format.walk(bytes, &mut path, &mut Budget::default(), &mut count));
                black_box(count.sum);
            }
            once.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}
