"""The published store's tables: the only door between ``etl`` and ``dashboard``.

A vintage id is its UTC time of publishing as ``20261122T143000Z``: sortable and fit for a file name.
Texts stand in a German and an English column; nested metadata is JSON. ``bases`` says what a source's figures with a
``period_end`` from ``since`` up to and including ``until`` (null: up to now) stand on, such as a census.
``dimension_values.ordered``: the code has its place in an order (ages, lengths of stay) that charts keep.
``dimension_values.residual``: the code stands for what is left over or unknown, which no headline names as a finding.
``indicators.share_within``: dimensions whose code a share's denominator has in common with the figure.
``sources.invented``: its figures are made up for a look at the pages, and every chart and file that shows one says so.
``providers`` are the counselling bodies (values of the dimension ``provider``) with the districts of their offices, the
topics they count and the threshold below which their counts are secret; ``milestones`` are cited facts about them.
``events`` are context for charts: of the indicators named, of all of their ``themes``, or of all if both are empty;
``regions`` empty: everywhere. ``measures`` is the register of measures, ``begins`` and ``ends`` as exact as their
source (``2016``, ``2016-02``, ``2016-02-23``); those of a form have ``entered_by`` and ``imported_at``. ``bodies`` have
``services``; ``service_terms`` are the target groups (with the official series of those concerned), the topics (with
the groups and stages for which they arise) and the stages that both registers are told by. ``areas`` are the districts'
boundaries as GeoJSON geometry (WGS 84), simplified.
``outlook_assumptions`` are what the page on the years ahead assumes: settings, levers with bounds (null ``value``:
worked out from the figures), participation rates, life tables; ``outlook_rates`` their rates by age, of both sexes
where ``sex`` is null.
``briefings`` are prepared files for the round table: ``charts_json`` lists the parameters of each chart's link
(``view``) with ``heading`` and ``note`` in both languages where it has its own.
"""

from __future__ import annotations

SCHEMA_VERSION = 5

TABLES: dict[str, str] = {
    "observations": """
        indicator VARCHAR NOT NULL, region VARCHAR NOT NULL, period VARCHAR NOT NULL,
        period_start DATE NOT NULL, period_end DATE NOT NULL, period_kind VARCHAR NOT NULL,
        breakdown VARCHAR NOT NULL, value DOUBLE, unit VARCHAR NOT NULL, status VARCHAR NOT NULL,
        source VARCHAR NOT NULL, "table" VARCHAR NOT NULL, licence VARCHAR NOT NULL, attribution VARCHAR NOT NULL,
        retrieved_at TIMESTAMP NOT NULL, known_from VARCHAR NOT NULL, known_until VARCHAR
    """,
    "vintages": """
        vintage VARCHAR NOT NULL, published_at TIMESTAMP NOT NULL, origin VARCHAR NOT NULL,
        new_figures INTEGER NOT NULL, revised_figures INTEGER NOT NULL, withdrawn_figures INTEGER NOT NULL
    """,
    "indicators": """
        id VARCHAR NOT NULL, theme VARCHAR NOT NULL, sort_order INTEGER NOT NULL,
        title_de VARCHAR NOT NULL, title_en VARCHAR NOT NULL,
        definition_de VARCHAR NOT NULL, definition_en VARCHAR NOT NULL,
        reading_de VARCHAR NOT NULL, reading_en VARCHAR NOT NULL,
        unit VARCHAR NOT NULL, decimals INTEGER NOT NULL, measure VARCHAR NOT NULL, period_kind VARCHAR NOT NULL,
        dims VARCHAR[] NOT NULL, default_breakdown VARCHAR NOT NULL, regional_sum BOOLEAN NOT NULL,
        share_indicator VARCHAR, share_kind VARCHAR, share_within VARCHAR[] NOT NULL,
        per1000 BOOLEAN NOT NULL, preferred_source VARCHAR NOT NULL,
        rounding_base INTEGER, rounding_cells INTEGER, rounding_since INTEGER, rounding_de VARCHAR, rounding_en VARCHAR,
        notes_json VARCHAR NOT NULL, related VARCHAR[] NOT NULL
    """,
    "series": """
        indicator VARCHAR NOT NULL, source VARCHAR NOT NULL, "table" VARCHAR NOT NULL,
        data_de VARCHAR NOT NULL, data_en VARCHAR NOT NULL, link VARCHAR NOT NULL
    """,
    "breaks": """
        indicator VARCHAR NOT NULL, source VARCHAR NOT NULL, "at" DATE NOT NULL,
        text_de VARCHAR NOT NULL, text_en VARCHAR NOT NULL
    """,
    "bases": """
        indicator VARCHAR NOT NULL, source VARCHAR NOT NULL, base VARCHAR NOT NULL, since DATE NOT NULL, until DATE,
        text_de VARCHAR NOT NULL, text_en VARCHAR NOT NULL
    """,
    "sources": """
        id VARCHAR NOT NULL, name_de VARCHAR NOT NULL, name_en VARCHAR NOT NULL,
        publisher_de VARCHAR NOT NULL, publisher_en VARCHAR NOT NULL, homepage VARCHAR NOT NULL,
        licence VARCHAR NOT NULL,
        licence_de VARCHAR NOT NULL, licence_en VARCHAR NOT NULL, licence_url VARCHAR NOT NULL,
        attribution_de VARCHAR NOT NULL, attribution_en VARCHAR NOT NULL,
        rhythm_de VARCHAR NOT NULL, rhythm_en VARCHAR NOT NULL, stale_after_days INTEGER NOT NULL,
        invented BOOLEAN NOT NULL
    """,
    "regions": """
        id VARCHAR NOT NULL, sort_order INTEGER NOT NULL, level VARCHAR NOT NULL,
        name_de VARCHAR NOT NULL, name_en VARCHAR NOT NULL, short_de VARCHAR NOT NULL, short_en VARCHAR NOT NULL,
        nuts VARCHAR, part_of VARCHAR[] NOT NULL
    """,
    "dimensions": """
        dim VARCHAR NOT NULL, label_de VARCHAR NOT NULL, label_en VARCHAR NOT NULL,
        total_de VARCHAR NOT NULL, total_en VARCHAR NOT NULL
    """,
    "dimension_values": """
        dim VARCHAR NOT NULL, code VARCHAR NOT NULL, sort_order INTEGER NOT NULL,
        label_de VARCHAR NOT NULL, label_en VARCHAR NOT NULL, definition_de VARCHAR, definition_en VARCHAR,
        ordered BOOLEAN NOT NULL, residual BOOLEAN NOT NULL
    """,
    "providers": """
        code VARCHAR NOT NULL, name_de VARCHAR NOT NULL, name_en VARCHAR NOT NULL,
        about_de VARCHAR NOT NULL, about_en VARCHAR NOT NULL, source VARCHAR NOT NULL,
        invented BOOLEAN NOT NULL, sort_order INTEGER NOT NULL, threshold INTEGER NOT NULL, round_to INTEGER,
        regions VARCHAR[] NOT NULL, topics VARCHAR[] NOT NULL
    """,
    "milestones": """
        "at" DATE NOT NULL, when_de VARCHAR NOT NULL, when_en VARCHAR NOT NULL,
        text_de VARCHAR NOT NULL, text_en VARCHAR NOT NULL,
        source_de VARCHAR NOT NULL, source_en VARCHAR NOT NULL, link VARCHAR
    """,
    "outlook_assumptions": """
        id VARCHAR NOT NULL, kind VARCHAR NOT NULL, sort_order INTEGER NOT NULL,
        value DOUBLE, low DOUBLE, high DOUBLE, step DOUBLE, first_year INTEGER, last_year INTEGER,
        expectancy_m DOUBLE, expectancy_f DOUBLE,
        title_de VARCHAR NOT NULL, title_en VARCHAR NOT NULL, reason_de VARCHAR NOT NULL, reason_en VARCHAR NOT NULL,
        source_de VARCHAR, source_en VARCHAR, link VARCHAR
    """,
    "outlook_rates": """
        assumption VARCHAR NOT NULL, sex VARCHAR, age_from INTEGER NOT NULL, age_to INTEGER NOT NULL,
        value DOUBLE NOT NULL
    """,
    "units": "id VARCHAR NOT NULL, label_de VARCHAR NOT NULL, label_en VARCHAR NOT NULL, "
    "suffix_de VARCHAR, suffix_en VARCHAR",
    "events": """
        id VARCHAR NOT NULL, "at" DATE NOT NULL, title_de VARCHAR NOT NULL, title_en VARCHAR NOT NULL,
        short_de VARCHAR NOT NULL, short_en VARCHAR NOT NULL,
        source_de VARCHAR NOT NULL, source_en VARCHAR NOT NULL, link VARCHAR NOT NULL, verified BOOLEAN NOT NULL,
        themes VARCHAR[] NOT NULL, indicators VARCHAR[] NOT NULL, regions VARCHAR[] NOT NULL
    """,
    "measures": """
        id VARCHAR NOT NULL, sort_order INTEGER NOT NULL, name_de VARCHAR NOT NULL, name_en VARCHAR NOT NULL,
        short_de VARCHAR NOT NULL, short_en VARCHAR NOT NULL, what_de VARCHAR NOT NULL, what_en VARCHAR NOT NULL,
        lead_de VARCHAR NOT NULL, lead_en VARCHAR NOT NULL, duty VARCHAR NOT NULL, status VARCHAR NOT NULL,
        groups VARCHAR[] NOT NULL, topics VARCHAR[] NOT NULL, begins VARCHAR, ends VARCHAR,
        budget_de VARCHAR, budget_en VARCHAR, indicators_json VARCHAR NOT NULL, districts VARCHAR[] NOT NULL,
        compared_with VARCHAR[] NOT NULL, compared_why_de VARCHAR, compared_why_en VARCHAR,
        sources_json VARCHAR NOT NULL, entered_by VARCHAR, imported_at TIMESTAMP
    """,
    "bodies": """
        id VARCHAR NOT NULL, sort_order INTEGER NOT NULL, name_de VARCHAR NOT NULL, name_en VARCHAR NOT NULL,
        short_de VARCHAR NOT NULL, short_en VARCHAR NOT NULL, about_de VARCHAR NOT NULL, about_en VARCHAR NOT NULL,
        coverage VARCHAR[] NOT NULL, contact VARCHAR, provider VARCHAR, sources_json VARCHAR NOT NULL
    """,
    "services": """
        id VARCHAR NOT NULL, sort_order INTEGER NOT NULL, body VARCHAR NOT NULL,
        what_de VARCHAR NOT NULL, what_en VARCHAR NOT NULL, duty VARCHAR NOT NULL,
        basis_de VARCHAR, basis_en VARCHAR, basis_link VARCHAR,
        groups VARCHAR[] NOT NULL, topics VARCHAR[] NOT NULL, stages VARCHAR[] NOT NULL, sources_json VARCHAR NOT NULL
    """,
    "service_terms": """
        kind VARCHAR NOT NULL, id VARCHAR NOT NULL, sort_order INTEGER NOT NULL,
        name_de VARCHAR NOT NULL, name_en VARCHAR NOT NULL, counted_as VARCHAR[] NOT NULL,
        people_indicator VARCHAR, people_breakdown VARCHAR, groups VARCHAR[] NOT NULL, stages VARCHAR[] NOT NULL
    """,
    "areas": """
        region VARCHAR NOT NULL, geometry VARCHAR NOT NULL, "as_of" DATE NOT NULL,
        attribution_de VARCHAR NOT NULL, attribution_en VARCHAR NOT NULL,
        licence_de VARCHAR NOT NULL, licence_en VARCHAR NOT NULL, licence_url VARCHAR NOT NULL,
        link VARCHAR NOT NULL, retrieved_at TIMESTAMP NOT NULL
    """,
    "briefings": """
        id VARCHAR NOT NULL, sort_order INTEGER NOT NULL, title_de VARCHAR NOT NULL, title_en VARCHAR NOT NULL,
        about_de VARCHAR NOT NULL, about_en VARCHAR NOT NULL, charts_json VARCHAR NOT NULL
    """,
    "corrections": """
        id VARCHAR NOT NULL, source VARCHAR NOT NULL, "table" VARCHAR NOT NULL, action VARCHAR NOT NULL,
        rows INTEGER NOT NULL, reason_de VARCHAR NOT NULL, reason_en VARCHAR NOT NULL
    """,
    "store": "schema_version INTEGER NOT NULL, vintage VARCHAR NOT NULL, metadata_sha256 VARCHAR NOT NULL",
}
