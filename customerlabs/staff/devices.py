"""What somebody signs in from, in as few words as let them know their own: a browser, a system, a network."""

from ipaddress import IPv4Network, IPv6Network, ip_network

from django.http import HttpRequest

from privacy.limits.clients import client_of

BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
"""What a browser writes of itself, and its name; in this order, since each claims to be those after it."""
SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows")),
    *(("Mac OS X", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)
KEPT_OF_IPV4, KEPT_OF_IPV6 = 24, 48
"""Bits of an address that are kept: a neighbourhood, not a household."""


def browser_of(request: HttpRequest) -> str:
    """“Firefox, Linux”; no version, nothing of what else a browser tells. Empty when it says nothing we know."""
    told = str(request.META.get("HTTP_USER_AGENT", ""))
    found = [next((name for mark, name in names if mark in told), "") for names in (BROWSERS, SYSTEMS)]
    return ", ".join(name for name in found if name)


def network_of(request: HttpRequest) -> str:
    """The network the client's address is in, behind settings.TRUSTED_PROXIES; empty when there is no address."""
    try:
        network = ip_network(client_of(request), strict=False)
    except ValueError:
        return ""
    kept = KEPT_OF_IPV4 if isinstance(network, IPv4Network) else KEPT_OF_IPV6
    cut: IPv4Network | IPv6Network = network.supernet(new_prefix=kept)
    return str(cut)
