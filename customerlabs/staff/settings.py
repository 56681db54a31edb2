"""How staff sign in: settings of Django and allauth that no environment changes, taken in by customerlabs/settings.py.

ACCOUNT_REAUTHENTICATION_TIMEOUT is how long, in seconds, somebody counts as having just shown who they are.
"""

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "customerlabs.staff.adapters.Accounts"
ACCOUNT_FORMS = {
    "login": "customerlabs.staff.forms.SignInForm",
    "reauthenticate": "customerlabs.staff.forms.ConfirmPasswordForm",
    "change_password": "customerlabs.staff.forms.ChangePasswordForm",
    "reset_password": "customerlabs.staff.forms.ForgottenForm",
    "reset_password_from_key": "customerlabs.staff.forms.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_ENABLED = False
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # Accounts are made by colleagues, never by whoever claims an address.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105  (the name of a class)
ACCOUNT_RATE_LIMITS = False  # Ours count in PostgreSQL under keyed hashes: customerlabs/staff/attempts.py.
ACCOUNT_REAUTHENTICATION_METHODS = ("password", "mfa")
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_SESSION_REMEMBER = False  # The cookie goes with the browser.
ACCOUNT_USER_DISPLAY = "customerlabs.staff.models.address_of"
PASSWORD_RESET_TIMEOUT = 60 * 60
MFA_ADAPTER = "customerlabs.staff.adapters.Factors"
MFA_FORMS = {
    "authenticate": "customerlabs.staff.forms.CodeForm",
    "reauthenticate": "customerlabs.staff.forms.ConfirmCodeForm",
    "activate_totp": "customerlabs.staff.forms.EnrolForm",
    "add_webauthn": "customerlabs.staff.forms.PasskeyForm",
    "edit_webauthn": "customerlabs.staff.forms.RenamePasskeyForm",
    "login_webauthn": "customerlabs.staff.forms.PasskeySignInForm",
    "authenticate_webauthn": "customerlabs.staff.forms.PasskeyFactorForm",
    "reauthenticate_webauthn": "customerlabs.staff.forms.ConfirmPasskeyForm",
}
MFA_RATE_LIMITS = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "CUSTOMER LABS"
MFA_TOTP_TOLERANCE = 1

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "customerlabs.staff.passwords.NothingRepeated"},
    {"NAME": "customerlabs.staff.passwords.NothingOfOurs"},
]
