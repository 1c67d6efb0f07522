"""Downloads: figures as files."""
