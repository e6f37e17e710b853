"""A fax can be read without Faxkeep: by a reader written from the format's public description."""

import base64
import hashlib
import hmac
import io
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from archive import Archive

# --- an age reader after age-encryption.org/v1: X25519 recipients only ---------------------

BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
CHUNK = 64 * 1024 + 16


def private_key(identity: str) -> X25519PrivateKey:
    """Decode Bech32 (BIP 173); the last six characters are its checksum."""
    letters = identity.strip().lower().rpartition("1")[2][:-6]
    number = int("".join(f"{BECH32.index(letter):05b}" for letter in letters)[:256], 2)
    return X25519PrivateKey.from_private_bytes(number.to_bytes(32, "big"))


def hkdf(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(key)


def unbase64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))


def file_key(header: list[str], identity: str) -> bytes:
    mine = private_key(identity)
    public = mine.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    for place, line in enumerate(header):
        if not line.startswith("-> X25519 "):
            continue
        share = unbase64(line.split()[2])
        secret = mine.exchange(X25519PublicKey.from_public_bytes(share))
        wrap = hkdf(secret, share + public, b"age-encryption.org/v1/X25519")
        try:
            return ChaCha20Poly1305(wrap).decrypt(bytes(12), unbase64(header[place + 1]), None)
        except Exception:  # noqa: S112 another recipient's stanza
            continue
    raise AssertionError("no stanza for this identity")


def age_decrypt(sealed: bytes, identity: str) -> bytes:
    end = sealed.index(b"\n---") + len(b"\n---")
    header = sealed[:end].decode().split("\n")
    assert header[0] == "age-encryption.org/v1"
    mac, _, body = sealed[end + 1 :].partition(b"\n")
    key = file_key(header, identity)
    expected = hmac.new(hkdf(key, b"", b"header"), sealed[:end], hashlib.sha256).digest()
    assert hmac.compare_digest(unbase64(mac.decode()), expected)
    payload = ChaCha20Poly1305(hkdf(key, body[:16], b"payload"))
    chunks = [body[start : start + CHUNK] for start in range(16, len(body), CHUNK)]
    plain = []
    for counter, chunk in enumerate(chunks):
        last = counter == len(chunks) - 1
        plain.append(payload.decrypt(counter.to_bytes(11, "big") + bytes([last]), chunk, None))
    return b"".join(plain)


# --- the tests ----------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["archive.key", "recovery.key"])
@pytest.mark.parametrize("size", [300, 64 * 1024 * 3, 3_000_000])
def test_a_fax_is_read_by_hand(tmp_path: Path, keeper, draw, key: str, size: int) -> None:
    data = draw.pdf(2, "z" * size)
    folder = tmp_path / "archive" / keeper.publish(data).folder
    sealed = (tmp_path / "archive/keys/months/2026-11/identity.age").read_bytes()
    month = age_decrypt(sealed, (tmp_path / "keys" / key).read_text()).decode()
    assert age_decrypt((folder / "document.pdf.age").read_bytes(), month) == data
    assert b"a secret subject" in age_decrypt((folder / "fax.json.age").read_bytes(), month)


def test_a_fax_is_closed_for_nobody_but_its_month(tmp_path: Path, keeper, draw) -> None:
    folder = tmp_path / "archive" / keeper.publish(draw.pdf()).folder
    for path in folder.iterdir():
        # Stanzas of other, random types are "grease", there to keep readers tolerant.
        assert path.read_bytes().partition(b"\n---")[0].count(b"\n-> X25519 ") == 1
    with pytest.raises(AssertionError, match="stanza"):
        key = (tmp_path / "keys/archive.key").read_text()
        age_decrypt((folder / "fax.json.age").read_bytes(), key)


@pytest.mark.skipif(not shutil.which("age"), reason="the age command is not installed")
def test_the_age_command_reads_a_fax(tmp_path: Path, archive: Archive, keeper, draw) -> None:
    data = draw.pdf(2)
    folder = archive.root / keeper.publish(data).folder
    identity = archive.root / "keys/months/2026-11/identity.age"
    (tmp_path / "month.key").write_bytes(_age(tmp_path / "keys/archive.key", identity))
    assert _age(tmp_path / "month.key", folder / "document.pdf.age") == data
    into = io.BytesIO()
    archive.read_document(keeper.address().folder, "document.pdf.age", into)
    assert into.getvalue() == data


def _age(key: Path, file: Path) -> bytes:
    return subprocess.run(["age", "-d", "-i", key, file], check=True, capture_output=True).stdout
