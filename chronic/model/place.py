"""What a place is: the levels of the tree, official codes, and when two names mean one place. No clinic needs more."""

from typing import NamedTuple
from unicodedata import normalize

from chronic.i18n import N_

LEVELS = {
    "county": N_("County"), "area": N_("Area"), "township": N_("Township"), "village": N_("Village"), "hamlet": N_("Hamlet"),
}  # fmt: skip
"""From the top down. 县, 片区, 乡镇, 村, 组."""
ABOVE = {
    "county": (), "area": ("county",), "township": ("area", "county"), "village": ("township",), "hamlet": ("village",),
}  # fmt: skip
"""What a place of this level may lie in; of all but a hamlet nothing may be known."""
DIGITS = {"province": 2, "city": 4, "county": 6, "township": 9, "village": 12}
"""How many of the 12 digits of 统计用区划代码 say which one it is (GB/T 2260 six, GB/T 10114 three more); 0 fills the rest.

Provinces and cities are no places here: a registry is of one county or less, and theirs are the first digits of its codes.
"""
LENGTH = 12
ENDINGS = {
    "village": ("村民委员会", "居民委员会", "村民委会", "村委会", "居委会", "社区", "行政村", "村"),
    "township": ("人民政府", "街道办事处", "办事处", "街道", "镇", "乡"),
    "county": ("人民政府", "县", "区", "市"),
    "hamlet": ("村民小组", "小组", "组", "队"),
    "area": ("片区", "片"),
}
"""What official lists put behind a name and people leave out, the longest first. 下各村村民委员会 and 下各 are
one village where the township has but one of them; a list that has 下各社区 and 下各村 is asked about."""


OFFICES = {
    "village": {"村民委员会": "村", "村民委会": "村", "村委会": "村", "居民委员会": "社区", "居委会": "社区"},
    "township": {"街道办事处": "街道", "办事处": "街道", "人民政府": ""},
    "county": {"人民政府": ""},
}  # fmt: skip
"""The offices by which official lists call places, the longest first, and what people call such a place where the name
without the office does not end so: 下各村村民委员会 and 下各村委会 are 下各村, 新华居委会 is 新华社区."""
KINDS = ("村", "社区", "街道", "镇", "乡")
URBAN_CLASSES = {
    "111": N_("main urban"), "112": N_("urban-rural fringe"), "121": N_("town centre"), "122": N_("town fringe"),
    "123": N_("special area"), "210": N_("township centre"), "220": N_("village"),
}  # fmt: skip
"""城乡分类代码."""


class Where(NamedTuple):
    """Where people live: in one of these villages (place ids; townships and what is above them are among them, for what is
    about a whole one), and in one of these hamlets where hamlets are meant. Never empty."""

    villages: tuple[int, ...]
    hamlets: tuple[int, ...] | None = None

    def holds(self, village: int, hamlet: int | None) -> bool:
        """Does somebody live there whose home this is?"""
        return village in self.villages and (self.hamlets is None or hamlet in self.hamlets)

    def sql(self, of: str, village: str = "") -> str:
        """A condition on the columns village and hamlet of `of`; `village`: where the village stands, if not there."""
        found = f"{village or f'{of}.village'} IN ({', '.join(map(str, self.villages))})"
        return found if self.hamlets is None else f"{found} AND {of}.hamlet IN ({', '.join(map(str, self.hamlets))})"


def core(level: str, name: str) -> str:
    """A name without what official lists put behind it: 下各村村民委员会 is 下各. A name is never stripped to nothing."""
    rest = "".join(name.split())
    again = True
    while again:
        again = False
        for ending in ENDINGS[level]:
            if rest.endswith(ending) and len(rest) > len(ending):
                rest, again = rest.removesuffix(ending), True
                break
    return rest


def stem(level: str, name: str) -> str:
    """What people call a place that an official list calls by its office: 下各村村民委员会 is 下各村."""
    rest = "".join(name.split())
    for office, kind in OFFICES.get(level, {}).items():
        if rest.endswith(office) and len(rest) > len(office):
            rest = rest.removesuffix(office)
            return rest if rest.endswith(KINDS) else rest + kind
    return rest


def padded(code: str) -> str:
    """The 12 digits of a shorter code of GB/T 2260 or 10114, also in full-width digits; anything else as it is."""
    digits = normalize("NFKC", code).strip()
    if not (digits.isascii() and digits.isdigit()):
        return code
    return digits.ljust(LENGTH, "0") if len(digits) in DIGITS.values() else digits


def level_of(code: str) -> str | None:
    """Which level 12 digits speak of: province, city, county, township or village; None where they cannot be one."""
    if len(code) != LENGTH or not (code.isascii() and code.isdigit()) or code.startswith("00"):
        return None
    return next(level for level, digits in DIGITS.items() if not code[digits:].strip("0"))


def above(code: str, level: str) -> str:
    """The code of the place of this level in which the place with this one lies."""
    return code[: DIGITS[level]].ljust(LENGTH, "0")
