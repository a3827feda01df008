//! The attack classes of the outside contract.

use serde::Deserialize;

macro_rules! attacks {
    ($($id:ident = $name:literal, $doc:literal;)*) => {
        /// An attack class. The names are the one vocabulary of findings, events, configuration and metrics.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
        pub enum Attack {
            $(#[doc = $doc] #[serde(rename = $name)] $id,)*
        }

        impl Attack {
            /// All classes, in the contract's order.
            pub const ALL: &'static [Attack] = &[$(Attack::$id),*];

            /// The contract's name: `path_traversal`.
            pub fn name(self) -> &'static str {
                match self { $(Attack::$id => $name),* }
            }

            /// The class of this name.
            pub fn parse(name: &str) -> Option<Attack> {
                match name { $($name => Some(Attack::$id),)* _ => None }
            }
        }
    };
}

attacks! {
    Xss = "xss", "Script in a page (CWE-79).";
    Sqli = "sqli", "SQL where data belongs (CWE-89).";
    Nosqli = "nosqli", "Operators or code for a document store (CWE-943).";
    Rce = "rce", "Commands or code for the server (CWE-78, CWE-94).";
    PathTraversal = "path_traversal", "Files outside their folder (CWE-22).";
    Rfi = "rfi", "Remote files to be included (CWE-98).";
    Ssrf = "ssrf", "Addresses that only the server can reach (CWE-918).";
    Ssti = "ssti", "Template expressions (CWE-1336).";
    Ssi = "ssi", "Server-side includes (CWE-97).";
    Xxe = "xxe", "XML entities and document types (CWE-611).";
    Ldapi = "ldapi", "LDAP filters (CWE-90).";
    Xpath = "xpath", "XPath and XQuery (CWE-643).";
    Crlf = "crlf", "Header and response splitting (CWE-93).";
    MailInjection = "mail_injection", "SMTP and IMAP commands (CWE-93).";
    Jndi = "jndi", "Lookups in log messages (CVE-2021-44228).";
    Deserialization = "deserialization", "Serialised objects (CWE-502).";
    PrototypePollution = "prototype_pollution", "Writing to prototypes (CWE-1321).";
    MassAssignment = "mass_assignment", "Fields that are not the client's to set (CWE-915).";
    Graphql = "graphql", "Queries made to cost or to disclose.";
    DataBomb = "data_bomb", "Small input that costs much (CWE-409, CWE-674).";
    Protocol = "protocol", "Violations of WebSocket or of a framework's protocol.";
    Cswsh = "cswsh", "Cross-site WebSocket hijacking (CWE-1385).";
    Flood = "flood", "Too many messages.";
    PromptInjection = "prompt_injection", "Instructions for a language model.";
    Leak = "leak", "Secrets and errors in the server's messages (CWE-200).";
}

/// A set of classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attacks(u32);

impl Attacks {
    /// None of them.
    pub const NONE: Attacks = Attacks(0);

    /// What is looked for unless configured otherwise: everything but leaks.
    pub fn usual() -> Attacks {
        Attack::ALL.iter().filter(|attack| **attack != Attack::Leak).fold(Attacks::NONE, |set, a| set.with(*a))
    }

    /// With this class too.
    #[must_use]
    pub fn with(self, attack: Attack) -> Attacks {
        Attacks(self.0 | 1 << attack as u32)
    }

    /// Without this class.
    #[must_use]
    pub fn without(self, attack: Attack) -> Attacks {
        Attacks(self.0 & !(1 << attack as u32))
    }

    /// Whether the class is in.
    pub fn has(self, attack: Attack) -> bool {
        self.0 & 1 << attack as u32 != 0
    }
}
