"""Rules as data, and compiling them for the engine."""

from framewall.detect.load import RuleError, builtin_engine, compile_rules, read_rules

__all__ = ["RuleError", "builtin_engine", "compile_rules", "read_rules"]
