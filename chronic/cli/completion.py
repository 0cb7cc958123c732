"""`completion`: the script that lets a shell complete commands, options and coded values at the Tab key.

The shell asks by running `chronic` with _CHRONIC_COMPLETE set (click's protocol). Answers come from the commands
alone; the registry is never opened.
"""

import sys

import click
from click.shell_completion import get_completion_class

from chronic.cli.commands import Command
from chronic.i18n import _

POWERSHELL = r"""Register-ArgumentCompleter -Native -CommandName chronic -ScriptBlock {
    param($word, $line, $cursor)
    $encoding = [Console]::OutputEncoding
    $env:COMP_WORDS = $line.ToString()
    $env:COMP_CWORD = $line.CommandElements.Count - [int][bool]$word
    $env:_CHRONIC_COMPLETE = 'powershell_complete'
    try {
        [Console]::OutputEncoding = [Text.Encoding]::UTF8
        $answer = @(& $line.CommandElements[0].Value 2>$null)
    } finally {
        [Console]::OutputEncoding = $encoding
        Remove-Item Env:COMP_WORDS, Env:COMP_CWORD, Env:_CHRONIC_COMPLETE
    }
    for ($i = 0; $i + 2 -lt $answer.Count; $i += 3) {
        $kind, $value, $says = $answer[$i..($i + 2)]
        if ($kind -eq 'plain') {
            if ($says -eq '_') { $says = $value }
            [Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $says)
        } elseif ($kind -eq 'dir' -or $kind -eq 'file') {
            [Management.Automation.CompletionCompleters]::CompleteFilename($word)
        }
    }
}
"""
"""click's own script leaves the console's encoding alone, and a Chinese Windows reads its UTF-8 as GBK then."""

KEEP = {
    "bash": "chronic completion bash >> ~/.bashrc",
    "zsh": "chronic completion zsh >> ~/.zshrc",
    "fish": "chronic completion fish > ~/.config/fish/completions/chronic.fish",
    "powershell": "chronic completion powershell | Add-Content $PROFILE",
}
"""What is typed once, so that every new window has it."""


@click.command(
    cls=Command,
    help=_(
        "Print the script that lets a shell complete commands and options at the Tab key. "
        "Type the line for your shell once, then open a new window."
    ),
    example="\n".join(KEEP.values()),
)
@click.argument("shell", type=click.Choice(list(KEEP)))
def completion(shell: str) -> None:
    click.echo(_script(shell), nl=False)
    if sys.stdout.isatty():
        click.echo(_("To keep it: {command}").format(command=KEEP[shell]), err=True)


def _script(shell: str) -> str:
    if shell == "powershell":
        return POWERSHELL
    known = get_completion_class(shell)
    assert known is not None
    script = known(click.get_current_context().find_root().command, {}, "chronic", "_CHRONIC_COMPLETE").source()
    return script.replace('string split ","', 'string split -m 1 ","')  # in fish, explanations with a comma
