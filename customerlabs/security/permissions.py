"""What a page may use of the device that shows it: nothing. Knows no Django: the settings read it."""

NOTHING_ALLOWED = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media", "fullscreen"),
        *("geolocation", "gyroscope", "hid", "identity-credentials-get", "idle-detection", "local-fonts"),
        *("magnetometer", "microphone", "midi", "otp-credentials", "payment", "picture-in-picture", "screen-wake-lock"),
        *("serial", "storage-access", "usb", "window-management", "xr-spatial-tracking"),
    )
)
"""Permissions-Policy: nothing here has a use for the devices of whoever reads it."""
