//! `framewall._core`: the Python face of the core and the relay. Thin: one file an exported class.

use pyo3::prelude::*;

mod engine;
mod job;
mod jobs;
mod options;
mod relay;
mod scratch;
mod screen;
mod view;

/// The native half of Framewall.
#[pymodule(gil_used = true)]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<engine::Engine>()?;
    module.add_class::<engine::Finding>()?;
    module.add_class::<engine::Report>()?;
    module.add_class::<engine::Settings>()?;
    module.add_class::<view::View>()?;
    module.add("FormatError", module.py().get_type::<view::FormatError>())?;
    module.add_function(wrap_pyfunction!(view::walk, module)?)?;
    module.add_function(wrap_pyfunction!(view::format_names, module)?)?;
    module.add_function(wrap_pyfunction!(view::readings, module)?)?;
    module.add_class::<screen::Era>()?;
    module.add_class::<screen::Permit>()?;
    module.add_class::<screen::Screen>()?;
    module.add_class::<screen::Split>()?;
    module.add_class::<relay::Relay>()?;
    module.add_class::<job::Job>()?;
    module.add_function(wrap_pyfunction!(relay::relay_limits, module)?)?;
    Ok(())
}
