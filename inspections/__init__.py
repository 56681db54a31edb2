"""What is looked at before something ships: keys that slipped in, known holes in packages, their licences."""
