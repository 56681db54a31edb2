"""What every response says to the browser that shows it, who may ask for what, and what browsers report back."""
