"""What people ask of their data: from the form to the answer, and the legal clock."""
