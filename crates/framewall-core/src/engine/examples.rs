//! The rules' own examples, run.

use super::compile::Engine;
use super::settings::Settings;
use super::{Part, Scratch};
use crate::formats::Role;

/// An example that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The rule's id.
    pub rule: String,
    /// The example.
    pub example: String,
    /// Whether the rule was to find it (and did not).
    pub expected: bool,
}

impl Engine {
    /// Runs every example of every rule as a message of its own, at the highest sensitivity.
    pub fn verify(&self) -> Vec<Broken> {
        let settings = Settings {
            sensitivity: 3,
            classes: super::Attacks::usual().with(super::Attack::Leak),
            ..Settings::default()
        };
        let mut scratch = Scratch::default();
        let mut broken = Vec::new();
        for rule in &self.rules {
            let both = [(&rule.examples.matching, true), (&rule.examples.passing, false)];
            for (example, expected) in
                both.into_iter().flat_map(|(list, expected)| list.iter().map(move |text| (text, expected)))
            {
                let role = if rule.value { Role::Value } else { Role::Key };
                let parts = [Part { bytes: example.as_bytes(), hint: "auto", role }];
                let report = self.inspect(&parts, &settings, &mut scratch);
                if report.findings.iter().any(|finding| *finding.rule == *rule.id) != expected {
                    broken.push(Broken { rule: rule.id.to_string(), example: example.clone(), expected });
                }
            }
        }
        broken
    }
}
