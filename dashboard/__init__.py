"""The dashboard: reads the published store and draws. It never imports ``etl``."""
