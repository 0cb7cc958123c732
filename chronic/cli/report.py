"""`report`: figures over many people."""

import click

from chronic.cli.cohort import cascade, cohort, coverage
from chronic.cli.commands import Group
from chronic.cli.figures import indicators
from chronic.cli.ledgers import ledger
from chronic.cli.quality import quality
from chronic.cli.warning import warning_
from chronic.cli.workload import workload
from chronic.i18n import _


@click.group(cls=Group, help=_("Figures over many people."))
def report() -> None:
    pass


for command in (indicators, cohort, cascade, coverage, ledger, workload, quality, warning_):
    report.add_command(command)
