"""What REPLAY_STORE means: `s3://key:secret@bucket?endpoint=https://…&region=…`, or nothing for files on this machine.

Key and secret are percent-encoded where they hold other signs than letters and digits. `addressing` is `path` (a
bucket is a folder of the endpoint, as with MinIO; the default with an endpoint) or `virtual` (a name before it: OSS,
COS, AWS).
Read by the settings, so nothing of Django's models is known here.
"""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

LOCAL = {"BACKEND": "labor.live.storage.StreamFiles"}
FORM = "REPLAY_STORE is not of the form s3://key:secret@bucket?endpoint=https://…&region=…"


def storage_of(address: str) -> dict[str, Any]:
    """The entry of STORAGES."""
    if not address:
        return LOCAL
    read = _read(address)
    return {
        "BACKEND": "labor.live.object_store.ObjectStore",
        "OPTIONS": {
            "access_key": read["key"],
            "secret_key": read["secret"],
            "bucket_name": read["bucket"],
            "endpoint_url": read["endpoint"] or None,
            "region_name": read["region"] or None,
            "addressing_style": read["addressing"],
        },
    }


def origins_of(address: str) -> list[str]:
    """From where a browser fetches the pieces; the content security policy has to name it."""
    if not address:
        return []
    read = _read(address)
    if not read["endpoint"]:
        region = f".{read['region']}" if read["region"] else ""
        hosts = [f"s3{region}.amazonaws.com", "s3.amazonaws.com"]
        return list(dict.fromkeys(f"https://{read['bucket']}.{host}" for host in hosts))
    scheme, host = urlsplit(read["endpoint"])[:2]
    return [f"{scheme}://{host if read['addressing'] == 'path' else read['bucket'] + '.' + host}"]


def origin_of(address: str) -> list[str]:
    """Scheme and host of an address, if there is one."""
    parts = urlsplit(address)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.scheme in ("http", "https") and parts.netloc else []


def _read(address: str) -> dict[str, str]:
    parts = urlsplit(address)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    endpoint = asked.get("endpoint", "").rstrip("/")
    read = {
        "key": unquote(parts.username or ""),
        "secret": unquote(parts.password or ""),
        "bucket": parts.netloc.rpartition("@")[2],
        "endpoint": endpoint,
        "region": asked.get("region", ""),
        "addressing": asked.get("addressing", "path" if endpoint else "virtual"),
    }
    is_whole = parts.scheme == "s3" and read["key"] and read["secret"] and read["bucket"]
    if (
        not is_whole
        or read["addressing"] not in ("path", "virtual")
        or set(asked) - {"endpoint", "region", "addressing"}
    ):
        raise ImproperlyConfigured(FORM)
    if endpoint and urlsplit(endpoint).scheme not in ("http", "https"):
        raise ImproperlyConfigured(FORM)
    return read
