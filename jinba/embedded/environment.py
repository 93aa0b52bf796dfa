"""The environment that the programs get: the caller's, then .env, then secrets made once and kept under var/.

python -m jinba.embedded.environment prints fresh secrets for a production .env.
"""

from __future__ import annotations

import base64
import fcntl
import os
import secrets
from pathlib import Path

from jinba.embedded.places import CHECKOUT, Places

# Texts for developers: a JSON line in var/sms.log and a line in the server's output.
DEVELOPMENT_SMS = "jinba.core.sms.file.Backend,jinba.core.sms.console.Backend"


def caller_environment() -> dict[str, str]:
    """The caller's environment, with .env of the checkout filling what it lacks."""
    return read_file(CHECKOUT / ".env") | dict(os.environ)


def complete(environment: dict[str, str], places: Places) -> dict[str, str]:
    """The same with VAR_DIR made absolute and everything present that the settings insist on."""
    # One machine without a proxy speaks plain HTTP; redirecting to https:// would lead nowhere.
    # Its officers may set up a second factor, but need not.
    plain = {"HTTPS": "false", "STAFF_TOTP": "false", "SMS_BACKENDS": DEVELOPMENT_SMS}
    plain |= {
        "SITE_URL": f"http://localhost:{environment.get('PORT') or 8000}",
        "EMAIL_FROM": "noreply@localhost",
        "EMAIL_URL": f"filemail:///{places.var / 'mail'}",
    }
    defaults = own_secrets(places.var / "secrets.env") | plain
    if environment.get("TURN_URLS"):
        del defaults["TURN_SECRET"]  # a relay that is not ours has a secret that we cannot make
    return defaults | environment | {"VAR_DIR": str(places.var)}


def own_secrets(path: Path) -> dict[str, str]:
    """Read the generated secrets; make those that are missing. FIELD_KEYS is key id:key, newest first."""
    lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        # Two first commands at once must not make two sets: one of them would be lost with all that it encrypted.
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = read_file(path)
        missing = {name: value for name, value in fresh_secrets().items() if not known.get(name)}
        if missing:
            write_secrets(path, known | missing)
        return known | missing
    finally:
        os.close(lock)


def write_secrets(path: Path, values: dict[str, str]) -> None:
    unfinished = path.with_suffix(".new")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write("# Made once by jinba.embedded. Lose it, and encrypted columns cannot be read again.\n")
        file.writelines(f"{name}={value}\n" for name, value in values.items())
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def fresh_secrets() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": f"1:{random_key()}",
        "INDEX_KEY": random_key(),
        "TURN_SECRET": secrets.token_urlsafe(32),
    }


def random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def read_file(path: Path) -> dict[str, str]:
    """NAME=value lines; # comments, `export` and quotes are allowed."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    found: dict[str, str] = {}
    for line in text.splitlines():
        line = line.strip().removeprefix("export ").strip()
        name, equals, value = line.partition("=")
        if not equals or line.startswith("#"):
            continue
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        else:
            value = value.split(" #", 1)[0].rstrip()
        found[name.strip()] = value
    return found


def production_secrets() -> dict[str, str]:
    """The secrets of docker-compose.yml's .env; of letters and digits those that stand in addresses."""
    return fresh_secrets() | {"POSTGRES_PASSWORD": secrets.token_hex(16), "SRS_HOOK_SECRET": secrets.token_hex(16)}


if __name__ == "__main__":
    print("\n".join(f"{name}={value}" for name, value in production_secrets().items()))
