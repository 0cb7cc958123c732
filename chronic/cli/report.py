"""`report`: figures over many people."""

import click

from chronic.cli.commands import Group
from chronic.cli.figures import indicators
from chronic.cli.quality import quality
from chronic.cli.warning import warning_
from chronic.cli.workload import workload
from chronic.i18n import _


@click.group(cls=Group, help=_("Figures over many people."))
def report() -> None:
    pass


report.add_command(indicators)
report.add_command(workload)
report.add_command(quality)
report.add_command(warning_)
