"""docker-compose.yml, read."""

import re
import shlex
from typing import Any

import yaml

from jinba.embedded.places import CHECKOUT

COMPOSE: dict[str, Any] = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def words(name: str) -> list[str]:
    """A service's command with compose's variables at their defaults."""
    return shlex.split(re.sub(r"\$\{\w+:-(\w+)\}", r"\1", SERVICES[name]["command"]))
