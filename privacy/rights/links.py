"""The links of this room: one proves an address, the other opens the page of a request. Each acts once."""

from privacy.links.single_use import register_link
from privacy.rights.models import RightsRequest

PROVE = register_link("privacy.rights-prove", RightsRequest)
FOLLOW = register_link("privacy.rights-follow", RightsRequest)
