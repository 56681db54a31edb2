"""The rules: what is declared, on what basis it is held, how long, whose rights. Knows no other app."""
