"""This node's Ed25519 key: made on first use in the data folder, used for receipts and for checkpoints of the log."""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tequio.kernel import cluster
from tequio.kernel.errors import Unavailable


@dataclass(frozen=True, slots=True)
class NodeKey:
    """A signing key and the short name that receipts carry of it."""

    private: Ed25519PrivateKey
    key_id: str

    def sign(self, text: str) -> str:
        """Base64 Ed25519 signature of the UTF-8 bytes of `text` (RFC 8032: the same text gives the same signature)."""
        return base64.b64encode(self.private.sign(text.encode())).decode("ascii")

    def verifies(self, text: str, signature: str) -> bool:
        """Whether `signature` is this key's over `text`."""
        try:
            self.private.public_key().verify(base64.b64decode(signature), text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


def node_key() -> NodeKey:
    """The key of this data folder."""
    return _read(cluster.home_folder(os.environ) / "keys" / "node.ed25519")


@lru_cache(maxsize=4)
def _read(path: Path) -> NodeKey:
    if not path.exists():
        _make(path)
    try:
        raw = base64.b64decode("".join(path.read_text(encoding="ascii").splitlines()[1:-1]))
        private = Ed25519PrivateKey.from_private_bytes(raw[-32:])
    except ValueError as error:
        raise Unavailable(
            f"La llave de firma {path} está dañada.", hint="Recupérela de un respaldo: sin ella no se comprueba lo ya firmado."
        ) from error
    return NodeKey(private, _key_id(private.public_key()))


def _make(path: Path) -> None:
    """Make the key: whole and readable by its owner only from the first moment. Of many that try at once, one key stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp") as draft:
        draft.write(fresh)
        draft.flush()
        os.fsync(draft.fileno())
        with suppress(FileExistsError):
            os.link(draft.name, path)


def _key_id(public: Ed25519PublicKey) -> str:
    return hashlib.sha256(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]
