"""The root command: global options, the table of commands, and the only error handler."""

import io
import os
import sys
from collections.abc import Sequence

import click

from chronic import __version__
from chronic.cli.commands import FileName, LazyGroup, every_command
from chronic.errors import ChronicError, PersonNotFound
from chronic.i18n import N_, _

SECTIONS = {
    "day": N_("Every day"),
    "people": N_("Programmes and people"),
    "find": N_("Finding"),
    "loop": N_("Closing the loop"),
    "files": N_("Files and set-up"),
}
TABLE = {
    "today": ("today", "day", N_("Who needs you today, on one screen.")),
    "overdue": ("lists", "day", N_("Who is late, and why.")),
    "due": ("lists", "day", N_("Who is due soon.")),
    "calls": ("tracing", "day", N_("Whom to call today, and what to say.")),
    "visit": ("visit", "day", N_("Record, list, correct and withdraw follow-ups.")),
    "undo": ("undo", "day", N_("Take back the last thing you recorded.")),
    "why": ("why", "day", N_("The rule and readings behind a person's class and date.")),
    "person": ("person", "day", N_("Register, find, show, change and close people.")),
    "enrol": ("programme", "people", N_("Begin managing hypertension, diabetes or lipids.")),
    "pause": ("programme", "people", N_("Nobody can reach the person for now.")),
    "programme": ("programme", "people", N_("End a programme, list a person's programmes.")),
    "contract": ("contract", "people", N_("Family-doctor contracts: sign, renew, end, who has none.")),
    "household": ("household", "people", N_("Households: what is due there, the round, what they need.")),
    "medicine": ("medicine", "people", N_("Medicines handed out: until when, who needs more, what to ask.")),
    "benefit": ("benefit", "people", N_("Who is registered for the outpatient medicine benefit.")),
    "transfer": ("transfer", "people", N_("People who move: out, accepted or declined; who waits for an answer.")),
    "screen": ("screen", "find", N_("Screen people not enrolled; who waits for a recheck.")),
    "checkup": ("checkup", "find", N_("Yearly check-ups: record, what is missing, who is due.")),
    "test": ("complications", "find", N_("Tests against the six diseases: what is due, what counts.")),
    "advise": ("advise", "find", N_("What to say to a person about how they live.")),
    "report": ("report", "find", N_("Figures over many people: indicators, cohorts, coverage, work.")),
    "scale": ("scale", "find", N_("The same figures over many registries' files, on DuckDB or Spark.")),
    "dashboard": ("dashboard", "find", N_("The figures as one page of pictures.")),
    "plan": ("plan", "loop", N_("Rounds: whom to visit on which working day.")),
    "refer": ("refer", "loop", N_("When to refer, and what became of a referral.")),
    "institution": ("institution", "loop", N_("Where people are referred to, and clinic days of specialists.")),
    "call": ("tracing", "loop", N_("What a call came to, and when to try again.")),
    "opinion": ("opinion", "loop", N_("Satisfaction, complaints, suggestions, and their handling.")),
    "order": ("order", "loop", N_("Examinations asked for elsewhere; whose result is late.")),
    "task": ("task", "loop", N_("Problems with an owner and a day: written down or found by a check.")),
    "chain": ("chain", "loop", N_("Where everybody stands from risk to rehabilitation, and who is stuck.")),
    "educate": ("educate", "loop", N_("Health education: what was held where, for how many.")),
    "import": ("imports", "files", N_("Take people, visits or check-ups from a sheet.")),
    "export": ("export", "files", N_("People, visits, lists and blank sheets as files.")),
    "print": ("printing", "files", N_("Paper: record sheets, check-up forms, patients' cards, screening sheets.")),
    "place": ("place", "files", N_("County, areas, townships, villages, hamlets, and their official codes.")),
    "doctor": ("doctor", "files", N_("Doctors: in which institution and team, from when; how many people each has.")),
    "upload": ("upload", "files", N_("What the county platform has, what it still needs, what it returned.")),
    "open": ("envelopes", "files", N_("Open an encrypted file.")),
    "bundle": ("bundle", "files", N_("Records to and from other registries, as one signed file.")),
    "desk": ("desk", "files", N_("Who has reported here by bundles, and how old their data are.")),
    "nightly": ("nightly", "files", N_("Today's lists as files, every night by itself.")),
    "audit": ("audit", "files", N_("What was done here and taken out of here, by whom, and is that record whole.")),
    "log": ("logbook", "files", N_("What failed: openings without the right key, nights.")),
    "init": ("init", "files", N_("Make a new registry.")),
    "encrypt": ("encrypt", "files", N_("Encrypt the registry, so that a stolen copy cannot be read.")),
    "decrypt": ("encrypt", "files", N_("Make an encrypted registry a plain file again.")),
    "passphrase": ("encrypt", "files", N_("Another passphrase for an encrypted registry.")),
    "protocol": ("protocol", "files", N_("The guidelines people are judged by.")),
    "replan": ("protocol", "files", N_("Judge and plan everyone anew.")),
    "backup": ("backup", "files", N_("Copy the whole registry, checked; which copies there are.")),
    "restore": ("restore", "files", N_("Put a backup in the place of the registry.")),
    "check": ("check", "files", N_("Is the registry whole? Save what can be read of a damaged one.")),
    "upgrade": ("upgrade", "files", N_("Bring a registry of an earlier version up to date.")),
    "demo": ("demo", "files", N_("A made-up village to try things on.")),
    "completion": ("completion", "files", N_("Let the shell complete commands at the Tab key.")),
}
"""Command -> (module, section, one line). Help is printed from here: no command is imported for it."""

_LONGEST = 600
"""Characters of what is said of a wrong word on the command line; it is quoted in it."""
GLOBAL = ("--db", "--today", "--lang", "--key-file")


@click.group(
    cls=LazyGroup,
    table=TABLE,
    sections=SECTIONS,
    invoke_without_command=True,
    help=_("Find, follow and bring back people with hypertension and diabetes."),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--db", type=FileName(), help=_("Registry file; else CHRONIC_DB, else the default one."))
@click.option("--key-file", type=FileName(), help=_("Key of an encrypted registry; else CHRONIC_KEY_FILE."))
@click.option(
    "--today", "today_text", metavar="YYYY-MM-DD", help=_("The business day; else CHRONIC_TODAY, else the system's.")
)
@click.option("--lang", type=click.Choice(["zh", "en"]), help=_("The language of the screen."))
@click.option(
    "--help-all", is_flag=True, is_eager=True, expose_value=False, callback=every_command,
    help=_("Show every command and exit."),
)  # fmt: skip
@click.version_option(__version__, prog_name="chronic", message="%(prog)s %(version)s")
@click.pass_context
def root(ctx: click.Context, db: str | None, key_file: str | None, today_text: str | None, lang: str | None) -> None:
    """The root command; alone it is `today`, or three lines how to start."""
    from chronic.cli.session import Session, given_day  # help and version never open a registry
    from chronic.store import opening, transactions

    day = given_day(today_text, "--today") or given_day(os.environ.get("CHRONIC_TODAY"), "CHRONIC_TODAY")
    ctx.obj = Session(db, day, key_file)
    ctx.with_resource(opening.unlocked_by(ctx.obj.unlock))
    ctx.with_resource(transactions.translated(ctx.obj.file))
    ctx.call_on_close(ctx.obj.close)
    if ctx.invoked_subcommand is not None:
        return
    if ctx.obj.path.exists():
        command = root.get_command(ctx, "today")
        assert command is not None
        ctx.invoke(command)
        return
    click.echo(_("There is no registry yet at {path}.").format(path=ctx.obj.path))
    click.echo(_("chronic demo    try it on a made-up village"))
    click.echo(_("chronic init    make your own registry; then: chronic --help"))


def run(args: Sequence[str]) -> int:
    """Run one command line; its exit code. Data on stdout, sentences on stderr."""
    _prepare_streams()
    try:
        answer = root.main(hoisted(args), prog_name="chronic", standalone_mode=False)
        sys.stdout.flush()
        return answer if isinstance(answer, int) else 0
    except ChronicError as error:
        return _report(error)
    except click.ClickException as error:
        return _wrong_usage(error)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo(_("Stopped; nothing was saved."), err=True)
        return 1
    except (BrokenPipeError, SystemExit):  # whoever read our output has enough; click answers that with an exit of its own
        return 0
    except OSError as error:
        return _bug() if error.filename is None else _report(_unusable(error))
    except Exception:
        return _bug()


def hoisted(args: Sequence[str]) -> list[str]:
    """Global options work after the command too: move them to the front."""
    front: list[str] = []
    rest: list[str] = []
    waiting = list(args)
    while waiting:
        arg = waiting.pop(0)
        if arg == "--":
            rest += [arg, *waiting]
            break
        if arg in GLOBAL and waiting:
            front += [arg, waiting.pop(0)]
        elif arg.startswith(tuple(f"{name}=" for name in GLOBAL)):
            front.append(arg)
        else:
            rest.append(arg)
    return [*front, *rest]


def _wrong_usage(error: click.ClickException) -> int:
    """What click refused, in one line; where it is not about a value, with the way to the help."""
    hint = ""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return error.exit_code
    if isinstance(error, click.exceptions.NoSuchCommand | click.exceptions.NoSuchOption):
        from chronic.cli.guess import sharpen

        sharpen(error)
    if isinstance(error, click.UsageError) and error.ctx is not None and type(error) is not click.BadParameter:
        hint = " " + _("Try '{command} {option}' for help.").format(command=error.ctx.command_path, option="--help")
    message = error.format_message()
    click.echo((message if len(message) <= _LONGEST else f"{message[:_LONGEST]}...") + hint, err=True)
    return error.exit_code


def _report(error: ChronicError) -> int:
    from chronic.model.wording import say

    click.echo(say(error.code, **error.values), err=True)
    if isinstance(error, PersonNotFound) and error.matches:
        from chronic.cli.people import match_lines

        for line in match_lines(error):
            click.echo(line, err=True)
    return error.exit_code


def _unusable(error: OSError) -> ChronicError:
    """What the system says of a file or a folder where nobody had asked yet: a name that no file can have, no access."""
    from chronic.errors import ValueRefused

    return ValueRefused("file.unusable", path=error.filename, problem=error.strerror or error)


def _bug() -> int:
    """A bug of ours: the traceback goes to a file, the user gets a sentence."""
    import traceback

    from chronic.cli.session import user_folder

    log = user_folder() / "chronic-error.log"
    from chronic.model.traces import without_numbers

    text = without_numbers(traceback.format_exc())
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, "a", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as out:
            out.write(f"chronic {__version__}\n{text}\n")
        click.echo(
            _("Something went wrong inside the program; nothing was saved. Details are in {path}.").format(path=log),
            err=True,
        )
    except OSError:
        click.echo(_("Something went wrong inside the program; nothing was saved."), err=True)
    return 1


def _prepare_streams() -> None:
    """UTF-8 into files and pipes; on an old console a character it lacks becomes a question mark, never a crash."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", newline="\n")
