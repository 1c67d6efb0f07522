"""The order of test files: those that take longest first, so that no worker is left alone with one at the end."""

from __future__ import annotations

import pytest

LONGEST = ("test_faults", "test_axe_forms", "test_recordings", "test_axe_english", "test_random_views", "test_axe")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {f"{name}.py": n for n, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.name, len(LONGEST)))
