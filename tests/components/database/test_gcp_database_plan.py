from __future__ import annotations

import pytest

from components.database.gcp_plan import instance_name, plan
from components.database.spec import Window
from components.vocabulary import Size
from tests.components.database.gcp_database import MILAN, spec


@pytest.mark.requirement("PN-05")
@pytest.mark.parametrize(
    ("window", "day", "hour", "backup"),
    [
        (Window(), 6, 1, "20:00"),
        (Window(day="sat", start="00:00", end="02:00"), 5, 23, "18:00"),
        (Window(day="mon", start="00:00", end="01:00"), 7, 23, "18:00"),
        (Window(day="sun", start="23:00", end="03:00", utc_offset_hours=0), 7, 23, "18:00"),
        (Window(day="sun", start="22:00", end="23:30", utc_offset_hours=-5), 1, 3, "22:00"),
    ],
)
def test_windows_move_to_utc_over_midnight_and_over_the_week(window: Window, day: int, hour: int, backup: str) -> None:
    decided = plan(spec(maintenance=window), MILAN)
    assert (decided.maintenance_day, decided.maintenance_hour, decided.backup_start) == (day, hour, backup)


@pytest.mark.parametrize(
    ("size", "tier"),
    [
        (Size.SMALL, "db-custom-2-8192"),
        (Size.MEDIUM, "db-custom-4-16384"),
        (Size.LARGE, "db-custom-8-32768"),
        (Size.XLARGE, "db-custom-16-65536"),
    ],
)
def test_sizes_become_machines_of_four_gib_for_each_cpu(size: Size, tier: str) -> None:
    assert plan(spec(size=size), MILAN).tier == tier


@pytest.mark.parametrize("major", ["15", "16", "17"])
def test_every_major_has_its_version(major: str) -> None:
    assert plan(spec(major=major), MILAN).version == f"POSTGRES_{major}"


def test_a_long_name_leaves_room_for_project_and_suffix() -> None:
    name = instance_name("a" * 200, "p" * 30)
    assert len(f"{'p' * 30}:{name}-0a1b") == 98


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"maintenance": Window(start="02:30", end="04:00")}, r"^maintenance: 02:30-04:00 does not begin on the hour"),
        ({"maintenance": Window(start="02:00", end="02:30")}, r"^maintenance: 02:00-02:30 lasts 30 minutes; allowed: 60 minutes and more"),
        ({"maintenance": Window(start="02:00", end="02:00")}, r"^maintenance: 02:00-02:00 lasts 0 minutes"),
        ({"max_storage_gib": 50}, r"^max_storage_gib: 50 is out of range; allowed: 100 to 65536$"),
        ({"max_storage_gib": 70000}, r"^max_storage_gib: 70000 is out of range"),
        (
            {"backup_region": "europe-west2"},
            r"^backup_region: 'europe-west2' is in London, GB, outside the eu profile; allowed: .*europe-west3",
        ),
        ({"backup_region": "europe-west8"}, r"^backup_region: 'europe-west8' is no second region; allowed: .*europe-west3"),
        ({"restore_from": "pn-manual-20260501"}, r"^restore_from: 'pn-manual-20260501' names no backup, .*allowed: <instance>/<backup id>"),
        ({"restore_from": "pn-agent-db@yesterday"}, r"^restore_from: 'pn-agent-db@yesterday' names no backup"),
    ],
)
def test_a_mistake_is_told_in_one_line_with_path_value_and_what_is_allowed(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message) as refusal:
        plan(spec(**changes), MILAN)
    assert "\n" not in str(refusal.value)
