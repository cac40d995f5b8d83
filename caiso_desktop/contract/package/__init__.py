"""Packages of WSDL and XSD: what their files hold, and what that says of the catalogue's rows."""
