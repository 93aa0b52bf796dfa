"""Where one checkout keeps what it runs with."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]

# A socket's path may have 107 bytes; the longest name below the runtime folder takes about 30 of them.
LONGEST_RUNTIME = 70


@dataclass(frozen=True)
class Places:
    """The folders of one checkout; every method leaves them existing with the right owner and mode."""

    var: Path

    @classmethod
    def from_environment(cls, environment: dict[str, str]) -> Places:
        return cls(Path(environment.get("VAR_DIR") or CHECKOUT / "var").expanduser().absolute())

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def stamps(self) -> Path:
        """Notes of what was done to our own database; a new cluster starts without them."""
        return self.var / "stamps"

    @property
    def runtime(self) -> Path:
        """The folder of the sockets: under var/, or one in /tmp where that path is too long or has odd letters."""
        inside = self.var / "run"
        if len(os.fsencode(inside)) <= LONGEST_RUNTIME and re.fullmatch(r"[\w./-]+", str(inside), re.ASCII):
            return inside
        name = hashlib.sha256(os.fsencode(self.var.resolve())).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"jinba-{os.geteuid()}-{name}"

    @property
    def service_sockets(self) -> Path:
        return self.runtime / "services"

    @property
    def web_sockets(self) -> Path:
        return self.runtime / "web"

    def prepare(self) -> None:
        for folder, mode in (
            (self.var, 0o755),
            (self.logs, 0o755),
            # As root the services run under another account, which must be able to pass through.
            (self.runtime, 0o711 if os.geteuid() == 0 else 0o700),
            (self.web_sockets, 0o700),
        ):
            own_folder(folder, mode)


def own_folder(folder: Path, mode: int) -> None:
    """Make the folder, or refuse one that somebody else put there before us (names in /tmp can be guessed)."""
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    state = folder.lstat()
    public = folder.parent == Path(tempfile.gettempdir()) and folder.name.startswith("jinba-")
    if os.geteuid() == 0 and not public:
        return  # root may use a folder that an ordinary user made
    if state.st_uid != os.geteuid() or (public and folder.is_symlink()):
        raise SystemExit(f"{folder} belongs to another user; remove it or choose another VAR_DIR.")
    if folder.name != "var" and state.st_mode & 0o777 != mode:
        folder.chmod(mode)
