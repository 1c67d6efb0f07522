"""The pages: thin scripts, widgets in, charts out."""
