"""The rules of retention as the officer reads them, and the runs."""
