"""同户还有: who else lives there and is due, said when one of them was seen."""

from collections.abc import Iterator

from chronic.cli.session import Session
from chronic.i18n import _
from chronic.i18n.terms import HOUSEHOLD_DUES, term
from chronic.reports.housemates import others_due


def housemate_lines(session: Session, person: int) -> Iterator[str]:
    """同户还有: the others who live there and are due."""
    found = others_due(session.db, session.today, person)
    if found:
        said = "; ".join(
            f"{id_} {name} ({', '.join(term(HOUSEHOLD_DUES, kind) for kind in kinds)})" for id_, name, kinds in found
        )
        yield _("Also due in this household: {who}; all of it: chronic household show {id}").format(who=said, id=person)
