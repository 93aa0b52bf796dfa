"""From the bytes of a camera to files that any web server hands out.

`formats` knows what arrives, `command` says what ffmpeg does with it, `feed` runs ffmpeg, `shelf` keeps segments and
playlist on disk, `sending` holds one connection's part together with its row, `consumer` is the browser's socket.
"""
