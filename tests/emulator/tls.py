# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates for loopback."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme

TLS_MODES = ("none", "server", "mutual")


@dataclass(frozen=True)
class Tls:
    """The files for a client: the CA, a certificate and its key; ``mutual`` says whether the server demands these."""

    ca_path: str
    client_cert: str
    client_key: str
    mutual: bool


def create_certificates(directory: Path, *, mutual: bool) -> tuple[ssl.SSLContext, Tls]:
    """Make a CA, a certificate for 127.0.0.1 and localhost, and one for a client.

    Args:
        directory: Where the client's files are written to.
        mutual: Whether the server demands the client's certificate.

    Returns:
        The context of the server, and the client's files.
    """
    authority = trustme.CA()
    client = authority.issue_cert("client@example.com")
    files = Tls(str(directory / "ca.pem"), str(directory / "client.pem"), str(directory / "client.key"), mutual)
    authority.cert_pem.write_to_path(files.ca_path)
    client.cert_chain_pems[0].write_to_path(files.client_cert)
    client.private_key_pem.write_to_path(files.client_key)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    if mutual:
        authority.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    return context, files
