"""The room's fan-out: one reader a process, one numbered list a room, and sockets that cannot hold each other up.

PostgreSQL is the truth. A nudge through Redis only makes the reader look at once instead of within two seconds: Redis
may be lost at any moment. What is read is written as JSON once and lies in a ring; each socket has its place in it.
"""

from labor.live.hub.door import room

__all__ = ["room"]
