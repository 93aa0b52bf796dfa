import asyncio
import socket
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from labor.live.rtmp.serving import listen, serve


class Command(BaseCommand):
    help = "Takes live pictures from streaming programs (OBS and its like) by RTMP, until it is told to stop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="0.0.0.0", help="where to listen (0.0.0.0)")
        parser.add_argument("--port", type=int, default=1935, help="the port (1935)")
        parser.add_argument("--fd", type=int, action="append", help="a bound TCP socket, instead of host and port")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["fd"]:
                listening = [socket.socket(fileno=number) for number in options["fd"]]
            else:
                listening = listen(options["host"], options["port"])
        except OSError as error:
            raise CommandError(f"Port {options['port']} of {options['host']} cannot be used ({error}).") from error
        asyncio.run(serve(listening))
