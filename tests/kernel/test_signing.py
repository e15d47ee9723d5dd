"""The node's key is made once, read by its owner only, and signs so that any change shows."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from tequio.kernel import signing
from tequio.kernel.errors import Unavailable
from tequio.kernel.signing import NodeKey, node_key


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder without a key."""
    monkeypatch.setenv("TEQUIO_HOME", str(tmp_path))
    return tmp_path


def test_the_key_is_made_on_first_use_and_kept(home: Path) -> None:
    first = node_key()
    signing._read.cache_clear()
    again = node_key()
    assert first.key_id == again.key_id
    assert again.verifies("texto", first.sign("texto"))


def test_only_its_owner_reads_the_key(home: Path) -> None:
    node_key()
    path = home / "keys" / "node.ed25519"
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    assert [p.name for p in path.parent.iterdir()] == ["node.ed25519"]


def test_each_data_folder_has_its_own_key(home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    one = node_key()
    other = signing._read(tmp_path_factory.mktemp("otro") / "keys" / "node.ed25519")
    assert one.key_id != other.key_id
    assert not other.verifies("texto", one.sign("texto"))


def test_many_that_start_at_once_share_one_key(home: Path) -> None:
    path = home / "keys" / "node.ed25519"
    found: list[NodeKey] = []
    start = threading.Barrier(6)

    def work() -> None:
        start.wait(5)
        found.append(signing._read.__wrapped__(path))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(found) == 6
    assert len({key.key_id for key in found}) == 1


@pytest.mark.parametrize("damage", ["", "ñ", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "a\n!\nb"])
def test_a_damaged_key_says_so_and_is_not_replaced(home: Path, damage: str) -> None:
    path = home / "keys" / "node.ed25519"
    path.parent.mkdir()
    path.write_text(damage, encoding="utf-8")
    with pytest.raises(Unavailable) as fault:
        node_key()
    assert fault.value.hint
    assert path.read_text(encoding="utf-8") == damage


def test_the_same_text_gives_the_same_signature(home: Path) -> None:
    assert node_key().sign("ñ") == node_key().sign("ñ")


@settings(max_examples=60)
@given(st.text(), st.text())
def test_a_signature_stands_for_its_text_alone(text: str, other: str) -> None:
    key = _KEY
    signature = key.sign(text)
    assert key.verifies(text, signature)
    assert key.verifies(other, signature) == (other == text)


@settings(max_examples=60)
@given(st.text())
def test_nothing_else_passes_for_a_signature(signature: str) -> None:
    assert not _KEY.verifies("texto", signature)


_KEY = NodeKey(Ed25519PrivateKey.generate(), "prueba")
