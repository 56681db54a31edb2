"""The people who answer: their accounts, what they may do, when they left."""
