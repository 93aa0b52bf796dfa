"""The Django project. Imports nothing: jinba.embedded runs before Django and Celery are installed or configured."""
