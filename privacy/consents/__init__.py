"""What people said yes to: each consent with the exact words that were shown."""
