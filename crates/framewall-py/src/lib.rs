//! `framewall._core`: the Python face of the core and the relay. Thin: one file an exported class.

use pyo3::prelude::*;

/// The native half of Framewall.
#[pymodule(gil_used = false)]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    Ok(())
}
