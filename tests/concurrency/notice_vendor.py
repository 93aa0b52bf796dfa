"""A text vendor as bad as they come: one in five texts is refused, one in twenty is never answered for.

Half of those without an answer were sent all the same. What was sent is a line in the file VENDOR_LOG; with
VENDOR_KNOWS the vendor can be asked about it afterwards, as real ones can.
"""

import os
import random
import time
from datetime import datetime
from pathlib import Path

from jinba.core.sms.base import SmsBackend, SmsFailed, SmsUnheard

REFUSED, UNHEARD = 0.20, 0.05
SECONDS = 0.005  # that one text takes


class Backend(SmsBackend):
    def __init__(self) -> None:
        self.log = Path(os.environ["VENDOR_LOG"])
        self.knows = os.environ.get("VENDOR_KNOWS") == "yes"
        self.chance = random.Random()

    def send(self, phone: str, text: str, *, kind: str, values: dict[str, str], out_id: str = "") -> str | None:
        time.sleep(SECONDS)
        luck = self.chance.random()
        if luck < REFUSED:
            raise SmsFailed("refused")
        if luck < REFUSED + UNHEARD / 2:
            raise SmsUnheard("lost on the way there")
        with self.log.open("a", encoding="ascii") as log:  # one short line: written whole or not at all
            log.write(f"{out_id} {phone}\n")
        if luck < REFUSED + UNHEARD:
            raise SmsUnheard("lost on the way back")
        return out_id

    def was_sent(self, phone: str, *, out_id: str, at: datetime) -> bool | None:
        return f"{out_id} " in self.log.read_text(encoding="ascii") if self.knows else None


class Second(Backend):
    """Another one of the kind."""
