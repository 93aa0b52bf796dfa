"""What all doors of the API have in common: who may pass, errors in words, pages, validators, limits, the schema."""
