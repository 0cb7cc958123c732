"""What has to be written otherwise for another engine than SQLite: this, and nothing else, in any text of the indicators."""

import re

_COMMENT = re.compile("--.*")
DIFFERS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "duckdb": ((r":(\w+)", r"$\1", "a value that is bound by name"),),
    "spark": ((r"\bAS MATERIALIZED\b", "AS", "whether a part is reckoned once is Spark's own choice"),),
}
"""By engine: (pattern, what stands there instead, why)."""


def said(sql: str, engine: str, values: dict[str, object]) -> tuple[str, dict[str, object]]:
    """A text as this engine reads it, with those of the values that it takes."""
    text = re.sub(_COMMENT, "", sql)
    taken = {name: value for name, value in values.items() if re.search(rf":{name}\b", text)}
    for pattern, instead, _why in DIFFERS[engine]:
        text = re.sub(pattern, instead, text)
    return text, taken
