"""Where several processes share the tests, the files that take longest come first: none of them is the last.

A pytest plugin, which `make test` names.
"""

from pathlib import Path

import pytest

# Longest first. Files of the browser and others in turn, so that few browsers are busy at once.
FIRST = (
    "notebooks/test_analyses.py",
    "test_docs.py",
    "sandbox/test_survival.py",
    "browser/test_notebook.py",
    "cli/test_jobs.py",
    "browser/test_lab_reach.py",
    "lake/publish/test_kill.py",
    "browser/test_lab_login.py",
    "faults/test_real_storages.py",
    "browser/test_cell_browser.py",
    "server/test_restart.py",
    "hub/test_doctor.py",
    "browser/test_lab_fetch.py",
    "lake/test_tokens_hub.py",
    "browser/test_lab_accessible.py",
    "server/test_starting.py",
    "browser/test_halo_sliders.py",
    "test_session.py",
    "browser/test_limits_viewer.py",
    "lake/test_storage_tokens.py",
    "browser/test_lab_away.py",
    "notebooks/test_tour.py",
    "browser/test_lab_hostile.py",
    "faults/test_webdav.py",
    "browser/test_lab_cells.py",
    "faults/test_kill.py",
    "browser/test_lab_drag.py",
    "server/test_publishing.py",
    "browser/test_lab_layout.py",
    "notebooks/test_summary_plots.py",
    "browser/test_lab_many.py",
    "lake/rules/test_rules.py",
    "browser/test_lab_clusters.py",
    "compute/run/test_in_a_notebook.py",
    "browser/test_lab_keyboard.py",
    "lake/test_tokens_day.py",
    "browser/test_lab_rules.py",
    "server/test_children.py",
    "browser/test_lab_settings.py",
    "lake/test_results.py",
    "browser/test_lab.py",
    "compute/cluster/test_maps.py",
    "browser/test_lab_views.py",
    "faults/test_faults.py",
    "browser/test_lab_publish.py",
    "sandbox/test_rules.py",
)
PLACES = {Path(__file__).parent / name: place for place, name in enumerate(FIRST)}


@pytest.hookimpl(trylast=True)  # pytest itself has grouped them by their fixtures by then
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: PLACES.get(item.path, len(PLACES)))
