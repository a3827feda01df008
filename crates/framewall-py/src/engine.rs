//! `Engine`, `Settings` and `Report`: detection for Python. The scan runs without the GIL.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use framewall_core::engine::{self as core, Attack, Attacks, Glob, Part, Scratch};
use framewall_core::formats::{Path, Role, Segment, avro, protobuf};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};

use crate::scratch;

/// A format's name, a message type, and for each descriptor its number (Avro's registries have them) and bytes.
type SchemaArgs = (String, String, Vec<(Option<u32>, Vec<u8>)>);

/// A path glob, a class, a rule.
type ExceptionArgs = (String, Option<String>, Option<String>);

/// What a route asks of the engine. Frozen.
#[pyclass(frozen, module = "framewall._core")]
pub struct Settings {
    pub(crate) inner: Arc<core::Settings>,
}

#[pymethods]
impl Settings {
    #[new]
    #[allow(clippy::too_many_arguments)]
    #[pyo3(signature = (*, threshold = None, sensitivity = None, classes = None, cap = None, caps = None,
        exceptions = None, code = false, markup = false, protected_fields = None, schemas = None, limits = None))]
    fn new(
        threshold: Option<u32>,
        sensitivity: Option<u8>,
        classes: Option<Vec<String>>,
        cap: Option<u32>,
        caps: Option<HashMap<String, u32>>,
        exceptions: Option<Vec<ExceptionArgs>>,
        code: bool,
        markup: bool,
        protected_fields: Option<Vec<String>>,
        schemas: Option<Vec<SchemaArgs>>,
        limits: Option<HashMap<String, u64>>,
    ) -> PyResult<Settings> {
        let mut inner = core::Settings { code, markup, ..core::Settings::default() };
        inner.threshold = threshold.unwrap_or(inner.threshold);
        inner.sensitivity = sensitivity.unwrap_or(inner.sensitivity);
        inner.cap = cap.unwrap_or(inner.cap);
        if let Some(names) = classes {
            inner.classes =
                names.iter().try_fold(Attacks::NONE, |set, name| Ok::<_, PyErr>(set.with(attack(name)?)))?;
        }
        for (name, cap) in caps.unwrap_or_default() {
            inner.caps.push((attack(&name)?, cap));
        }
        for (path, class, rule) in exceptions.unwrap_or_default() {
            let attack = class.as_deref().map(attack).transpose()?;
            inner.exceptions.push(core::Exception { path: Glob::new(&path), attack, rule });
        }
        inner.protected_fields = protected_fields.unwrap_or_default().iter().map(|glob| Glob::new(glob)).collect();
        inner.schemas = schemas.unwrap_or_default().into_iter().map(schema).collect::<PyResult<_>>()?;
        for (name, value) in limits.unwrap_or_default() {
            let narrow = u32::try_from(value).unwrap_or(u32::MAX);
            match name.as_str() {
                "format_depth" => inner.depth = narrow,
                "format_nodes" => inner.nodes = narrow,
                "decoded_bytes" => inner.decoded_bytes = value,
                "decode_layers" => inner.layers = narrow,
                "leaf_fanout" => inner.fanout = narrow,
                "scan_work" => inner.work = value,
                _ => return Err(PyValueError::new_err(format!("no limit of the engine is called {name:?}"))),
            }
        }
        Ok(Settings { inner: Arc::new(inner) })
    }

    /// The same for one look at all that stands in plain sight, which no cap ends.
    fn plain(&self) -> Settings {
        Settings { inner: Arc::new(core::Settings { plain: true, ..(*self.inner).clone() }) }
    }

    /// Score from which on a message is an attack.
    #[getter]
    fn threshold(&self) -> u32 {
        self.inner.threshold
    }
}

fn schema((format, message, files): SchemaArgs) -> PyResult<core::Schema> {
    let wrong = PyValueError::new_err::<String>;
    match (format.as_str(), files.as_slice()) {
        ("protobuf", [(None, file)]) => {
            let schema = protobuf::schema::Schema::parse(file).map_err(|error| wrong(error.to_string()))?;
            let described = protobuf::schema::Described::new(schema, &message);
            let described = described.ok_or_else(|| wrong(format!("no message type is called {message:?}")))?;
            Ok(core::Schema(Arc::new(described)))
        }
        ("avro", [_, ..]) => {
            let mut registry = avro::Registry::default();
            for (number, file) in &files {
                let schema = avro::schema::Schema::parse(file).ok_or_else(|| wrong("not an Avro schema".into()))?;
                registry.add(*number, schema);
            }
            Ok(core::Schema(Arc::new(registry)))
        }
        _ => Err(wrong(format!("descriptors of {format:?} are not read"))),
    }
}

fn attack(name: &str) -> PyResult<Attack> {
    Attack::parse(name).ok_or_else(|| PyValueError::new_err(format!("there is no attack class {name:?}")))
}

/// The rules, compiled. Frozen, shared by all threads.
#[pyclass(frozen, module = "framewall._core")]
pub struct Engine {
    pub(crate) inner: Arc<core::Engine>,
}

#[pymethods]
impl Engine {
    /// Compiles rules, a JSON list; ValueError names the rule that is wrong.
    #[new]
    fn new(py: Python<'_>, rules_json: &str) -> PyResult<Engine> {
        let engine = py.detach(|| core::Engine::from_json(rules_json));
        let inner = engine.map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Engine { inner: Arc::new(inner) })
    }

    fn __len__(&self) -> usize {
        self.inner.len()
    }

    /// Judges one message, given as `(bytes, hint, key)` parts. A hint is a format, `text` or `auto`; with `!` behind it
    /// the server itself has chosen that format, and what is whole in it is read in no other.
    #[pyo3(signature = (parts, settings = None))]
    fn inspect(
        &self,
        py: Python<'_>,
        parts: Vec<(Bound<'_, PyBytes>, String, bool)>,
        settings: Option<&Settings>,
    ) -> Report {
        let parts: Vec<Part<'_>> = parts
            .iter()
            .map(|(bytes, hint, key)| Part {
                bytes: bytes.as_bytes(),
                hint,
                role: if *key { Role::Key } else { Role::Value },
            })
            .collect();
        let settings = settings.map(|settings| Arc::clone(&settings.inner)).unwrap_or_default();
        let report = py.detach(|| scratch::borrowed(|scratch| self.inner.inspect(&parts, &settings, scratch)));
        Report { inner: report }
    }

    /// Judges messages one after another on this thread, without the GIL: for each its score and the nanoseconds that it
    /// took. For benchmarks.
    #[pyo3(signature = (messages, hint = "auto", settings = None))]
    fn measure(
        &self,
        py: Python<'_>,
        messages: Vec<Bound<'_, PyBytes>>,
        hint: &str,
        settings: Option<&Settings>,
    ) -> Vec<(u32, u64)> {
        let messages: Vec<&[u8]> = messages.iter().map(|message| message.as_bytes()).collect();
        let settings = settings.map(|settings| Arc::clone(&settings.inner)).unwrap_or_default();
        py.detach(|| {
            let mut scratch = Scratch::default();
            let judge = |bytes: &&[u8]| {
                let start = Instant::now();
                let report = self.inner.inspect(&[Part { bytes, hint, role: Role::Value }], &settings, &mut scratch);
                (report.score, start.elapsed().as_nanos() as u64)
            };
            messages.iter().map(judge).collect()
        })
    }

    /// Runs every rule's examples; those that do not hold, as `(rule, example, expected)`.
    fn verify(&self, py: Python<'_>) -> Vec<(String, String, bool)> {
        let broken = py.detach(|| self.inner.verify());
        broken.into_iter().map(|example| (example.rule, example.example, example.expected)).collect()
    }

    /// The rules imported from SecLang that hold for one text, by id.
    #[pyo3(signature = (text, *, key = false))]
    fn imported_matches(&self, py: Python<'_>, text: &[u8], key: bool) -> Vec<String> {
        py.detach(|| self.inner.imported_matches(text, key).into_iter().map(str::to_owned).collect())
    }
}

/// What the engine says of one message.
#[pyclass(frozen, module = "framewall._core")]
pub struct Report {
    inner: core::Report,
}

#[pymethods]
impl Report {
    /// Sum of the findings' scores, capped by class.
    #[getter]
    fn score(&self) -> u32 {
        self.inner.score
    }

    /// All findings, strongest first.
    #[getter]
    fn findings(&self) -> Vec<Finding> {
        self.inner.findings.iter().map(|finding| Finding { inner: finding.clone() }).collect()
    }
}

/// One rule matched one leaf.
#[pyclass(frozen, module = "framewall._core")]
pub struct Finding {
    inner: core::Finding,
}

#[pymethods]
impl Finding {
    /// The class, as the contract names it.
    #[getter]
    fn attack(&self) -> &'static str {
        self.inner.attack.name()
    }

    /// The rule's id.
    #[getter]
    fn rule(&self) -> &str {
        &self.inner.rule
    }

    /// What it adds.
    #[getter]
    fn score(&self) -> u32 {
        self.inner.score
    }

    /// Which part it was in.
    #[getter]
    fn part(&self) -> usize {
        self.inner.part
    }

    /// From the part's root to the leaf: names and places.
    #[getter]
    fn path<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        path(py, &self.inner.path)
    }

    /// `key` or `value`.
    #[getter]
    fn role(&self) -> &'static str {
        match self.inner.role {
            Role::Key => "key",
            Role::Value => "value",
        }
    }

    /// Formats and views from outside in.
    #[getter]
    fn chain<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.inner.chain)
    }

    /// The matched bytes, as the last view shows them.
    #[getter]
    fn r#match<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.inner.matched)
    }

    /// Where the leaf stands in the part, raw: start and end.
    #[getter]
    fn span(&self) -> Option<(usize, usize)> {
        self.inner.span.as_ref().map(|span| (span.start, span.end))
    }
}

fn path<'py>(py: Python<'py>, path: &Path) -> PyResult<Bound<'py, PyTuple>> {
    let segments = path.iter().map(|segment| match segment {
        Segment::Key(key) => Ok(String::from_utf8_lossy(key).into_owned().into_pyobject(py)?.into_any()),
        Segment::Index(index) => Ok(index.into_pyobject(py)?.into_any()),
    });
    PyTuple::new(py, segments.collect::<PyResult<Vec<_>>>()?)
}
