"""The record of processing activities (GDPR Art. 30), printed from what the apps declare."""
