"""Settings of the page server that its command line cannot say."""

# Whoever speaks on a unix socket counts as a trusted proxy, and the splitter passes the visitor's own headers on.
secure_scheme_headers: dict[str, str] = {}
