"""What is found in the files of a package: good files count, each bad one is told with its line."""

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caiso_desktop.contract.grammar import Grammar
from caiso_desktop.contract.package.contents import read_contents
from caiso_desktop.contract.package.name import Key, key_of
from caiso_desktop.model.cancel import CancelToken
from caiso_desktop.model.error import Cancelled
from caiso_desktop.model.package import Contents, Style
from tests.package_maker import SOA, header_xsd, lay, many_types, payload_xsd, retrieve, rpc, wsdl

REQUEST = f"{{{SOA}RequestCleanBidSet_v4.xsd#}}RequestCleanBidSet"
ANSWER = f"{{{SOA}CleanBidSet_v4.xsd#}}CleanBidSet"


def told(contents: Contents) -> list[tuple[str, int]]:
    return [(each.file, each.line) for each in contents.unreadable]


def test_an_operation_is_told_with_its_action_roots_and_schema(tmp_path: Path) -> None:
    contents = read_contents(lay(tmp_path, retrieve("CleanBidSet", "v4", action="urn:other")))
    [operation] = contents.operations
    assert (operation.name, operation.action, operation.style) == (
        "retrieveCleanBidSet_v4",
        "urn:other",
        Style.DOCUMENT,
    )
    assert (operation.request_root, operation.answer_root) == (REQUEST, ANSWER)
    assert operation.request_file == "retrieveCleanBidSet_v4.wsdl"
    assert Grammar(tmp_path, operation.request_file, REQUEST).declaration.local_name == "RequestCleanBidSet"
    assert contents.roots[REQUEST] == "schemas/RequestCleanBidSet_v4.xsd"
    assert not contents.unreadable
    assert (contents.files, contents.left_out) == (4, 0)


def test_rpc_is_told_with_its_parts(tmp_path: Path) -> None:
    [operation] = read_contents(lay(tmp_path, {"ads.wsdl": rpc()})).operations
    assert operation.style is Style.RPC
    assert operation.action == ""
    assert operation.parts == ("batchUID", "more")
    assert operation.request_root == "{http://ads.caiso.com/api/webservices/dispatch/v7}getDispatchBatchesSinceUID"
    assert operation.address.endswith("/ADS/APIWebService/v7")


@pytest.mark.parametrize("prefix", ["wsdl", "w", "definitions", "_x"])
def test_any_prefix_will_do(tmp_path: Path, prefix: str) -> None:
    space = f"{SOA}RequestTrades_v1.xsd#"
    text = wsdl(
        "retrieveTrades_v1", (space, "RequestTrades"), (space, "RequestTrades"), {space: "a.xsd"}, prefix=prefix
    )
    schema = payload_xsd("RequestTrades", "v1", "h.xsd", prefix=prefix)
    contents = read_contents(lay(tmp_path, {"a.wsdl": text, "a.xsd": schema, "h.xsd": header_xsd()}))
    assert not contents.unreadable
    assert contents.operations[0].request_file


def test_badly_written_locations_are_followed(tmp_path: Path) -> None:
    files = retrieve("CleanBidSet", "v4")
    text = files["retrieveCleanBidSet_v4.wsdl"].replace(
        'schemaLocation="schemas/RequestCleanBidSet_v4.xsd"', 'schemaLocation=" .\\SCHEMAS\\requestcleanbidset_V4.XSD "'
    )
    contents = read_contents(lay(tmp_path, files | {"retrieveCleanBidSet_v4.wsdl": text}))
    assert not contents.unreadable
    assert contents.operations[0].request_file


def test_a_wsdl_may_import_another_even_in_a_circle(tmp_path: Path) -> None:
    files = retrieve("CleanBidSet", "v4")
    whole = files.pop("retrieveCleanBidSet_v4.wsdl")
    at = whole.index("  <wsdl:binding")
    head = whole[: whole.index("  <wsdl:types>")]
    first = head + '<wsdl:import namespace="wrong" location="Port Type.wsdl"/>' + whole[at:]
    second = whole[:at] + "</wsdl:definitions>"
    second = second.replace("  <wsdl:types>", '<wsdl:import namespace="urn:x" location="../a.wsdl"/>  <wsdl:types>')
    second = second.replace('"schemas/', '"../schemas/')
    first = first.replace("Port Type.wsdl", "parts/Port%20Type.wsdl")
    contents = read_contents(lay(tmp_path, files | {"a.wsdl": first, "parts/port type.WSDL": second}))
    assert not contents.unreadable
    assert [each.file for each in contents.operations] == ["a.wsdl"]
    assert contents.operations[0].request_root == REQUEST


def test_xsds_may_include_and_import_one_another_in_circles(tmp_path: Path) -> None:
    files = retrieve("CleanBidSet", "v4")
    header = files["schemas/common/Header.xsd"]
    at = header.index("  <xs:complexType")
    again = '<xs:include schemaLocation="Header.xsd"/><xs:import namespace="urn:far" schemaLocation="../far.xsd"/>'
    files["schemas/common/Header.xsd"] = header[:at] + again + header[at:]
    schema = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace'
    ours, place = f"{SOA}RequestCleanBidSet_v4.xsd#", "RequestCleanBidSet_v4.xsd"
    files["schemas/far.xsd"] = (
        f'{schema}="urn:far"><xs:import namespace="{ours}" schemaLocation="{place}"/></xs:schema>'
    )
    files["schemas/part.xsd"] = f'{schema}="{ours}"><xs:include schemaLocation="{place}"/></xs:schema>'
    files[f"schemas/{place}"] = files[f"schemas/{place}"].replace(
        "  <xsd:element", '  <xsd:include schemaLocation="part.xsd"/><xsd:element', 1
    )
    contents = read_contents(lay(tmp_path, files))
    assert not contents.unreadable
    assert contents.operations[0].request_file


MIME = """<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:mime="http://schemas.xmlsoap.org/wsdl/mime/"
    xmlns:tns="urn:t" xmlns:h="urn:headers" xmlns:a="urn:answer" targetNamespace="urn:t">
  <wsdl:message name="in">
    <wsdl:part name="hash" element="h:attachmentHash"/>
    <wsdl:part name="infor" element="h:standardAttachmentInfor"/>
    <wsdl:part name="file" type="xs:base64Binary"/>
  </wsdl:message>
  <wsdl:message name="out"><wsdl:part name="body" element="a:StandardOutput"/></wsdl:message>
  <wsdl:portType name="p"><wsdl:operation name="submitRawBidSet_v4">
    <wsdl:input message="tns:in"/><wsdl:output message="tns:out"/></wsdl:operation></wsdl:portType>
  <wsdl:binding name="b" type="tns:p"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="submitRawBidSet_v4"><soap:operation soapAction="urn:submit" style="document"/>
      <wsdl:input><mime:multipartRelated>
        <mime:part><soap:body use="literal" parts="file"/>
          <soap:header message="tns:in" part="hash" use="literal"/>
          <soap:header message="tns:in" part="infor" use="literal"/></mime:part>
        <mime:part><mime:content part="file" type="application/octet-stream"/></mime:part>
      </mime:multipartRelated></wsdl:input>
      <wsdl:output><soap:body use="literal"/></wsdl:output>
    </wsdl:operation></wsdl:binding>
  <wsdl:service name="s"><wsdl:port name="p" binding="tns:b">
    <soap:address location="https://ws.caiso.com/sst/sibr/SubmitRawBidSet_SIBRv4_AP"/></wsdl:port></wsdl:service>
</wsdl:definitions>"""


def test_a_submit_with_a_mime_part_is_told_without_a_request_root(tmp_path: Path) -> None:
    contents = read_contents(lay(tmp_path, {"submit.wsdl": MIME}))
    assert not contents.unreadable
    [operation] = contents.operations
    assert (operation.action, operation.request_root) == ("urn:submit", "")
    assert operation.answer_root == "{urn:answer}StandardOutput"


def test_two_versions_of_one_namespace_do_not_meet(tmp_path: Path) -> None:
    files: dict[str, str] = {}
    for folder, version, field in (("old", "v20160501", "Before"), ("new", "v20171001", "Since")):
        made = retrieve("CleanBidSet", "v4", schemas=f"{folder}/schemas")
        made[f"{folder}/schemas/RequestCleanBidSet_v4.xsd"] = payload_xsd(
            "RequestCleanBidSet", "v4", fields=f'<xs:element name="{field}" type="xs:string"/>'
        )
        text = made.pop("retrieveCleanBidSet_v4.wsdl")
        files |= made | {f"{version}.wsdl": text.replace("v4", version, 0)}
    contents = read_contents(lay(tmp_path, files))
    assert not contents.unreadable
    old, new = contents.operations
    for operation, field in ((old, "Before"), (new, "Since")):
        payload = f'<RequestCleanBidSet xmlns="{SOA}RequestCleanBidSet_v4.xsd#"><MessagePayload><{field}>1</{field}>'
        document = f"{payload}</MessagePayload></RequestCleanBidSet>"
        from lxml import etree

        checker = Grammar(tmp_path, operation.request_file, REQUEST).checker
        assert checker.validate(etree.fromstring(document)), operation.file


def test_what_is_good_is_kept_beside_what_is_bad(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        **retrieve("CleanBidSet", "v4"),
        "broken.xsd": "<xs:schema\n xmlns:xs='http://www.w3.org/2001/XMLSchema'>\n<xs:element></xs:schema>",
        "dtd.xsd": "<?xml version='1.0'?>\n<!--x-->\n<!DOCTYPE s [<!ENTITY a 'aaa'>]><s>&a;</s>",
        "utf16.xsd": "<?xml version='1.0' encoding='utf-16'?>\n<!DOCTYPE s><s/>".encode("utf-16"),
        "utf32.xsd": "<?xml version='1.0' encoding='utf-32'?><!DOCTYPE s [<!ENTITY a 'b'>]><s/>".encode("utf-32"),
        "deep.xsd": "<a>" * 300 + "</a>" * 300,
        "empty.wsdl": "",
        "readme.txt": "of no interest",
        "sample.xml": "<RequestCleanBidSet/>",
    }
    contents = read_contents(lay(tmp_path, files))
    assert [each.name for each in contents.operations] == ["retrieveCleanBidSet_v4"]
    assert told(contents) == [
        ("broken.xsd", 3),
        ("deep.xsd", 1),
        ("dtd.xsd", 3),
        ("empty.wsdl", 1),
        ("utf16.xsd", 2),
        ("utf32.xsd", 1),
    ]
    why = {each.file: each.why for each in contents.unreadable}
    assert all("DOCTYPE" in why[name] for name in ("dtd.xsd", "utf16.xsd", "utf32.xsd"))
    assert "nested deeper than 256" in why["deep.xsd"]
    assert contents.left_out == 2


@pytest.mark.parametrize(
    "location",
    ["http://schemas.invalid/x.xsd", "file:///etc/passwd", "/etc/x.xsd", "C:\\x.xsd", "..\\..\\x.xsd", "gone.xsd"],
)
def test_nothing_outside_is_read_and_the_line_is_told(tmp_path: Path, location: str) -> None:
    (tmp_path / "x.xsd").write_text(header_xsd(), "utf-8")
    package = tmp_path / "in" / "package"
    schema = payload_xsd("RequestTrades", "v1", location)
    lay(package, {"a.xsd": schema} | retrieve("CleanBidSet", "v4"))
    contents = read_contents(package)
    assert told(contents) == [("a.xsd", 4)]
    assert location in contents.unreadable[0].why
    assert ("lies outside" in contents.unreadable[0].why) == (location != "gone.xsd")
    assert contents.operations[0].request_file


def test_a_foreign_address_of_a_namespace_that_is_here_does_no_harm(tmp_path: Path) -> None:
    files = retrieve("CleanBidSet", "v4")
    name = "retrieveCleanBidSet_v4.wsdl"
    text = files[name].replace('"schemas/RequestCleanBidSet_v4.xsd"', '"http://schemas.invalid/R.xsd"')
    contents = read_contents(lay(tmp_path, files | {name: text}))
    assert not contents.unreadable
    assert contents.operations[0].request_file


def test_a_schema_that_contradicts_itself_is_told_with_its_line_and_the_operation_kept(tmp_path: Path) -> None:
    files = retrieve("CleanBidSet", "v4")
    place = "schemas/RequestCleanBidSet_v4.xsd"
    bad = files[place].replace("type='Payload'", "").replace('type="Payload"', 'type="NoSuchType"')
    line = next(n for n, text in enumerate(bad.splitlines(), 1) if "NoSuchType" in text)
    contents = read_contents(lay(tmp_path, files | {place: bad}))
    assert told(contents)[0] == (place, line)
    assert "NoSuchType" in contents.unreadable[0].why
    [operation] = contents.operations
    assert operation.request_root == REQUEST
    assert operation.request_file == ""
    assert REQUEST not in contents.roots


def test_a_binding_of_nothing_is_told_with_its_line(tmp_path: Path) -> None:
    files = retrieve("CleanBidSet", "v4")
    name = "retrieveCleanBidSet_v4.wsdl"
    bad = files[name].replace('type="tns:retrieveCleanBidSet_v4"', 'type="tns:noPortType"')
    line = next(n for n, text in enumerate(bad.splitlines(), 1) if "noPortType" in text)
    contents = read_contents(lay(tmp_path, files | {name: bad}))
    assert (name, line) in told(contents)
    assert not contents.operations
    assert REQUEST in contents.roots, "the schemas are good all the same"


def test_an_operation_whose_element_nobody_declares_is_told(tmp_path: Path) -> None:
    files = retrieve("CleanBidSet", "v4")
    name = "retrieveCleanBidSet_v4.wsdl"
    bad = files[name].replace('element="req:RequestCleanBidSet"', 'element="req:RequestOther"')
    contents = read_contents(lay(tmp_path, files | {name: bad}))
    assert "<RequestOther>" in contents.unreadable[0].why
    assert contents.operations[0].request_file == ""
    assert contents.operations[0].answer_file == name


def test_a_message_part_that_names_nothing_is_told_with_its_line(tmp_path: Path) -> None:
    files = retrieve("CleanBidSet", "v4")
    name = "retrieveCleanBidSet_v4.wsdl"
    bad = files[name].replace('element="req:RequestCleanBidSet"', "")
    line = next(n for n, text in enumerate(bad.splitlines(), 1) if "Request" in text and "message name" in text)
    assert told(read_contents(lay(tmp_path, files | {name: bad}))) == [(name, line)]


def test_four_hundred_types_are_read(tmp_path: Path) -> None:
    contents = read_contents(lay(tmp_path, many_types(400)))
    assert contents.operations[0].request_file
    assert not contents.unreadable


def test_it_can_be_stopped(tmp_path: Path) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        read_contents(lay(tmp_path, retrieve("CleanBidSet", "v4")), token)


@pytest.mark.parametrize(
    ("operation", "key"),
    [
        ("retrieveDRLocations_v1", Key("retrievedrlocations", "v1", docattach=False)),
        ("RetrieveRawBidSet_v4_DocAttach", Key("retrieverawbidset", "v4", docattach=True)),
        ("retrieveRawBidSet_DocAttach_v4", Key("retrieverawbidset", "v4", docattach=True)),
        ("broadcastTelemetryData_v20120401", Key("broadcasttelemetrydata", "v20120401", docattach=False)),
        ("retrieveTrades", Key("retrievetrades", "", docattach=False)),
        ("_5MinForecast_v2", Key("5minforecast", "v2", docattach=False)),
    ],
)
def test_a_name_is_taken_apart(operation: str, key: Key) -> None:
    assert key_of(operation) == key


NAME = st.from_regex(r"[a-z][A-Za-z0-9]{0,20}", fullmatch=True).filter(
    lambda name: "docattach" not in name.casefold() and key_of(name).version == ""
)


@given(NAME, st.integers(0, 99999999), st.booleans())
def test_case_and_the_place_of_docattach_do_not_matter(name: str, number: int, after: bool) -> None:
    version = f"_v{number}"
    written = f"{name}{version}_DocAttach" if after else f"{name}_DocAttach{version}"
    assert key_of(written) == key_of(written.swapcase()) == Key(name.casefold(), f"v{number}", docattach=True)


def test_types_may_stand_in_the_wsdl_itself(tmp_path: Path) -> None:
    files = retrieve("CleanBidSet", "v4")
    name = "retrieveCleanBidSet_v4.wsdl"
    space = f"{SOA}RequestCleanBidSet_v4.xsd#"
    inline = payload_xsd("RequestCleanBidSet", "v4", "schemas/common/Header.xsd").partition("?>")[2]
    text = re.sub(f'<xs:import namespace="{re.escape(space)}"[^>]*/>', "", files[name])
    text = text.replace("<wsdl:types>", f"<wsdl:types>{inline}")
    contents = read_contents(lay(tmp_path, {**files, name: text}))
    assert not contents.unreadable
    assert contents.operations[0].request_file == name
    assert Grammar(tmp_path, name, REQUEST).declaration.local_name == "RequestCleanBidSet"


FILES = retrieve("CleanBidSet", "v4") | {"ads.wsdl": rpc(), "submit.wsdl": MIME}

SPOILT = ("", "x", ":", '"', "<", "</a>", "xs:", "tns:", "../", "http://x/", "&", "\0", "é")


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=80, deadline=None)
@given(st.sampled_from(sorted(FILES)), st.data())
def test_whatever_is_done_to_a_file_it_is_told_and_never_raised(name: str, data: st.DataObject) -> None:
    text = FILES[name]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 60)))
    other = data.draw(
        st.sampled_from(["", "x", ":", '"', "<", "</a>", "xs:", "tns:", "../", "http://x/", "&", "\0", "é"])
    )
    with tempfile.TemporaryDirectory() as folder:
        lay(Path(folder), {**FILES, name: text[:start] + other + text[end:]})
        contents = read_contents(Path(folder))
    assert len(contents.operations) + len(contents.unreadable) >= 2
