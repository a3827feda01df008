//! Where the views in a row changed a long text. What none of them changed was read in a form before.

use std::ops::Range;

use super::windows::OVERLAP;
use crate::engine::views::Change;

/// Places that are closer than this are one.
const JOINED: usize = 64;
/// Places of two views that are closer than this are read together.
const NEAR: usize = 256;
/// How far around the places of one view is read: as much as two windows are sure to share.
const AROUND: usize = OVERLAP;
/// Around the zones of a form that was cut down to them: no place reaches over it.
const GAP: &[u8; JOINED + 1] = &[b' '; JOINED + 1];

type Ranges = Vec<Range<usize>>;

/// The places of one form, in the order of the text, by view in the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Places {
    rows: Vec<Ranges>,
}

impl Places {
    /// Of a form made of a text that is new as a whole.
    pub fn of(changes: &[Change]) -> Places {
        Places { rows: vec![written(changes)] }
    }

    /// Of a form made of the form that has these places.
    pub fn after(&self, changes: &[Change]) -> Places {
        let moved = |row: &Ranges| {
            let mut earlier = Moved { changes, at: 0 };
            joined(row.iter().map(|at| earlier.range(at)), JOINED)
        };
        Places { rows: self.rows.iter().map(moved).chain([written(changes)]).collect() }
    }

    /// What of a form of this length is to be read: the surroundings of places where every view in the row wrote, in
    /// order, apart from each other. A place where one of them did not is as it was without it. None if the views
    /// have nothing to do with each other.
    pub fn zones(&self, length: usize) -> Ranges {
        let wide = |row: &Ranges| joined(row.iter().map(|at| grown(at, NEAR / 2)), 0);
        let mut rows = self.rows.iter();
        let mut zones = rows.next().map(wide).unwrap_or_default();
        for row in rows {
            zones = shared(&zones, &wide(row));
        }
        let grown =
            zones.iter().map(|zone| grown(zone, AROUND - NEAR / 2)).map(|zone| zone.start..zone.end.min(length));
        joined(grown, 0)
    }

    /// Leaves of a form nothing but its zones, between blanks, and moves all places with them.
    pub fn cut(&mut self, text: &mut Vec<u8>, zones: &mut Ranges) {
        let mut kept = Vec::with_capacity(zones.iter().map(|zone| zone.len() + GAP.len()).sum::<usize>() + 64);
        let mut rows = vec![Ranges::new(); self.rows.len()];
        let ends = zones.last().is_none_or(|zone| zone.end == text.len());
        for (number, zone) in zones.iter_mut().enumerate() {
            if number > 0 || zone.start > 0 {
                kept.extend_from_slice(GAP);
            }
            let start = kept.len();
            for (old, new) in self.rows.iter().zip(&mut rows) {
                let first = old.partition_point(|at| at.end < zone.start);
                let inside = old[first..].iter().take_while(|at| at.start <= zone.end);
                let place = |at: usize| start + at.clamp(zone.start, zone.end) - zone.start;
                new.extend(inside.map(|at| place(at.start)..place(at.end)));
            }
            kept.extend_from_slice(&text[zone.clone()]);
            *zone = start..kept.len();
        }
        if !ends {
            kept.extend_from_slice(GAP);
        }
        self.rows = rows;
        *text = kept;
    }
}

fn written(changes: &[Change]) -> Ranges {
    joined(changes.iter().map(|change| change.to.clone()), JOINED)
}

fn grown(range: &Range<usize>, by: usize) -> Range<usize> {
    range.start.saturating_sub(by)..range.end + by
}

/// These, in order, with those that are closer than this made one.
fn joined(ranges: impl Iterator<Item = Range<usize>>, closer: usize) -> Ranges {
    let mut all = Ranges::new();
    for range in ranges {
        match all.last_mut() {
            Some(last) if range.start <= last.end + closer => last.end = last.end.max(range.end),
            _ => all.push(range),
        }
    }
    all
}

/// What is in both; each in order, its ranges apart.
fn shared(some: &Ranges, others: &Ranges) -> Ranges {
    let mut both = Ranges::new();
    let (mut one, mut other) = (some.iter().peekable(), others.iter().peekable());
    while let (Some(a), Some(b)) = (one.peek(), other.peek()) {
        let meeting = a.start.max(b.start)..a.end.min(b.end);
        if meeting.start <= meeting.end {
            both.push(meeting);
        }
        if a.end < b.end {
            one.next()
        } else {
            other.next()
        };
    }
    both
}

/// Finds again in a form what stood in its text; asked in the order of the text.
struct Moved<'c> {
    changes: &'c [Change],
    at: usize,
}

impl Moved<'_> {
    fn range(&mut self, range: &Range<usize>) -> Range<usize> {
        while self.at < self.changes.len() && self.changes[self.at].from.end <= range.start {
            self.at += 1;
        }
        let later = self.changes[self.at..].iter().take_while(|change| change.from.start < range.end).count();
        let start = self.place(self.at, range.start, |change| change.to.start);
        let end = self.place(self.at + later, range.end, |change| change.to.end);
        start..end.max(start)
    }

    /// A position, of which `next` is the first change that begins after it or around it.
    fn place(&self, next: usize, position: usize, inside: impl Fn(&Change) -> usize) -> usize {
        if let Some(change) = self.changes.get(next).filter(|change| change.from.start <= position) {
            return inside(change);
        }
        match next.checked_sub(1).map(|before| &self.changes[before]) {
            Some(change) if position < change.from.end => change.to.end,
            Some(change) => change.to.end + (position - change.from.end),
            None => position,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(from: Range<usize>, to: Range<usize>) -> Change {
        Change { from, to }
    }

    fn meet(places: &Places, window: Range<usize>) -> bool {
        places.zones(100_000).iter().any(|zone| zone.start < window.end && window.start < zone.end)
    }

    #[test]
    fn a_text_is_new_only_where_every_view_wrote() {
        let first = Places::of(&[change(100..103, 100..101), change(20_000..20_003, 19_998..19_999)]);
        assert!(meet(&first, 0..4096) && meet(&first, 19_000..21_000));
        assert!(!meet(&first, 4096..8192));
        let both = first.after(&[change(200..210, 200..201)]);
        assert!(meet(&both, 0..4096));
        assert!(!meet(&both, 2000..4096), "nobody wrote there");
        assert!(!meet(&both, 18_000..21_000), "only the first wrote there");
    }

    #[test]
    fn views_that_wrote_far_from_each_other_are_not_linked() {
        let first = Places::of(&[change(100..103, 100..101)]);
        assert!(first.after(&[change(9_000..9_010, 9_000..9_001)]).zones(100_000).is_empty());
    }

    #[test]
    fn what_a_view_takes_out_between_two_places_links_them() {
        let first = Places::of(&[change(100..103, 100..101)]);
        let gap = first.after(&[change(200..9_000, 200..200)]);
        assert!(meet(&gap, 150..250));
        assert!(meet(&gap.after(&[change(300..310, 300..301)]), 150..350));
    }

    #[test]
    fn places_move_with_the_text_before_them() {
        let first = Places::of(&[change(9_000..9_003, 9_000..9_001)]);
        let both = first.after(&[change(0..3, 0..1), change(8_000..8_500, 7_998..7_999)]);
        let rows: [&[_]; 2] = [std::slice::from_ref(&(8_499..8_500)), &[0..1, 7_998..7_999]];
        assert_eq!(both.rows, rows);
    }

    #[test]
    fn a_form_cut_down_to_its_zones_has_its_places_where_they_were() {
        let mut text: Vec<u8> = (0..60_000_u32).map(|at| (at / 256 % 64) as u8 + b'0').collect();
        text[30_000] = b'!';
        text[50_000..50_003].copy_from_slice(b"#$#");
        let mut places = Places::of(&[change(30_000..30_003, 30_000..30_001), change(50_002..50_008, 50_000..50_003)]);
        let mut zones = places.zones(text.len());
        let whole: Vec<Vec<u8>> = zones.iter().map(|zone| text[zone.clone()].to_vec()).collect();
        places.cut(&mut text, &mut zones);
        assert!(text.len() < 4000 && text.starts_with(GAP) && text.ends_with(GAP));
        assert_eq!(zones.iter().map(|zone| text[zone.clone()].to_vec()).collect::<Vec<_>>(), whole);
        assert_eq!(places.rows[0].iter().map(|at| &text[at.clone()]).collect::<Vec<_>>(), [&b"!"[..], b"#$#"]);
    }

    #[test]
    fn a_form_that_begins_and_ends_with_zones_begins_and_ends_as_it_did() {
        let mut text = [&b"A"[..], &b".".repeat(9_000), b"Z"].concat();
        let mut places = Places::of(&[change(0..3, 0..1), change(9_003..9_006, 9_001..9_002)]);
        let mut zones = places.zones(text.len());
        places.cut(&mut text, &mut zones);
        assert!(text.len() < 2500 && text.starts_with(b"A.") && text.ends_with(b".Z"));
    }
}
