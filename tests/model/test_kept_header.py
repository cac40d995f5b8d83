"""What of a call's headers is kept: what is harmless, as it came; of everything else the name alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caiso_desktop.model.kept_header import NOT_KEPT, kept_headers, kept_reason

HARMLESS = [
    ("Content-Type", "text/xml; charset=utf-8"),
    ("Content-Type", 'multipart/related; boundary="----=_Part_1_2.3"; type="text/xml"; start="<root@caiso.com>"'),
    ("content-type", 'application/soap+xml; charset=UTF-8; action="http://www.caiso.com/soa/retrieveCleanBidSet_v4"'),
    ("SOAPAction", '"http://www.caiso.com/soa/retrieveCleanBidSet_v4"'),
    ("SOAPAction", '""'),
    ("Content-Length", "1234"),
    ("Transfer-Encoding", "chunked"),
    ("Date", "Thu, 26 Nov 2026 15:00:00 GMT"),
    ("Expires", "-1"),
    ("Retry-After", "120"),
    ("Server", "Apache/2.4.57 (Red Hat Enterprise Linux) OpenSSL/3.0.7"),
    ("Server", "Microsoft-IIS/10.0"),
    ("X-Powered-By", "Servlet/3.0"),
    ("Cache-Control", "no-cache, no-store, must-revalidate"),
    ("Location", "https://portal.caiso.com/login"),
    ("WWW-Authenticate", 'Basic realm="CAISO"'),
    ("WWW-Authenticate", "Negotiate"),
    ("MIME-Version", "1.0"),
    ("User-Agent", "caiso-desktop/1.0"),
    ("Accept", "text/xml, multipart/related;q=0.9"),
]
SECRET = [
    ("Authorization", "Basic amRvZTpzZWNyZXQ="),
    ("Proxy-Authorization", "Basic amRvZTpzZWNyZXQ="),
    ("Proxy-Authenticate", "NTLM TlRMTVNTUAACAAAA"),
    ("Cookie", "JSESSIONID=0000abc"),
    ("Set-Cookie", "LtpaToken2=abc; Path=/; HttpOnly"),
    ("Authentication-Info", "nextnonce=abc"),
    ("X-Auth-Token", "abc"),
    ("X-Amz-Security-Token", "abc"),
    ("X-Forwarded-For", "10.1.2.3"),
    ("Via", "1.1 proxy.company.example"),
    ("ETag", '"abc"'),
    ("Location", "https://portal.caiso.com/login?ticket=ST-1-abc"),
    ("Location", "https://jdoe:secret@portal.caiso.com/"),
    ("WWW-Authenticate", "Negotiate oYG1MIGyoAMKAQA="),
    ("WWW-Authenticate", 'Digest realm="x", nonce="abc"'),
    ("Server", "token=abc"),
    ("Content-Length", "12\r\nSet-Cookie: a=b"),
    ("Content-Type", "text/xml\nAuthorization: Basic abc"),
    ("Content-Type", "text/xml; x=" + "A" * 300),
]


@pytest.mark.parametrize("header", HARMLESS)
def test_what_is_harmless_stays_as_it_came(header: tuple[str, str]) -> None:
    assert kept_headers((header,)) == (header,)


@pytest.mark.parametrize("header", SECRET)
def test_of_what_may_be_secret_the_name_stays(header: tuple[str, str]) -> None:
    assert kept_headers((header,)) == ((header[0], NOT_KEPT),)


def test_a_name_that_is_no_plain_word_is_left_out() -> None:
    assert kept_headers((("X-Token-9f8e7d", "a"), ("a" * 50, "b"), ("ok: Cookie", "c"))) == ()


def test_the_words_beside_a_status() -> None:
    assert kept_reason("Internal Server Error") == "Internal Server Error"
    assert kept_reason("see ZXlKaGJHY2lPaUpJVXpJMU5pSjk") == ""
    assert kept_reason("OK\r\nSet-Cookie: a") == ""


@given(st.text(st.characters(codec="latin-1"), min_size=1, max_size=40), st.text(min_size=8, max_size=60))
def test_no_value_of_an_unknown_name_is_kept(name: str, value: str) -> None:
    known = {each.lower() for each, _ in HARMLESS} | {"allow", "age", "vary", "host", "pragma", "connection"}
    if name.lower() not in known:
        assert all(kept == NOT_KEPT for _, kept in kept_headers((("X" + name, value),)))


@given(st.sampled_from([name for name, _ in HARMLESS]), st.text(max_size=500))
def test_whatever_is_kept_begins_no_other_line(name: str, value: str) -> None:
    ((_, kept),) = kept_headers(((name, value),))
    assert kept.isprintable()
    assert len(kept) <= 400
