class Malformed(Exception):
    """The other side does not speak RTMP as we know it, or says more than it may. The connection is closed."""
