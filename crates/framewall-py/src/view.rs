//! `View`: a document's structure for decoders, in any format; and `walk`, its leaves for tests and for people.

use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use framewall_core::formats::view::{Node, Shape, Tape};
use framewall_core::formats::{self, Anomaly, Budget, Format, Kind, Leaf, Outcome, Path, Role, Segment, Sink};
use pyo3::create_exception;
use pyo3::exceptions::{PyIndexError, PyKeyError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyInt, PyList, PyString, PyTuple};

create_exception!(_core, FormatError, PyValueError, "The bytes are not one whole document of the format asked for.");

/// One value in a document: its kind, its raw span, its members or its decoded bytes.
#[pyclass(frozen, module = "framewall._core")]
pub struct View {
    shared: Arc<Shared>,
    node: Node,
}

struct Shared {
    data: Py<PyBytes>,
    tape: Tape,
    consumed: usize,
}

impl View {
    fn at(&self, node: Node) -> View {
        View { shared: Arc::clone(&self.shared), node }
    }

    fn document<'py>(&'py self, py: Python<'py>) -> &'py [u8] {
        self.shared.data.as_bytes(py)
    }

    fn children(&self) -> impl Iterator<Item = Node> + '_ {
        self.shared.tape.children(self.node)
    }

    fn named<'py>(&'py self, py: Python<'py>, key: &'py [u8]) -> impl Iterator<Item = Node> + 'py {
        let document = self.document(py);
        self.children().filter(move |&child| self.shared.tape.key(child, document) == Some(key))
    }
}

#[pymethods]
impl View {
    /// Reads one document; trailing bytes are left to the caller where the format ends by itself (`consumed`).
    #[staticmethod]
    #[pyo3(signature = (data, format = "json"))]
    fn parse(py: Python<'_>, data: Py<PyBytes>, format: &str) -> PyResult<View> {
        let mut documents = View::parse_all(py, data, format)?;
        match (documents.pop(), documents.is_empty()) {
            (Some(only), true) => Ok(only),
            _ => Err(format_error(py, "invalid", Some(0), "not one document")),
        }
    }

    /// Reads all documents that stand side by side (JSON lines, sequences), as a list.
    #[staticmethod]
    #[pyo3(signature = (data, format = "json"))]
    fn parse_all(py: Python<'_>, data: Py<PyBytes>, format: &str) -> PyResult<Vec<View>> {
        let format = known(format)?;
        let tape = {
            let bytes = data.as_bytes(py);
            py.detach(|| Tape::read(format, bytes, &mut Budget::default()))
        };
        let consumed = match tape.outcome() {
            Outcome::Complete { consumed } => consumed,
            other => return Err(error(py, other)),
        };
        let nodes: Vec<_> = tape.documents().collect();
        let shared = Arc::new(Shared { data, tape, consumed });
        Ok(nodes.into_iter().map(|node| View { shared: Arc::clone(&shared), node }).collect())
    }

    /// `map`, `list`, `text`, `number`, `bool`, `null`, `binary`, `extension`, `code` or `raw`.
    #[getter]
    fn kind(&self) -> &'static str {
        match self.shared.tape.shape(self.node) {
            Shape::Map => "map",
            Shape::List => "list",
            Shape::Leaf(kind) => kind_name(kind),
        }
    }

    /// Where it stands in the document, `(start, end)` in bytes; quotes excluded, brackets included.
    #[getter]
    fn span(&self) -> (usize, usize) {
        let span = self.shared.tape.span(self.node);
        (span.start, span.end)
    }

    /// The bytes of `span`, undecoded.
    #[getter]
    fn raw<'py>(&'py self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let span = self.shared.tape.span(self.node);
        PyBytes::new(py, self.document(py).get(span).unwrap_or_default())
    }

    /// A leaf's decoded bytes; a container's raw ones.
    #[getter]
    fn bytes<'py>(&'py self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.shared.tape.bytes(self.node, self.document(py)))
    }

    /// `bytes` as text; what is no UTF-8 becomes U+FFFD.
    #[getter]
    fn text<'py>(&'py self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::new(py, &String::from_utf8_lossy(self.shared.tape.bytes(self.node, self.document(py))))
    }

    /// The name it goes by in its map, as text; `None` in a list and at the top.
    #[getter]
    fn key<'py>(&'py self, py: Python<'py>) -> Option<Bound<'py, PyString>> {
        let key = self.shared.tape.key(self.node, self.document(py))?;
        Some(PyString::new(py, &String::from_utf8_lossy(key)))
    }

    /// An integer for a number that is one (within 64 bits), else `None`.
    #[getter]
    fn int(&self, py: Python<'_>) -> Option<i64> {
        let number = self.shared.tape.shape(self.node) == Shape::Leaf(Kind::Number);
        let text = std::str::from_utf8(self.shared.tape.bytes(self.node, self.document(py))).ok()?;
        if number { text.parse().ok() } else { None }
    }

    /// Bytes of the input that the whole document took.
    #[getter]
    fn consumed(&self) -> usize {
        self.shared.consumed
    }

    fn __len__(&self) -> usize {
        self.shared.tape.len(self.node)
    }

    fn __bool__(&self) -> bool {
        true
    }

    /// A list's element by place, or a map's last member of a name.
    fn __getitem__(&self, py: Python<'_>, key: &Bound<'_, PyAny>) -> PyResult<View> {
        if let Ok(name) = key.cast::<PyString>() {
            let last = self.named(py, name.to_str()?.as_bytes()).last();
            return last.map(|node| self.at(node)).ok_or_else(|| PyKeyError::new_err(name.to_string()));
        }
        let place = key.cast::<PyInt>().map_err(|_| PyTypeError::new_err("a place or a name"))?.extract::<isize>()?;
        let place = if place < 0 { place + self.__len__() as isize } else { place };
        let node = usize::try_from(place).ok().and_then(|place| self.children().nth(place));
        node.map(|node| self.at(node)).ok_or_else(|| PyIndexError::new_err("no such element"))
    }

    /// A map's last member of this name, as most back ends would take; `None` without one.
    fn get(&self, py: Python<'_>, key: &str) -> Option<View> {
        self.named(py, key.as_bytes()).last().map(|node| self.at(node))
    }

    /// All of a map's members of this name, in order.
    fn get_all(&self, py: Python<'_>, key: &str) -> Vec<View> {
        self.named(py, key.as_bytes()).map(|node| self.at(node)).collect()
    }

    /// The elements or members, in order.
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let children: Vec<_> = self.children().map(|node| self.at(node)).collect();
        Ok(PyList::new(py, children)?.try_iter()?.into_any())
    }

    /// Every map, here or anywhere inside, that has a member of this name.
    fn find(&self, py: Python<'_>, key: &str) -> Vec<View> {
        let tape = &self.shared.tape;
        let maps = tape.within(self.node).filter(|&node| tape.shape(node) == Shape::Map);
        maps.map(|node| self.at(node)).filter(|view| view.named(py, key.as_bytes()).next().is_some()).collect()
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let (start, end) = self.span();
        let bytes = self.shared.tape.bytes(self.node, self.document(py));
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into_owned();
        format!("<View {} {start}..{end} {shown:?}>", self.kind())
    }
}

/// All leaves of a document: `(path, role, kind, bytes, (start, end))`, path segments being `str`, `bytes` (where not
/// UTF-8) or `int`; anomalies come with the role `anomaly` and their name for a kind; last, how the walk ended.
#[pyfunction]
pub fn walk<'py>(py: Python<'py>, data: &Bound<'py, PyBytes>, format: &str) -> PyResult<Bound<'py, PyList>> {
    let format = known(format)?;
    let mut notes = Notes { py, rows: Vec::new(), failed: None };
    let outcome = format.walk(data.as_bytes(), &mut Path::new(), &mut Budget::default(), &mut notes);
    if let Some(failed) = notes.failed {
        return Err(failed);
    }
    let (name, at) = match outcome {
        Outcome::Complete { consumed } => ("complete", consumed),
        Outcome::Invalid { at, .. } => ("invalid", at),
        Outcome::Truncated => ("truncated", data.as_bytes().len()),
        Outcome::Exhausted(_) => ("exhausted", 0),
        Outcome::Stopped => ("stopped", 0),
    };
    notes.row(&Path::new(), "outcome", name, b"", at..at)?;
    PyList::new(py, notes.rows)
}

/// Names of the formats that can be walked.
#[pyfunction]
#[pyo3(name = "formats")]
pub fn format_names() -> Vec<&'static str> {
    formats::ALL.iter().map(|format| format.name()).collect()
}

/// Names of the formats that these bytes may plausibly be, likeliest first.
#[pyfunction]
#[pyo3(signature = (data, hint = "auto"))]
pub fn readings(data: &[u8], hint: &str) -> Vec<&'static str> {
    formats::sniff::readings(data, hint).iter().map(|format| format.name()).collect()
}

struct Notes<'py> {
    py: Python<'py>,
    rows: Vec<Bound<'py, PyTuple>>,
    failed: Option<PyErr>,
}

impl<'py> Notes<'py> {
    fn row(&mut self, path: &Path, role: &str, kind: &str, bytes: &[u8], span: Range<usize>) -> PyResult<()> {
        let segments = path.iter().map(|segment| self.segment(segment)).collect::<PyResult<Vec<_>>>()?;
        let path = PyTuple::new(self.py, segments)?;
        let row = (path, role, kind, PyBytes::new(self.py, bytes), (span.start, span.end));
        self.rows.push(row.into_pyobject(self.py)?);
        Ok(())
    }

    fn segment(&self, segment: Segment<'_>) -> PyResult<Bound<'py, PyAny>> {
        Ok(match segment {
            Segment::Index(index) => index.into_pyobject(self.py)?.into_any(),
            Segment::Key(key) => match std::str::from_utf8(key) {
                Ok(text) => PyString::new(self.py, text).into_any(),
                Err(_) => PyBytes::new(self.py, key).into_any(),
            },
        })
    }

    fn keep(&mut self, row: PyResult<()>) -> ControlFlow<()> {
        match row {
            Ok(()) => ControlFlow::Continue(()),
            Err(failed) => {
                self.failed = Some(failed);
                ControlFlow::Break(())
            }
        }
    }
}

impl Sink for Notes<'_> {
    fn leaf(&mut self, leaf: Leaf<'_>) -> ControlFlow<()> {
        let role = if leaf.role == Role::Key { "key" } else { "value" };
        let row = self.row(leaf.path, role, kind_name(leaf.kind), leaf.bytes, leaf.span);
        self.keep(row)
    }

    fn anomaly(&mut self, path: &Path, anomaly: Anomaly, span: Range<usize>) -> ControlFlow<()> {
        let name = match anomaly {
            Anomaly::Limit(limit) => limit.name,
            Anomaly::Structure(name) => name,
        };
        let row = self.row(path, "anomaly", name, b"", span);
        self.keep(row)
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Number => "number",
        Kind::Bool => "bool",
        Kind::Null => "null",
        Kind::Binary => "binary",
        Kind::Extension => "extension",
        Kind::Code => "code",
        Kind::Raw => "raw",
    }
}

fn known(format: &str) -> PyResult<&'static dyn Format> {
    formats::by_name(format).ok_or_else(|| PyValueError::new_err(format!("no format is called {format:?}")))
}

fn error(py: Python<'_>, outcome: Outcome) -> PyErr {
    match outcome {
        Outcome::Invalid { at, why } => format_error(py, "invalid", Some(at), why),
        Outcome::Exhausted(limit) => format_error(py, "exhausted", None, limit.name),
        _ => format_error(py, "truncated", None, "the input ended inside the document"),
    }
}

fn format_error(py: Python<'_>, outcome: &str, at: Option<usize>, why: &str) -> PyErr {
    let error = FormatError::new_err(match at {
        Some(at) => format!("{outcome} at byte {at}: {why}"),
        None => format!("{outcome}: {why}"),
    });
    let value = error.value(py);
    let set = value
        .setattr("outcome", outcome)
        .and_then(|()| value.setattr("at", at))
        .and_then(|()| value.setattr("why", why));
    set.err().unwrap_or(error)
}
