"""Requests that other programs keep: SoapUI projects and the files of caisopy, read as drafts."""
