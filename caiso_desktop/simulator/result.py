"""Result documents and SOAP faults, of both generations, in CAISO's words.

Result codes of errors are the simulator's own (only ``SCSS0001`` is known).
"""

from datetime import datetime
from xml.sax.saxutils import escape

from caiso_desktop.simulator.message import SOAP
from caiso_desktop.simulator.refusal import ENTITLEMENT, NO_DATA, SIGNATURE, UNKNOWN, USERNAME_TOKEN, Refused
from caiso_desktop.simulator.report import gmt

SUCCESS = "SCSS0001"
_CODES = {
    SIGNATURE: "ERRS0001",
    USERNAME_TOKEN: "ERRS0002",
    ENTITLEMENT: "ERRS0003",
    NO_DATA: "ERRS0004",
    UNKNOWN: "ERRS0005",
}
_OTHER_CODE = "ERRS0009"
_OLD = "http://www.caiso.com/soa/2006-06-13/StandardOutput.xsd"
_NEW = "http://www.caiso.com/soa/StandardOutput_v1.xsd#"


def envelope(body: str, header: str = "") -> str:
    """A SOAP 1.1 envelope; answers are not signed."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="{SOAP}">'
        f"<soapenv:Header>{header}</soapenv:Header><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    )


def result_document(
    service: str, now: datetime, *, numbered: bool, result: str, description: str, comments: str = "", batch: str = ""
) -> str:
    """``StandardOutput`` of the numbered services, ``outputDataType`` of the older ones."""
    stamp, told, name = gmt(now), escape(description), escape(service)
    if numbered:
        opened = f"<Batch><mRID>{batch}</mRID><creationTime>{stamp}</creationTime></Batch>" if batch else ""
        full = f"{told} {escape(comments)}".strip()
        return (
            f'<StandardOutput xmlns="{_NEW}"><MessageHeader><TimeDate>{stamp}</TimeDate>'
            "<Source>CAISO Desktop Simulator</Source><Version>v20160501</Version></MessageHeader>"
            f"<MessagePayload><EventLog>{opened}<Event><creationDateTime>{stamp}</creationDateTime>"
            f"<description>{full}</description><id>{result}</id><result>{result}</result></Event>"
            f"<Service><id>{name}</id><name>{name}</name></Service></EventLog></MessagePayload></StandardOutput>"
        )
    severity = "INFO" if result == SUCCESS else "ERROR"
    return (
        f'<outputDataType xmlns="{_OLD}"><EventLog><id>{batch or "1"}</id><name>{name}</name><type>{severity}</type>'
        f"<creationTime>{stamp}</creationTime><collectionType>Event</collectionType>"
        "<collectionQuantity>1</collectionQuantity>"
        f"<Event><result>{result}</result><id>1</id><name>{name}</name><description>{told}</description>"
        f"<creationTime>{stamp}</creationTime><severity>{severity}</severity><priority>1</priority>"
        "<eventType>SYSTEM</eventType></Event>"
        f"<Service><id>1</id><name>{name}</name><description>{name}</description>"
        f"<comments>{escape(comments)}</comments></Service></EventLog></outputDataType>"
    )


def plain_fault(refused: Refused) -> str:
    """An envelope with a fault whose detail is the simulator's reason, as services without result documents have it."""
    return envelope(
        "<soapenv:Fault><faultcode>soapenv:Server</faultcode>"
        f"<faultstring>{escape(refused.text)}</faultstring><detail>{escape(refused.reason)}</detail></soapenv:Fault>"
    )


def fault(service: str, refused: Refused, now: datetime, *, numbered: bool) -> str:
    """An envelope with a fault; its detail is a result document, which also says the simulator's reason."""
    detail = result_document(
        service,
        now,
        numbered=numbered,
        result=_CODES.get(refused.text, _OTHER_CODE),
        description=refused.text,
        comments=f"Simulator: {refused.reason}",
    )
    return envelope(
        "<soapenv:Fault><faultcode>soapenv:Server</faultcode>"
        f"<faultstring>{escape(refused.text)}</faultstring><detail>{detail}</detail></soapenv:Fault>"
    )
