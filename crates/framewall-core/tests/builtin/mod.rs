//! The rules that come with Framewall, compiled: what tests and fuzz targets judge with.

use framewall_core::engine::Engine;

/// The built-in rules, compiled.
#[allow(dead_code, reason = "not every test needs it")]
pub fn engine() -> Engine {
    Engine::from_json(&serde_json::to_string(&rules()).unwrap()).expect("the built-in rules compile")
}

/// Every file of `src/framewall/detect/rules`, as the Python loader reads it.
pub fn rules() -> Vec<serde_json::Value> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../src/framewall/detect/rules");
    let mut files: Vec<_> = std::fs::read_dir(&folder).expect("the rules").map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let rules: Vec<serde_json::Value> = files.iter().flat_map(|file| read(file)).collect();
    assert!(!rules.is_empty(), "no rules in {}", folder.display());
    rules
}

/// What a file says at its top holds for every rule in it that does not say otherwise.
fn read(file: &std::path::Path) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(file).expect("a rule file");
    let mut shared: serde_json::Map<String, serde_json::Value> = toml::from_str(&text).expect("TOML");
    let Some(serde_json::Value::Array(rules)) = shared.remove("rule") else { return Vec::new() };
    rules
        .into_iter()
        .map(|rule| {
            let mut whole = shared.clone();
            whole.extend(rule.as_object().expect("a table").clone());
            whole.into()
        })
        .collect()
}
