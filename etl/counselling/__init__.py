"""Counselling counts: the form, its reading, the private files, the protected figures, the import."""
