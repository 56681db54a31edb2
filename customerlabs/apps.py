from django.apps import AppConfig


class CustomerLabsConfig(AppConfig):
    name = "customerlabs"
    verbose_name = "CUSTOMER LABS"

    def ready(self) -> None:
        from customerlabs import checks  # noqa: F401  (registers them)
        from customerlabs.security import keys  # noqa: F401  (the same)
        from customerlabs.staff.groups import make_groups_after_migrations

        make_groups_after_migrations()
