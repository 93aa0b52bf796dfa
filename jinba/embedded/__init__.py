"""What one machine needs to run Jinba without any daemon installed: PostgreSQL, Redis and a supervisor.

Standard library only and no Django: this package runs before anything is configured.
docs/adr/0001-embedded-services.md tells why it exists; docker-compose.yml does the same work in production.
"""
