"""`liner-async completion`: a script that lets a shell complete our commands."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from liner_async.cli.console.help_text import epilog

__all__ = ["completion"]

_EXAMPLES = """
Examples:
  liner-async completion bash > ~/.local/share/bash-completion/completions/liner-async
  liner-async completion zsh > ~/.zfunc/_liner-async
  liner-async completion fish > ~/.config/fish/completions/liner-async.fish
"""


@click.command(epilog=epilog(_EXAMPLES))
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, *, shell: str) -> None:
    """Print a script that completes commands, options and values.

    Save it where the shell looks for completion scripts, then open a new shell.
    """
    root = ctx.find_root()
    name = root.info_name or "liner-async"
    variable = f"_{name}_COMPLETE".replace("-", "_").upper()  # the one that click listens to
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click knows every choice
    click.echo(kind(root.command, {}, name, variable).source())
