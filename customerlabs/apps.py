from django.apps import AppConfig


class CustomerLabsConfig(AppConfig):
    name = "customerlabs"
    verbose_name = "CUSTOMER LABS"

    def ready(self) -> None:
        from customerlabs import checks  # noqa: F401  (registers them)
        from customerlabs.security import key_checks  # noqa: F401  (the same)
        from customerlabs.security.randomness import use_for_forms
        from customerlabs.staff import confirming, events  # noqa: F401  (how staff confirm; what a sign-in leads to)
        from customerlabs.staff.groups import make_groups_after_migrations
        from customerlabs.staff.names import use_our_names

        use_our_names()
        make_groups_after_migrations()
        use_for_forms()
