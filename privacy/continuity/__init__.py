"""What outlives the database: the ledger of what must never be undone, and the replay after a restore (P5.3, P7.4)."""
