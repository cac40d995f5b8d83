"""Why a request is turned away, in CAISO's words where they are known."""

SIGNATURE = "Signature validation status: false"
USERNAME_TOKEN = "CAISOUsernameToken Validation Error."  # noqa: S105 - CAISO's wording, nothing secret
ENTITLEMENT = "Invalid role and/or Entity list identifier."
NO_DATA = "No data found for the given selection criteria."
UNKNOWN = "The given mRID does not exist."
OPERATION = "Cannot find dispatch method for the given operation."
MALFORMED = "The request is not a well-formed SOAP message."
ACTION = "The given SOAPAction does not match an operation."
PAYLOAD = "The payload does not match the schema of the service."
ATTACHMENT = "Attachment validation error."


class Refused(Exception):
    """A request that is answered with a SOAP fault: ``text`` is the fault's, ``reason`` the simulator's own words."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"{text} ({reason})")
        self.text = text
        self.reason = reason


class TurnedAway(Exception):
    """A request that does not reach a service: answered with an HTML page of this HTTP status."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status} ({reason})")
        self.status = status
        self.reason = reason
