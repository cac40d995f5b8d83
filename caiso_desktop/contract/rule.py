"""The names of an operation, where CAISO's WSDL has not been imported: derived from its service, version and variant.

What is known, and how well (two or more independent sources, one, or inferred):

- the operation is the service's name with a small first letter and ``_vN``; one source each for DRRS and CMRI;
- ``SOAPAction`` is ``http://www.caiso.com/soa/<operation>``; one source each for DRRS and CMRI;
- the DocAttach operation is ``<operation>_DocAttach``; one source for the name, inferred for the action;
- a service of a dated version has its date as a folder, ``http://www.caiso.com/soa/2012-04-01/..._v20120401``;
  one example, inferred for every other service and for the payload;
- a payload's namespace is ``http://www.caiso.com/soa/<Root>_vN.xsd#``; two or more sources;
- a retrieve asks with ``Request<Noun>`` and is answered with ``<Noun>``, a submit hands in ``<Noun>``; the
  specifications of CMRI and DRRS, inferred for the others. DRRS and batch status depart from it (`_NOUNS`);
- a submit is answered with ``StandardOutput`` (one source, DRRS), before versions had numbers with
  ``outputDataType`` (one source); inferred for the others.

No XML name begins with a digit, so an underscore stands before one (``_5MinFSPVERForecast``); a guess.

The trailing ``_vN`` that the specifications print after a root's name is not part of the element's name in the DRRS
schema, so it is left off here.
"""

import re

from caiso_desktop.model.call import Basis, Operation
from caiso_desktop.model.error import UsageError
from caiso_desktop.model.service import Kind, Procedure, Service, Variant, Version

ADS = "http://ads.caiso.com/api/webservices/"
SOA = "http://www.caiso.com/soa/"
STANDARD_OUTPUT = f"{{{SOA}StandardOutput_v1.xsd#}}StandardOutput"
OUTPUT_DATA_TYPE = f"{{{SOA}2006-06-13/StandardOutput.xsd}}outputDataType"

_VERB = re.compile(r"(?:Retrieve|Submit|Withdraw|Acknowledge|Broadcast|Receive)(?=[A-Z0-9])")
_DATED = re.compile(r"v(\d{4})(\d{2})(\d{2})")
_NOUNS = {"DRLocations": "DRRegistrationData", "DRRegistrations": "DRRegistrationData"}
_BOTH_WAYS = frozenset({"BatchValidationStatus"})


def operation_by_rule(service: Service, version: Version, variant: Variant) -> Operation:
    """The operation of a SOAP service; `UsageError` for ADS, OASIS and CRR, which are not called this way."""
    if variant not in (Variant.AP, Variant.DOCATTACH):
        raise UsageError(f"{service.name} ({variant}) is not one of the SOAP services these rules are about.")
    place = f"{SOA}{_folder(version.version)}"
    suffix = f"_{version.version}" if version.version else ""
    name = service.name[:1].lower() + service.name[1:] + suffix
    if variant is Variant.DOCATTACH:
        name += "_DocAttach"
    noun = _VERB.sub("", service.name, count=1)
    noun = _NOUNS.get(noun, f"_{noun}" if noun[:1].isdigit() else noun)
    request = noun if service.kind is not Kind.RETRIEVE or noun in _BOTH_WAYS else f"Request{noun}"
    return Operation(
        name=name,
        variant=variant,
        kind=service.kind,
        soap_action=place + name,
        request_root=f"{{{place}{request}{suffix}.xsd#}}{request}",
        answer_root=_answer_root(service.kind, version.version, f"{{{place}{noun}{suffix}.xsd#}}{noun}"),
        basis=Basis.RULE,
    )


def procedure_by_rule(service: Service, version: Version, procedure: Procedure) -> Operation:
    """A remote procedure of ADS: its namespace ends with the version (one source for v7, inferred for the others)."""
    about = "response" if service.name.startswith("APIResponse") else "dispatch"
    namespace = f"{ADS}{about}/{version.version}"
    return Operation(
        name=procedure.name,
        variant=Variant.RPC,
        kind=procedure.kind,
        soap_action="",
        request_root=f"{{{namespace}}}{procedure.name}",
        answer_root=f"{{{namespace}}}{procedure.name}Response",
        basis=Basis.RULE,
        procedure=procedure,
    )


def _folder(version: str) -> str:
    dated = _DATED.fullmatch(version)
    return "-".join(dated.groups()) + "/" if dated else ""


def _answer_root(kind: Kind, version: str, retrieved: str) -> str:
    if kind is Kind.RETRIEVE:
        return retrieved
    numbered = version and not _DATED.fullmatch(version)
    return STANDARD_OUTPUT if numbered else OUTPUT_DATA_TYPE
