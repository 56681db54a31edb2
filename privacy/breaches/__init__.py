"""The register of personal-data breaches (GDPR Art. 33(5)): what is known, what was decided, and by when."""
