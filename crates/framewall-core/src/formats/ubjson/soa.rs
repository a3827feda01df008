//! BJData's structures of arrays (draft 4): a schema of names and types, a count, and then the values alone.
//!
//! The schema comes first and tells its names, `pos.x`, and the texts of dictionaries, `name[0]`. Of records (`[$`) the
//! values are `[0].pos.x`, of columns (`{$`) `pos[0].x`. Numbers of one type in a row are one binary leaf, as in every
//! typed array. Texts that stand behind all values, cut by a table of offsets, are told in their own order.

use std::ops::Range;

use super::{Container, Kind, State, Tree, Turn, Walked, width};

/// How one goes down to a value.
#[derive(Clone, Debug)]
enum Step {
    /// The name stands there in the document.
    Name(Range<usize>),
    Place(u32),
}

/// What one value of a schema takes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Cell {
    /// A number of this marker.
    Number(u8),
    /// Numbers of one type, so many bytes.
    Block(u64),
    Bool,
    Null,
    /// Text of so many bytes, filled up with NULs; whether it is a number.
    Text(u64, bool),
    /// A number of so many bytes that stands for a text of a dictionary.
    Index(u64),
    /// A number that stands for a text behind all values, of which the offsets are as wide.
    Outside(u64),
}

impl Cell {
    fn len(self) -> u64 {
        match self {
            Cell::Number(marker) => width(marker).unwrap_or(1),
            Cell::Block(len) | Cell::Text(len, _) | Cell::Index(len) | Cell::Outside(len) => len,
            Cell::Bool => 1,
            Cell::Null => 0,
        }
    }
}

#[derive(Clone, Debug)]
enum What {
    Open(Container),
    Close(Container),
    Cell(Cell),
}

/// One step of the schema: containers are an opening and a closing.
#[derive(Clone, Debug)]
struct Op {
    step: Step,
    what: What,
}

#[derive(Default)]
struct Schema {
    ops: Vec<Op>,
}

impl Schema {
    fn row(&self) -> u64 {
        self.ops.iter().fold(0, |sum, op| match op.what {
            What::Cell(cell) => sum.saturating_add(cell.len()),
            _ => sum,
        })
    }

    /// Closes an array: numbers of one type become a block.
    fn close_list(&mut self, opened: usize) {
        let number = |op: &Op| match op.what {
            What::Cell(Cell::Number(marker)) => Some(marker),
            _ => None,
        };
        let elements = &self.ops[opened + 1..];
        let first = elements.first().and_then(number);
        if first.is_some() && elements.iter().all(|op| number(op) == first) {
            let len = elements.iter().fold(0, |sum, op| match op.what {
                What::Cell(cell) => sum + cell.len(),
                _ => sum,
            });
            self.ops.truncate(opened + 1);
            self.ops[opened].what = What::Cell(Cell::Block(len));
        } else {
            let step = self.ops[opened].step.clone();
            self.ops.push(Op { step, what: What::Close(Container::List) });
        }
    }
}

/// Reads from the schema's `{` on; `kind` is a list for records, a map for columns.
pub(super) fn read(state: &mut State<'_, '_, '_>, kind: Container, start: usize) -> Walked {
    let schema = schema(state)?;
    let at = state.tree.at;
    if state.tree.byte()? != b'#' {
        return Err(state.tree.invalid(at, "a schema without a count"));
    }
    let count = if state.tree.peek()? == b'[' { state.dimensions()? } else { state.length()? };
    state.tree.counted(count, schema.row())?;
    state.tree.walk.enter(kind, start)?;
    match kind {
        Container::List => {
            for place in 0..count {
                state.tree.walk.path.push_index(place as u32);
                state.tree.walk.enter(Container::Map, state.tree.at)?;
                values(state, &schema.ops, None)?;
                state.tree.walk.exit(Container::Map, state.tree.at..state.tree.at)?;
                state.tree.walk.path.pop();
            }
        }
        Container::Map => columns(state, &schema.ops, count)?,
    }
    outside(state, kind, &schema.ops, count)?;
    state.tree.walk.exit(kind, start..state.tree.at)
}

fn schema(state: &mut State<'_, '_, '_>) -> Walked<Schema> {
    let mut schema = Schema::default();
    // Shape, elements begun, and where it stands among the steps.
    let mut open = vec![(Container::Map, 0u32, 0usize)];
    state.tree.at += 1;
    state.tree.walk.enter(Container::Map, state.tree.at - 1)?;
    while let Some((kind, index, opened)) = open.last_mut() {
        let marker = state.marker()?;
        let at = state.tree.at;
        let ends = if *kind == Container::Map { b'}' } else { b']' };
        if marker == ends {
            state.tree.walk.exit(*kind, at..at)?;
            let (kind, opened) = (*kind, *opened);
            open.pop();
            if !open.is_empty() {
                state.tree.walk.path.pop();
                match kind {
                    Container::List => schema.close_list(opened),
                    Container::Map => {
                        let step = schema.ops[opened].step.clone();
                        schema.ops.push(Op { step, what: What::Close(kind) });
                    }
                }
            }
            continue;
        }
        let (step, marker) = match kind {
            Container::Map => {
                let len = state.length_of(marker)?;
                let name = state.tree.take(len)?;
                let span = state.tree.at - name.len()..state.tree.at;
                state.tree.key(Kind::Text, name, span.clone())?;
                (Step::Name(span), state.marker()?)
            }
            Container::List => {
                state.tree.walk.path.push_index(*index);
                (Step::Place(*index), marker)
            }
        };
        *index += 1;
        let is_list = marker == b'[' && state.tree.peek()? != b'$';
        if marker == b'{' || is_list {
            let kind = if is_list { Container::List } else { Container::Map };
            state.tree.walk.enter(kind, state.tree.at - 1)?;
            open.push((kind, 0, schema.ops.len()));
            schema.ops.push(Op { step, what: What::Open(kind) });
            continue;
        }
        let cell = if marker == b'[' { elsewhere(state)? } else { cell(state, marker)? };
        state.tree.walk.path.pop();
        schema.ops.push(Op { step, what: What::Cell(cell) });
    }
    Ok(schema)
}

fn cell(state: &mut State<'_, '_, '_>, marker: u8) -> Walked<Cell> {
    state.tree.walk.node(state.tree.at)?;
    match marker {
        b'T' | b'F' => Ok(Cell::Bool),
        b'Z' => Ok(Cell::Null),
        b'S' | b'H' => Ok(Cell::Text(state.length()?, marker == b'H')),
        _ if width(marker).is_some() => Ok(Cell::Number(marker)),
        _ => Err(state.tree.invalid(state.tree.at - 1, "no type of a schema")),
    }
}

/// A text that is written elsewhere: in a dictionary here, `$S#` and the texts, or behind all values, `$` and the
/// type of the offsets.
fn elsewhere(state: &mut State<'_, '_, '_>) -> Walked<Cell> {
    state.tree.at += 1;
    let at = state.tree.at;
    let marker = state.tree.byte()?;
    let next = state.tree.byte()?;
    match (marker, width(marker), next) {
        (b'S', _, b'#') => {
            let count = state.length()?;
            state.tree.counted(count, 2)?;
            for place in 0..count {
                let len = state.length()?;
                let text = state.tree.take(len)?;
                let span = state.tree.at - text.len()..state.tree.at;
                state.tree.walk.path.push_index(place as u32);
                state.tree.value(Kind::Text, text, span)?;
                state.tree.walk.path.pop();
            }
            Ok(Cell::Index(match count {
                0..=0xff => 1,
                0x100..=0xffff => 2,
                _ => 4,
            }))
        }
        (b'i' | b'U' | b'I' | b'u' | b'l' | b'm' | b'L' | b'M', Some(width), b']') => Ok(Cell::Outside(width)),
        _ => Err(state.tree.invalid(at, "no type of a schema")),
    }
}

fn push(tree: &mut Tree<'_, '_, '_, super::Header>, step: &Step) {
    match step {
        Step::Name(span) => tree.walk.path.push_key(&tree.doc[span.clone()]),
        Step::Place(place) => tree.walk.path.push_index(*place),
    }
}

/// The values of one record, or of one part of it, which `first` then leads to.
fn values(state: &mut State<'_, '_, '_>, ops: &[Op], first: Option<&Step>) -> Walked {
    for (place, op) in ops.iter().enumerate() {
        let start = state.tree.at;
        if let What::Close(kind) = op.what {
            state.tree.walk.exit(kind, start..start)?;
            state.tree.walk.path.pop();
            continue;
        }
        push(&mut state.tree, first.filter(|_| place == 0).unwrap_or(&op.step));
        match op.what {
            What::Open(kind) => state.tree.walk.enter(kind, start)?,
            What::Cell(cell) => {
                value(state, cell, start)?;
                state.tree.walk.path.pop();
            }
            What::Close(_) => {}
        }
    }
    Ok(())
}

fn value(state: &mut State<'_, '_, '_>, cell: Cell, start: usize) -> Walked {
    if let Cell::Number(marker) = cell {
        return state.scalar(marker, cell.len(), start);
    }
    if let Cell::Index(width) | Cell::Outside(width) = cell {
        let number = state.number(width)?;
        return state.tree.int(Turn::Value, number, start);
    }
    let tree = &mut state.tree;
    let bytes = tree.take(cell.len())?;
    match cell {
        Cell::Null => tree.null(Turn::Value, start),
        Cell::Bool => tree.bool(Turn::Value, bytes == b"T", start),
        Cell::Text(_, is_number) => {
            let len = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
            let kind = if is_number { Kind::Number } else { Kind::Text };
            tree.value(kind, &bytes[..len], start..start + len)
        }
        _ => tree.value(Kind::Binary, bytes, start..tree.at),
    }
}

/// Every field's values, one field after another.
fn columns(state: &mut State<'_, '_, '_>, ops: &[Op], count: u64) -> Walked {
    let mut at = 0;
    while let Some(op) = ops.get(at) {
        let mut end = at + 1;
        let start = state.tree.at;
        push(&mut state.tree, &op.step);
        match op.what {
            What::Cell(cell @ (Cell::Number(_) | Cell::Block(_))) => {
                let bytes = state.tree.take(cell.len().saturating_mul(count))?;
                state.tree.value(Kind::Binary, bytes, start..start + bytes.len())?;
            }
            _ => {
                let mut depth = usize::from(matches!(op.what, What::Open(_)));
                while depth > 0 {
                    match ops.get(end).map(|op| &op.what) {
                        Some(What::Open(_)) => depth += 1,
                        Some(What::Close(_)) => depth -= 1,
                        Some(What::Cell(_)) => {}
                        None => break,
                    }
                    end += 1;
                }
                state.tree.walk.enter(Container::List, start)?;
                for place in 0..count {
                    values(state, &ops[at..end], Some(&Step::Place(place as u32)))?;
                }
                state.tree.walk.exit(Container::List, start..state.tree.at)?;
            }
        }
        state.tree.walk.path.pop();
        at = end;
    }
    Ok(())
}

/// The texts behind all values, of one field after another.
fn outside(state: &mut State<'_, '_, '_>, kind: Container, ops: &[Op], count: u64) -> Walked {
    let mut steps = Vec::new();
    for op in ops {
        match op.what {
            What::Open(_) => steps.push(&op.step),
            What::Close(_) => drop(steps.pop()),
            What::Cell(Cell::Outside(width)) => {
                steps.push(&op.step);
                texts(state, kind, &steps, width, count)?;
                steps.pop();
            }
            What::Cell(_) => {}
        }
    }
    Ok(())
}

/// A table of offsets, one more than there are texts, and the texts without anything between them.
fn texts(state: &mut State<'_, '_, '_>, kind: Container, steps: &[&Step], width: u64, count: u64) -> Walked {
    let table = state.tree.take(count.saturating_add(1).saturating_mul(width))?;
    let width = width as usize;
    let offset = |place: usize| {
        let bytes = &table[place * width..][..width];
        bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
    };
    let all = state.tree.take(offset(count as usize))?;
    let start = state.tree.at - all.len();
    let base = state.tree.walk.path.len();
    if offset(0) != 0 || (0..count as usize).any(|place| offset(place) > offset(place + 1)) {
        state.tree.anomaly("offsets are out of order", start..state.tree.at)?;
        steps.iter().for_each(|step| push(&mut state.tree, step));
        state.tree.value(Kind::Binary, all, start..start + all.len())?;
        state.tree.walk.path.truncate(base);
        return Ok(());
    }
    let (before, after) = steps.split_at(usize::from(kind == Container::Map));
    for place in 0..count as usize {
        let within = offset(place) as usize..offset(place + 1) as usize;
        before.iter().for_each(|step| push(&mut state.tree, step));
        push(&mut state.tree, &Step::Place(place as u32));
        after.iter().for_each(|step| push(&mut state.tree, step));
        state.tree.value(Kind::Text, &all[within.clone()], start + within.start..start + within.end)?;
        state.tree.walk.path.truncate(base);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
