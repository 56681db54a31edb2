"""What must not be erased for now, and why: a documented hold keeps a person's rows, or one record (Art. 17(3))."""
