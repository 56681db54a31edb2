"""The pages on which a visitor uses a right."""
