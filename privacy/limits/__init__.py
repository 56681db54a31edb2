"""How often, without knowing who: counts under keyed hashes, in PostgreSQL, gone within a day or two (P7.1)."""
