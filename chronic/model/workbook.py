"""What a workbook of Excel can hold, and how every one of ours is written."""

import re
from typing import Final

ROWS: Final = 1_048_576
"""Excel's own limits: rows of a sheet and characters of a cell."""
CHARACTERS: Final = 32_767
IN_MEMORY: Final = 2_000_000
"""Cells, blank ones too, of a workbook of which nothing may lie on a disk in the clear: at most some 500 MB."""
NO_XML: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")
WRITING: Final = {
    "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
}  # fmt: skip
"""For xlsxwriter: a row at a time goes to the disk, and a text stays a text."""
