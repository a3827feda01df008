"""Rules as data, and compiling them for the engine."""

from framewall.detect.load import (
    RuleError,
    builtin_engine,
    builtin_rules,
    compile_rules,
    read_files,
    read_rules,
    rules_in,
)
from framewall.detect.write import hidden, written

__all__ = [
    "RuleError",
    "builtin_engine",
    "builtin_rules",
    "compile_rules",
    "hidden",
    "read_files",
    "read_rules",
    "rules_in",
    "written",
]
