"""ModSecurity's rule language (SecLang), read and turned into Framewall's own rules."""

from framewall.detect.seclang.convert import Imported, Skipped, import_rules
from framewall.detect.seclang.parse import Directive, SecLangError, parse

__all__ = ["Directive", "Imported", "SecLangError", "Skipped", "import_rules", "parse"]
