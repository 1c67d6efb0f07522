"""Measures that come by a form: the workbook to fill in, its reading, and where they are kept."""
