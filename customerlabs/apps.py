from django.apps import AppConfig


class CustomerLabsConfig(AppConfig):
    name = "customerlabs"
    verbose_name = "CUSTOMER LABS"
