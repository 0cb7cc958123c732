"""Libraries that only some work needs: asked for where it is done, and one sentence where they are not installed."""

from collections.abc import Iterator
from contextlib import contextmanager

from chronic.errors import ValueRefused


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Around the imports that need this extra of the package (i18n.terms.EXTRAS). Raises ValueRefused (`extra.missing`)."""
    try:
        yield
    except ImportError:
        raise ValueRefused("extra.missing", what=name, extra=name) from None
