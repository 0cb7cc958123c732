"""Tags of a person: what puts them into a group."""

from collections.abc import Sequence

from chronic.care.desk import Desk
from chronic.errors import NotAllowed, ValueRefused
from chronic.model.tags import age_in, code_of
from chronic.store import people
from chronic.store.journal import deed


def tag(desk: Desk, person: int, added: Sequence[str], taken: Sequence[str]) -> list[str]:
    """Give and take away tags; those left. Raises ValueRefused (`tag.derived`, `tag.shape`), NotAllowed
    (`tag.not_there`)."""
    give, take = [tag_code(one) for one in added], {code_of(one): one for one in taken}
    with deed(desk.db, desk.stamp, "person.tag", person):
        there = {code_of(one) for one in people.tags(desk.db, person)}
        for code, one in take.items():
            if code not in there:
                raise NotAllowed("tag.not_there", tag=one)
        people.set_tags(desk.db, person, (there | set(give)) - set(take), desk.stamp)
        return people.tags(desk.db, person)


def tag_code(text: str) -> str:
    """The code of a tag that can be given. Raises ValueRefused (`tag.derived`, `tag.shape`)."""
    if age_in(text) is not None:
        raise ValueRefused("tag.derived", tag=text)
    if not text.strip() or any(mark in text for mark in ";；\r\n"):
        raise ValueRefused("tag.shape", tag=text)
    return code_of(text.strip())
