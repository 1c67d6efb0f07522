"""ETL of the Monitor Arbeitsmigration: fetch, raw store, parse, check, publish."""
