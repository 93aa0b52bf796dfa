"""Encrypted columns (AES-256-GCM) and their blind indexes (HMAC-SHA256).

Stored value: 1 byte version, 1 byte key id, 12 bytes nonce, ciphertext with tag. The additional data is the column's
own name, so a value moved to another column does not decrypt. Keys come from `FIELD_KEYS` and `INDEX_KEY`.
"""

import base64
import hashlib
import hmac
import os
from functools import cache
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

VERSION = 1
SHORTEST = 1 + 1 + 12 + 16  # an empty text: version, key id, nonce, tag


class CannotDecrypt(Exception):
    """The stored bytes do not belong to this column, or their key is not configured."""


@cache
def _keys(configured: tuple[str, ...]) -> dict[int, AESGCM]:
    keys = {}
    for entry in configured:
        number, _, encoded = entry.partition(":")
        key = base64.b64decode(encoded)
        if len(key) != 32:
            raise ImproperlyConfigured("FIELD_KEYS: each key is `id:base64 of 32 bytes`")
        keys[int(number)] = AESGCM(key)
    if not keys:
        raise ImproperlyConfigured("FIELD_KEYS is empty")
    return keys


def encrypt(plain: str, *, column: str) -> bytes:
    """Encrypt with the first configured key; `column` is `table.column`."""
    keys = _keys(tuple(settings.FIELD_KEYS))
    number, cipher = next(iter(keys.items()))
    nonce = os.urandom(12)
    return bytes([VERSION, number]) + nonce + cipher.encrypt(nonce, plain.encode(), column.encode())


def decrypt(stored: bytes, *, column: str) -> str:
    """Decrypt; raises CannotDecrypt rather than return anything doubtful."""
    stored = bytes(stored)
    cipher = _keys(tuple(settings.FIELD_KEYS)).get(stored[1]) if len(stored) >= SHORTEST else None
    if cipher is None or stored[0] != VERSION:
        raise CannotDecrypt(column)
    try:
        return cipher.decrypt(stored[2:14], stored[14:], column.encode()).decode()
    except InvalidTag as error:
        raise CannotDecrypt(column) from error


def blind_index(value: str, *, purpose: str) -> str:
    """64 hex digits by which equal values are found without being readable; one `purpose` per kind of value."""
    if not value:
        return ""
    key = base64.b64decode(settings.INDEX_KEY)
    return hmac.new(key, f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()


class EncryptedTextField(models.BinaryField):
    """A short text, encrypted at rest. It cannot be searched or sorted; keep a blind index beside it.

    The bytes are bound to their column. `bound_to` names it when a copy of the bytes, such as the row's history, has
    to be read too.
    """

    if TYPE_CHECKING:
        _pyi_private_set_type: str
        _pyi_private_get_type: str  # type: ignore[assignment]

    def __init__(self, *args: Any, bound_to: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("editable", True)
        self.bound_to = bound_to
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.bound_to:
            kwargs["bound_to"] = self.bound_to
        return name, path, args, kwargs

    @property
    def bound_column(self) -> str:
        """The `table.column` that the bytes are encrypted for."""
        return self.bound_to or f"{self.model._meta.db_table}.{self.column}"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, str):
            value = encrypt(value, column=self.bound_column) if value else None
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        return None if value is None else decrypt(value, column=self.bound_column)

    def to_python(self, value: Any) -> Any:
        return value

    def get_default(self) -> Any:
        return None if not self.has_default() else self.default

    def value_to_string(self, obj: models.Model) -> str:
        return ""  # fixtures never carry personal numbers

    def formfield(self, **kwargs: Any) -> Any:
        return models.Field.formfield(self, **kwargs)
