//! Where the views in a row changed a long text. What none of them changed was read in a form before.

use std::ops::Range;

use super::windows::WINDOW;
use crate::engine::views::Change;

/// Places that are closer than this are one.
const JOINED: usize = 64;

/// A place, and which views in the row wrote there, a bit each.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Spot {
    at: Range<usize>,
    by: u32,
}

/// The places of one form, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Places {
    spots: Vec<Spot>,
    all: u32,
}

impl Places {
    /// Of a form made of a text that is new as a whole.
    pub fn of(changes: &[Change]) -> Places {
        let mut places = Places { spots: Vec::with_capacity(changes.len()), all: 1 };
        changes.iter().for_each(|change| places.push(change.to.clone(), 1));
        places
    }

    /// Of a form made of the form that has these places.
    pub fn after(&self, changes: &[Change]) -> Places {
        let bit = self.all.checked_add(1).unwrap_or(1 << 31);
        let mut places = Places { spots: Vec::with_capacity(self.spots.len() + changes.len()), all: self.all | bit };
        let mut earlier = Moved { changes, at: 0 };
        let mut old = self.spots.iter().map(|spot| Spot { at: earlier.range(&spot.at), by: spot.by }).peekable();
        for change in changes {
            while let Some(spot) = old.next_if(|spot| spot.at.start <= change.to.start) {
                places.push(spot.at, spot.by);
            }
            places.push(change.to.clone(), bit);
        }
        old.for_each(|spot| places.push(spot.at, spot.by));
        places
    }

    fn push(&mut self, at: Range<usize>, by: u32) {
        match self.spots.last_mut() {
            Some(last) if at.start < last.at.end + JOINED => {
                last.at.end = last.at.end.max(at.end);
                last.by |= by;
            }
            _ => self.spots.push(Spot { at, by }),
        }
    }

    /// Whether every view in the row wrote within this window. A window where one of them did not is as it was without.
    pub fn meet(&self, window: &Range<usize>) -> bool {
        let first = self.spots.partition_point(|spot| spot.at.end < window.start);
        let inside = self.spots[first..].iter().take_while(|spot| spot.at.start <= window.end);
        inside.fold(0, |seen, spot| seen | spot.by) == self.all
    }

    /// Whether the views in the row have anything to do with each other: somewhere all of them wrote, with no more than
    /// a window of text that is as it was between one place and the next. Text that a view takes out lies between
    /// none, so whatever stands together in a further form does so in one of the ways to it.
    pub fn linked(&self) -> bool {
        let mut seen = 0;
        let mut end = 0;
        for spot in &self.spots {
            seen = if spot.at.start > end + WINDOW { spot.by } else { seen | spot.by };
            end = spot.at.end;
            if seen == self.all {
                return true;
            }
        }
        false
    }
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

    #[test]
    fn a_window_is_new_only_where_every_view_wrote() {
        let first = Places::of(&[change(100..103, 100..101), change(20_000..20_003, 19_998..19_999)]);
        assert!(first.meet(&(0..4096)) && first.meet(&(19_000..21_000)));
        assert!(!first.meet(&(4096..8192)));
        let both = first.after(&[change(200..210, 200..201)]);
        assert!(both.meet(&(0..4096)));
        assert!(!both.meet(&(150..4096)), "only the second wrote there");
        assert!(!both.meet(&(18_000..21_000)), "only the first wrote there");
        assert!(both.linked());
    }

    #[test]
    fn views_that_wrote_far_from_each_other_are_not_linked() {
        let first = Places::of(&[change(100..103, 100..101)]);
        assert!(!first.after(&[change(9_000..9_010, 9_000..9_001)]).linked());
    }

    #[test]
    fn what_a_view_takes_out_between_two_places_links_them() {
        let first = Places::of(&[change(100..103, 100..101)]);
        let gap = first.after(&[change(200..9_000, 200..200)]);
        assert!(gap.linked());
        let third = gap.after(&[change(300..310, 300..301)]);
        assert!(third.linked() && third.meet(&(0..4096)));
    }

    #[test]
    fn places_move_with_the_text_before_them() {
        let first = Places::of(&[change(9_000..9_003, 9_000..9_001)]);
        let both = first.after(&[change(0..3, 0..1), change(8_000..8_500, 7_998..7_999)]);
        assert_eq!(both.spots.iter().find(|spot| spot.by == 1).map(|spot| spot.at.clone()), Some(8_499..8_500));
    }
}
