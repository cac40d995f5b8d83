"""SoapUI projects and files of caisopy as drafts: requests and where they went, and nothing secret."""

import tempfile
from contextlib import suppress
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caiso_desktop.catalogue.load import load
from caiso_desktop.contract.document import Document, read
from caiso_desktop.contract.foreign.reader import ForeignReader
from caiso_desktop.model.catalogue import Catalogue
from caiso_desktop.model.foreign import ForeignError
from caiso_desktop.model.service import Target, Variant

CLEAN = Target("sibr", "RetrieveCleanBidSet", "v4", Variant.AP)
NS = "http://www.caiso.com/soa/RequestCleanBidSet_v4.xsd#"
SECRET = "hunter2-secret"


@pytest.fixture(scope="module")
def catalogue(resources: Path) -> Catalogue:
    return load(resources / "catalogue")


@pytest.fixture(scope="module")
def reader(catalogue: Catalogue) -> ForeignReader:
    return ForeignReader(catalogue)


@pytest.fixture
def stage(catalogue: Catalogue) -> str:
    return catalogue.url("map-stage", CLEAN)


def envelope(body: str) -> str:
    return f"""<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:req="{NS}">
   <soapenv:Header><wsse:Security xmlns:wsse="urn:wsse"><wsse:Password>{SECRET}</wsse:Password></wsse:Security>
   </soapenv:Header><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"""


BODY = (
    "<req:RequestCleanBidSet><!-- mine --><req:MessagePayload>${#Project#start}</req:MessagePayload>"
    "</req:RequestCleanBidSet>"
)


def project(endpoint: str, *requests: str, operation: str = "retrieveCleanBidSet_v4") -> str:
    calls = "".join(
        f"""<con:call name="Request {n}"><con:endpoint>{endpoint}</con:endpoint>
        <con:request><![CDATA[{request}]]></con:request>
        <con:credentials><con:username>jane</con:username><con:password>{SECRET}</con:password></con:credentials>
        </con:call>"""
        for n, request in enumerate(requests, 1)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<con:soapui-project name="CAISO" xmlns:con="http://eviware.com/soapui/config"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <con:interface xsi:type="con:WsdlInterface" name="SIBR"><con:endpoints><con:endpoint>{endpoint}</con:endpoint>
  </con:endpoints><con:operation name="{operation}" action="x">{calls}</con:operation></con:interface>
  <con:testSuite name="s"><con:testCase name="c">
    <con:testStep type="groovy" name="g"><con:config><script>{SECRET}</script></con:config></con:testStep>
    <con:testStep type="request" name="Morning"><con:config xsi:type="con:RequestStep">
      <con:interface>SIBR</con:interface><con:operation>{operation}</con:operation>
      <con:request name="Morning"><con:endpoint>https://proxy.invalid/x/RetrieveCleanBidSet_SIBRv4_AP</con:endpoint>
      <con:request>{escape(requests[0]) if requests else ""}</con:request></con:request>
    </con:config></con:testStep></con:testCase></con:testSuite>
  <con:wssContainer><con:crypto><con:source>key.jks</con:source><con:password>{SECRET}</con:password></con:crypto>
  </con:wssContainer>
</con:soapui-project>"""


def test_requests_of_a_soapui_project_become_drafts(reader: ForeignReader, stage: str, tmp_path: Path) -> None:
    path = tmp_path / "CAISO-soapui-project.xml"
    path.write_text(project(stage + "?WSDL", envelope(BODY), ""), "utf-8")
    found = reader.read(path)
    assert found.kind == "SoapUI project"
    first, step = found.drafts
    assert (first.target, first.environment) == (CLEAN, "map-stage")
    assert (step.name, step.target, step.environment) == ("retrieveCleanBidSet_v4: Morning", CLEAN, "")
    assert "properties of the project" in first.note
    assert found.left == ("retrieveCleanBidSet_v4: Request 2: the request is empty.",)
    document = read(first.payload)
    assert isinstance(document, Document)
    assert document.root == f"{{{NS}}}RequestCleanBidSet"
    assert b"<!-- mine -->" in first.payload
    assert SECRET not in repr(found)
    assert b"soapenv" not in first.payload


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (envelope(""), "no document in its Body"),
        ("<a><b></a>", "not well-formed"),
        ("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "DOCTYPE"),
        (envelope('<i:ISOAttachment xmlns:i="urn:i"/>'), "holds an attachment"),
    ],
)
def test_what_cannot_be_a_draft_is_told(reader: ForeignReader, tmp_path: Path, request_: str, words: str) -> None:
    path = tmp_path / "p.xml"
    path.write_text(project("https://x.invalid/y", request_, envelope(BODY)), "utf-8")
    found = reader.read(path)
    assert words in found.left[0]
    assert [each.name for each in found.drafts] == ["retrieveCleanBidSet_v4: Request 2"]
    assert found.drafts[0].target == CLEAN, "by its operation's name"


def test_an_operation_nobody_knows_has_no_row(reader: ForeignReader, tmp_path: Path) -> None:
    path = tmp_path / "p.xml"
    path.write_text(project("https://x.invalid/y", envelope(BODY), operation="doSomething_v9"), "utf-8")
    assert reader.read(path).drafts[0].target is None


CAISOPY = f"""---
openssl_path: /usr/bin/openssl
caiso_sites:
  webservices:
    mapstage: {{host}}
wsse_config_file: /home/jane/wsse.yml
services:
  retrieveCleanBidSet_v4:
    app: sibr
    caiso_site: webservices
    wsse_profile: sibr1
    endpoint: {{path}}
    soapaction: http://www.caiso.com/soa/retrieveCleanBidSet_v4
    request_body: |
      <?xml version="1.0" encoding="ISO-8859-1"?>
      <RequestCleanBidSet xmlns="{NS}"><MessagePayload>
      <MarketStartTime>TRADE_DATE_TOMORROWT08:00:00Z</MarketStartTime></MessagePayload></RequestCleanBidSet>
  fromFile:
    caiso_site: webservices
    endpoint: /nowhere
    request_body: request_bodies/bids.xml
  outside:
    request_body: ../../etc/passwd
  absolute:
    attachment_file: /etc/passwd
  empty:
    endpoint: /x
"""


def test_services_of_a_caisopy_file_become_drafts(reader: ForeignReader, stage: str, tmp_path: Path) -> None:
    host, path = stage[: stage.index("/", 8)], stage[stage.index("/", 8) :]
    file = tmp_path / "b2b.yml"
    file.write_text(CAISOPY.format(host=host, path=path), "utf-8")
    (tmp_path / "request_bodies").mkdir()
    (tmp_path / "request_bodies" / "bids.xml").write_text("<Bids/>", "utf-8")
    found = reader.read(file)
    first, second = found.drafts
    assert (first.target, first.environment, first.address) == (CLEAN, "map-stage", stage)
    assert b"<MarketStartTime>{{trade_date+1}}T08:00:00Z<" in first.payload
    assert b'encoding="UTF-8"' in first.payload
    assert "macros" in first.note
    assert (second.name, second.payload, second.target) == ("fromFile", b"<Bids/>\n", None)
    assert [each.partition(":")[0] for each in found.left] == ["outside", "absolute", "empty"]
    assert "not below the folder" in found.left[0]


def test_the_file_of_passwords_is_refused_whole(reader: ForeignReader, tmp_path: Path) -> None:
    file = tmp_path / "wsse.yml"
    file.write_text(f"wsse_profiles:\n  sibr1:\n    username: x\n    cert_pass: {SECRET}\n", "utf-8")
    with pytest.raises(ForeignError) as error:
        reader.read(file)
    assert "nothing of it is taken" in str(error.value)
    assert SECRET not in str(error.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("services: [", "line 1"),
        ("a: !!python/object/apply:os.system ['true']", "line 1"),
        ("- 1", "no configuration file"),
        ("x: 1", "has no 'services'"),
        ("services: {}", "names no service"),
        ("<a/>", "no SoapUI project"),
        (
            '<soapui-project xmlns="http://eviware.com/soapui/config"><encryptedContent/></soapui-project>',
            "project is encrypted",
        ),
        ('<soapui-project xmlns="http://eviware.com/soapui/config"/>', "holds no requests"),
        ("<a>", "not well-formed"),
        ("<!DOCTYPE a><a/>", "DOCTYPE"),
        ("", "no configuration file"),
    ],
)
def test_what_is_neither_is_said_so(reader: ForeignReader, tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "f"
    file.write_text(text, "utf-8")
    with pytest.raises(ForeignError, match=words):
        reader.read(file)


def test_a_missing_or_large_file_is_said_so(
    reader: ForeignReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ForeignError, match="could not be read"):
        reader.read(tmp_path / "gone")
    monkeypatch.setattr("caiso_desktop.contract.foreign.reader.LARGEST", 3)
    (tmp_path / "f").write_text("x: 12345", "utf-8")
    with pytest.raises(ForeignError, match="larger than"):
        reader.read(tmp_path / "f")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.sampled_from(["project", "services"]), st.data())
def test_whatever_a_file_says_only_words_come_of_it(reader: ForeignReader, kind: str, data: st.DataObject) -> None:
    services = CAISOPY.format(host="https://wsmap.caiso.com", path="/sst/sibr/RetrieveCleanBidSet_SIBRv4_AP")
    text = project("https://x.invalid/y", envelope(BODY)) if kind == "project" else services
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 60)))
    spoilt = ("", "x", ":", "[", "- ", "{", "<", "]]>", "&amp;", "http://[", "\t", "é", "!!int ", "1: ")
    other = data.draw(st.sampled_from(spoilt))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_text(text[:start] + other + text[end:], "utf-8")
        with suppress(ForeignError):
            found = reader.read(path)
            assert SECRET not in repr(found)
