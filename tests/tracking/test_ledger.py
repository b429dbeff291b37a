"""The ledger: what was sent is known again, whenever its process was killed."""

import pytest

from bench.tracking.item import Item
from bench.tracking.ledger import Ledger, TrackingError


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path, "mlflow http://a", 16 * "f")


def item(token="1", part="ended"):
    return Item("run/x", "run", "x", {part: token})


def test_what_was_noted_is_known_to_the_next_process(ledger, tmp_path):
    with ledger.open():
        assert not ledger.has("run/x", "ended", "1")
        ledger.note(item())
    again = Ledger(tmp_path, "mlflow http://a", 16 * "f")
    with again.open():
        assert again.has("run/x", "ended", "1")
        assert not again.has("run/x", "compared", "1")


def test_another_address_or_sweep_has_a_ledger_of_its_own(ledger, tmp_path):
    with ledger.open():
        ledger.note(item())
    for other in (Ledger(tmp_path, "mlflow http://b", 16 * "f"), Ledger(tmp_path, "w", 16 * "0")):
        with other.open():
            assert not other.has("run/x", "ended", "1")


def test_other_results_of_the_same_part_are_a_revision(ledger):
    with ledger.open():
        assert ledger.revision("run/x", "ended", "1") == 0
        ledger.note(item("1"))
        assert ledger.revision("run/x", "ended", "1") == 0
        assert ledger.revision("run/x", "ended", "2") == 1
        ledger.note(item("2"))
        assert not ledger.has("run/x", "ended", "1")
        assert ledger.revision("run/x", "ended", "2") == 1


@pytest.mark.parametrize("torn", [b'{"key":"run/y","par', b"\xff\xfe", b'{"key":"run/y"}\n[]\n'])
def test_a_line_that_was_torn_was_not_sent(ledger, torn):
    with ledger.open():
        ledger.note(item())
    path = next((ledger.folder).glob("*.jsonl"))
    path.write_bytes(path.read_bytes() + torn)
    with ledger.open():
        assert ledger.has("run/x", "ended", "1")
        ledger.note(item("3", "compared"))
    with ledger.open():
        assert ledger.has("run/x", "compared", "3")
        assert not ledger.has("run/y", "ended", "1")


def test_two_processes_do_not_send_to_one_tracker_at_once(ledger, tmp_path):
    other = Ledger(tmp_path, "mlflow http://a", 16 * "f")
    with ledger.open(), pytest.raises(TrackingError, match="one process at a time"), other.open():
        pass


def test_the_id_of_results_stays(ledger, tmp_path):
    with ledger.open():
        first = ledger.results_id()
        assert len(first) == 12
        assert ledger.results_id() == first


@pytest.mark.parametrize("content", ["' OR 1=1", "0123456789AB", "0123456789abc", ""])
def test_an_id_that_is_none_is_refused(ledger, content):
    with ledger.open():
        (ledger.folder / "id").write_text(content)
        with pytest.raises(TrackingError, match="must hold 12 hexadecimal digits"):
            ledger.results_id()


@pytest.mark.parametrize("name", ["wandb", "id"])
def test_nothing_in_the_folder_leads_elsewhere(ledger, tmp_path, name):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    ledger.folder.mkdir()
    (ledger.folder / name).symlink_to(elsewhere)
    with pytest.raises(TrackingError, match="is a link"), ledger.open():
        pass


def test_nothing_is_written_through_a_link(ledger, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "tracking").symlink_to(elsewhere)
    with pytest.raises(TrackingError, match="is a link"), ledger.open():
        pass
    assert not list(elsewhere.iterdir())


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "tracking").write_text("a file")
    ledger = Ledger(tmp_path, "mlflow", 16 * "f")
    with pytest.raises(TrackingError, match="cannot be written"), ledger.open():
        pass
