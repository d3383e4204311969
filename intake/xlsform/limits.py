"""How much of a workbook is looked at: files come from people, and from whoever writes to them."""

MAX_BYTES = 10_000_000
MAX_UNPACKED = 40_000_000
"""Of an .xlsx, which is a ZIP archive."""
MAX_PARTS = 2_000
MAX_ROWS = 20_000
"""Rows of one sheet. A longer list of choices belongs into a CSV file."""
MAX_QUESTIONS = 5_000
"""As many as the form engine takes."""
MAX_OFFERED = 200_000
"""Choices of all questions together: pyxform walks through the whole list for every question that uses it."""
MAX_COLUMNS = 400
EMPTY_ROWS = 60
"""After so many empty rows a sheet has ended (as in pyxform): spreadsheets may hold a million formatted ones."""
MAX_CELL = 32_767
"""Characters, as in Excel."""
