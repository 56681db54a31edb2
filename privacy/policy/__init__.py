"""The policy, printed from the declarations: what the page says is what the code does."""
