"""The file of a meeting (Sitzungsmappe): charts in order with headings and notes, a cover, one state of the data."""
