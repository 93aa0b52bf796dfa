from whitenoise.storage import CompressedManifestStaticFilesStorage


class BuiltFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed, compressed files. A file that was not collected gets its plain name instead of an error page."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        try:
            return super().stored_name(name)
        except ValueError:
            return name
