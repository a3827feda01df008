"""``framewall rules``: what is looked for, whether it holds, and more of it from elsewhere."""

from __future__ import annotations

import collections
import json
from pathlib import Path

import click

from framewall.detect import compile_rules, read_rules
from framewall.detect.load import RULES
from framewall.detect.seclang import import_rules
from framewall.errors import FramewallError

_PATHS = click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE|DIR]...")


class RulesFailedError(FramewallError):
    """Rules that cannot be used. The operator's fault."""


@click.group("rules", short_help="List, test and import rules.")
def command() -> None:
    """List, test and import rules.

    Rules come with Framewall; more are read from the files and folders you name.
    """


@command.command("list", short_help="List the rules.")
@_PATHS
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_(paths: tuple[Path, ...], as_json: bool) -> None:
    """List rules: class, score, sensitivity from which on they are used, id."""
    for rule in read_rules(paths or (RULES,)):
        if as_json:
            click.echo(json.dumps(rule))
        else:
            click.echo(
                f"{rule['attack']:22}{rule['score']:>3}  from {rule.get('sensitivity', 1)}  {rule['id']}"
            )


@command.command("test", short_help="Run every rule's examples.")
@_PATHS
def test(paths: tuple[Path, ...]) -> None:
    """Compile rules and run their examples.

    The exit status is 0 if every rule can be used and every example holds, and 1 if not.
    """
    rules = read_rules(paths or (RULES,))
    try:
        compile_rules(rules)
    except ValueError as error:
        raise RulesFailedError(str(error)) from error
    examples = sum(len(each) for rule in rules for each in rule.get("examples", {}).values())
    click.echo(f"{len(rules)} rules, {examples} examples: fine")


@command.command("import", short_help="Import ModSecurity rules.")
@click.argument("folder", type=click.Path(path_type=Path, exists=True), metavar="DIR")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path("imported.json"),
    show_default=True,
    help="The rule file to write.",
)
@click.option("--verbose", is_flag=True, help="Name every rule that was left out.")
def import_(folder: Path, output: Path, verbose: bool) -> None:
    """Import the rules of DIR, such as OWASP CRS, into a rule file.

    Their patterns, word lists, chains, transformations and levels are kept and run by the engine. What has
    no meaning for messages, or cannot run in linear time, is left out and said so.
    """
    try:
        imported = import_rules(folder)
    except ValueError as error:
        raise RulesFailedError(str(error)) from error
    if not imported.rules:
        raise RulesFailedError(
            f"{folder}: no rules for messages; give the folder that holds the *.conf files"
        )
    output.write_text(json.dumps(imported.rules, indent=1) + "\n", encoding="utf-8")
    click.echo(f"{output}: {len(imported.rules)} rules")
    if imported.waiting:
        click.echo(f"  of which {len(imported.waiting)} look only at paths, headers, cookies or files")
    reasons = collections.Counter(skipped.why.partition(": ")[0] for skipped in imported.skipped)
    for why, count in reasons.most_common():
        click.echo(f"left out {count:4}: {why}")
    if verbose:
        for skipped in imported.skipped:
            click.echo(f"{skipped.file}:{skipped.line}: {skipped.rule or '-'}: {skipped.why}")
