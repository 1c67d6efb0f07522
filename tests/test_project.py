"""Rules of the whole project that no single module can keep."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def imported_packages(path: Path) -> set[str]:
    """Top-level names that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize(("package", "other"), [("dashboard", "etl"), ("etl", "dashboard")])
def test_the_store_is_the_only_door_between_etl_and_dashboard(package, other):
    modules = list((ROOT / package).rglob("*.py"))
    assert len(modules) > 5
    assert [str(m.relative_to(ROOT)) for m in modules if other in imported_packages(m)] == []


def test_the_wall_test_sees_an_import(tmp_path):
    module = tmp_path / "page.py"
    module.write_text("def f():\n    from etl.store import current_state\n    return current_state\n")
    assert imported_packages(module) == {"etl"}


def test_the_entry_point_does_not_import_the_etl():
    assert "etl" not in imported_packages(ROOT / "streamlit_app.py")


def test_fetching_parses_nothing_and_parsing_asks_no_network():
    networked = {"requests", "urllib3", "http", "socket"}
    parsers = [p for p in (ROOT / "etl" / "sources").rglob("*.py") if p.name not in ("base.py",)]
    assert parsers
    assert [str(p) for p in parsers if imported_packages(p) & networked] == []
    assert "polars" not in imported_packages(ROOT / "etl" / "http.py") | imported_packages(ROOT / "etl" / "raw.py")


def test_the_lock_pins_with_hashes_and_names_no_index():
    lock = (ROOT / "requirements.lock").read_text()
    assert lock.count("--hash=sha256:") > 100
    assert "://" not in lock
    assert "file:" not in lock
    pinned = set(re.findall(r"^([a-z0-9._-]+)==", lock, re.MULTILINE))
    direct = re.findall(r'^  "([A-Za-z0-9._-]+)==', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert {d.lower().replace("_", "-") for d in direct} <= pinned


def tracked_files() -> list[Path]:
    """Files git knows or would add; all files where there is no git."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def test_no_file_names_a_registry_or_a_path_of_a_machine():
    # the words are put together here so that this file does not hold them
    words = [
        "".join(w) for w in (("pythonhosted", ".org"), ("pypi", ".org"), ("registry.npm", "js"), ("deb.deb", "ian"))
    ]
    words += ["/" + "root/", "/" + "work/"]
    text_files = [p for p in tracked_files() if p.suffix not in (".parquet", ".png", ".woff2")]
    hits = [f"{p.relative_to(ROOT)}: {w}" for p in text_files for w in words if w in p.read_text(encoding="utf-8")]
    assert hits == []


def test_no_recorded_reply_is_in_the_repository():
    assert [p for p in tracked_files() if p.suffix in (".zip", ".gz", ".xlsx") or p.name.startswith("indicator_")] == []
    large = [p for p in tracked_files() if p.stat().st_size > 3_000_000]
    assert large == []


def test_the_readme_knows_every_command_and_setting():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    from etl.cli import app

    for command in app.registered_commands:
        name = command.name or command.callback.__name__
        assert f"etl {name}" in readme
    for group in app.registered_groups:
        for command in group.typer_instance.registered_commands:
            assert f"etl {group.name} {command.name}" in readme
    for setting in ("ETL_DATA_DIR", "ETL_BASE_URL_"):
        assert setting in readme
    from etl.catalogue import load_catalogue

    for source in load_catalogue().sources.values():
        assert f"`{source.id}`" in readme, "the sources table lacks it"
        if not source.manual and source.same_service_as is None:
            assert f"ETL_BASE_URL_{source.id.upper()}" in readme
        if source.account:
            assert f"{source.id.upper()}_USER" in readme
            assert f"{source.id.upper()}_PASSWORD" in readme
    from dashboard.api import ROUTES

    for route in ROUTES:
        assert route.path in readme
    from dashboard.answers import ADDRESS_SETTING
    from dashboard.frame_ancestors import SETTING

    for setting in (ADDRESS_SETTING, SETTING):
        assert setting in readme
        assert setting in (ROOT / "deploy" / "README.md").read_text(encoding="utf-8")
    for target in ("make run", "make test", "make update"):
        assert target in readme
