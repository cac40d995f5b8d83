"""Makes schema packages as CAISO publishes them, for tests: nested, with any prefix, with badly written locations."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

SOA = "http://www.caiso.com/soa/"
ADS = "http://ads.caiso.com/api/webservices/dispatch/v7"


def header_xsd() -> str:
    return """<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">
  <xs:complexType name="MessageHeader">
    <xs:sequence>
      <xs:element name="TimeDate" type="xs:dateTime"/>
      <xs:element name="Source" type="xs:string" minOccurs="0"/>
      <xs:element name="Version" type="xs:string"/>
    </xs:sequence>
  </xs:complexType>
</xs:schema>
"""


def payload_xsd(
    root: str, version: str, header: str = "common/Header.xsd", fields: str = "", prefix: str = "xsd"
) -> str:
    """The schema of one document, in the namespace that CAISO's rule gives it."""
    namespace = f"{SOA}{root}_{version}.xsd#"
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{namespace}" targetNamespace="{namespace}"
           elementFormDefault="qualified">
  <xs:include schemaLocation="{header}"/>
  <xs:element name="{root}">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="MessageHeader" type="MessageHeader" minOccurs="0"/>
        <xs:element name="MessagePayload" type="Payload"/>
      </xs:sequence>
    </xs:complexType>
  </xs:element>
  <xs:complexType name="Payload">
    <xs:sequence>
      {fields or '<xs:element name="MarketStartTime" type="xs:dateTime"/>'}
    </xs:sequence>
  </xs:complexType>
</xs:schema>
"""
    return text.replace("xs:", f"{prefix}:").replace("xmlns:xs=", f"xmlns:{prefix}=")


def wsdl(
    operation: str,
    request: tuple[str, str],
    answer: tuple[str, str],
    imports: Mapping[str, str],
    *,
    action: str | None = None,
    address: str = "",
    namespace: str = "",
    prefix: str = "wsdl",
    extra: str = "",
) -> str:
    """A WSDL of one document/literal operation; ``request`` and ``answer`` are (namespace, element), ``imports`` the
    location of each namespace.
    """
    tns = namespace or f"{SOA}{operation}.wsdl"
    types = "".join(f'<xs:import namespace="{ns}" schemaLocation="{place}"/>' for ns, place in imports.items())
    port = f'<soap:address location="{address}"/>' if address else ""
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:tns="{tns}" xmlns:req="{request[0]}" xmlns:ans="{answer[0]}"
    targetNamespace="{tns}">
  <wsdl:types>
    <xs:schema>{types}</xs:schema>
  </wsdl:types>
  <wsdl:message name="{operation}Request"><wsdl:part name="body" element="req:{request[1]}"/></wsdl:message>
  <wsdl:message name="{operation}Response"><wsdl:part name="body" element="ans:{answer[1]}"/></wsdl:message>
  <wsdl:portType name="{operation}">
    <wsdl:operation name="{operation}">
      <wsdl:input message="tns:{operation}Request"/>
      <wsdl:output message="tns:{operation}Response"/>
    </wsdl:operation>
  </wsdl:portType>
  <wsdl:binding name="{operation}Binding" type="tns:{operation}">
    <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="{operation}">
      <soap:operation soapAction="{SOA + operation if action is None else action}"/>
      <wsdl:input><soap:body use="literal"/></wsdl:input>
      <wsdl:output><soap:body use="literal"/></wsdl:output>
    </wsdl:operation>
  </wsdl:binding>
  <wsdl:service name="{operation}Service">
    <wsdl:port name="{operation}Port" binding="tns:{operation}Binding">{port}</wsdl:port>
  </wsdl:service>
  {extra}
</wsdl:definitions>
"""
    return text.replace("wsdl:", f"{prefix}:").replace("xmlns:wsdl=", f"xmlns:{prefix}=")


def retrieve(
    noun: str, version: str, *, action: str | None = None, schemas: str = "schemas", docattach: bool = False
) -> dict[str, str]:
    """The files of a retrieve: WSDL, both documents, the header that they include from a folder below."""
    operation = f"retrieve{noun}_{version}" + ("_DocAttach" if docattach else "")
    ask, told = f"Request{noun}", noun
    spaces = {root: f"{SOA}{root}_{version}.xsd#" for root in (ask, told)}
    return {
        f"{operation}.wsdl": wsdl(
            operation,
            (spaces[ask], ask),
            (spaces[told], told),
            {spaces[root]: f"{schemas}/{root}_{version}.xsd" for root in (ask, told)},
            action=action,
        ),
        f"{schemas}/{ask}_{version}.xsd": payload_xsd(ask, version),
        f"{schemas}/{told}_{version}.xsd": payload_xsd(told, version),
        f"{schemas}/common/Header.xsd": header_xsd(),
    }


def rpc(operation: str = "getDispatchBatchesSinceUID", namespace: str = ADS) -> str:
    """A WSDL of one RPC/literal operation, as ADS has them."""
    return f"""<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:tns="{namespace}" targetNamespace="{namespace}">
  <message name="in"><part name="batchUID" type="xsd:string"/><part name="more" type="xsd:int"/></message>
  <message name="out"><part name="return" type="xsd:string"/></message>
  <portType name="API"><operation name="{operation}">
    <input message="tns:in"/><output message="tns:out"/></operation></portType>
  <binding name="APIBinding" type="tns:API">
    <soap:binding style="rpc" transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="{operation}"><soap:operation soapAction=""/>
      <input><soap:body use="literal" namespace="{namespace}"/></input>
      <output><soap:body use="literal" namespace="{namespace}"/></output></operation>
  </binding>
  <service name="API"><port name="APIPort" binding="tns:APIBinding">
    <soap:address location="https://ads.caiso.com:447/ADS/APIWebService/v7"/></port></service>
</definitions>
"""


def many_types(count: int, operation: str = "retrieveMarketAwards_v4") -> dict[str, str]:
    """A package whose schema has so many types, in one namespace, with facets and documentation."""
    noun = operation.removeprefix("retrieve").partition("_")[0]
    ask, space = f"Request{noun}", f"{SOA}Request{noun}_v4.xsd#"
    types = "".join(_type(n, [each for each in (2 * n + 1, 2 * n + 2) if each < count]) for n in range(count))
    schema = f"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{space}" targetNamespace="{space}"
    elementFormDefault="qualified">
<xs:element name="{ask}"><xs:complexType><xs:sequence><xs:element name="MessagePayload" type="Type0"/></xs:sequence>
</xs:complexType></xs:element>
{types}</xs:schema>"""
    return {
        f"{operation}.wsdl": wsdl(operation, (space, ask), (space, ask), {space: "all.xsd"}),
        "all.xsd": schema,
    }


def _type(number: int, inner: list[int]) -> str:
    below = "".join(f'<xs:element name="part{n}" type="Type{n}" minOccurs="0" maxOccurs="unbounded"/>' for n in inner)
    return f"""<xs:complexType name="Type{number}">
  <xs:annotation><xs:documentation>Number {number}, in MW.</xs:documentation></xs:annotation>
  <xs:sequence>
    <xs:element name="code" minOccurs="0"><xs:simpleType><xs:restriction base="xs:string">
      <xs:maxLength value="32"/><xs:pattern value="[A-Z0-9_]*"/></xs:restriction></xs:simpleType></xs:element>
    <xs:element name="mw" type="xs:decimal" minOccurs="0"/>
    <xs:element name="start" type="xs:dateTime" minOccurs="0"/>
    {below}
  </xs:sequence>
</xs:complexType>
"""


def lay(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files into a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def zipped(path: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files into a zip."""
    path.write_bytes(zip_bytes(files))
    return path


def zip_bytes(files: Mapping[str, str | bytes]) -> bytes:
    """The bytes of a zip of files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return target.getvalue()
