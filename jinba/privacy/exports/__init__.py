"""How records leave the house as files: by resources of django-import-export, masked, for a reason, written down."""
