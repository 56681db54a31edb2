"""Who answers for the data (GDPR Art. 4(7)). Knows no Django: the settings read it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Controller:
    """The company's identity as its policy states it, P1.1. Pages and mails read it from settings.CONTROLLER."""

    name: str
    legal_form: str
    capital: str
    register: str
    address: str
    dpo_email: str

    @property
    def identity(self) -> str:
        """One line, for a footer."""
        return f"{self.name}, {self.legal_form}, {self.register}, {self.address}"
