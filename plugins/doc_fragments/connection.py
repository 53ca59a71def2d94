# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that every module has for reaching a server; their argument spec is in ``module_utils/_module.py``."""

from __future__ import annotations


class ModuleDocFragment:
    """The documentation fragment ``mongodb.atlas.connection``."""

    DOCUMENTATION = r"""
requirements:
  - requests
options:
  base_url:
    description:
      - The address of the API.
      - An address without a path is completed, with V(/api/atlas/v1.0) for C(cloud.mongodb.com) and
        C(cloud.mongodbgov.com), and with V(/api/public/v1.0) for any other host, which is where Ops Manager has it.
      - It must begin with V(http://) or V(https://), and must not contain a user name, a password, a query or a
        fragment.
      - If not set, the environment variables E(MONGODB_ATLAS_BASE_URL) and E(MCLI_OPS_MANAGER_URL) are used, the first
        one that is set and not empty, where the module runs.
    type: str
    default: https://cloud.mongodb.com/api/atlas/v1.0
    aliases: [api_url]
  public_key:
    description:
      - The public key of a programmatic API key, or the user name that goes with a personal API key.
      - Required, here or in one of the environment variables E(MONGODB_ATLAS_PUBLIC_API_KEY),
        E(MONGODB_ATLAS_PUBLIC_KEY) and E(MCLI_PUBLIC_API_KEY), of which the first one that is set is used.
    type: str
    aliases: [api_username]
  private_key:
    description:
      - The private key of a programmatic API key, or a personal API key.
      - Required, here or in one of the environment variables E(MONGODB_ATLAS_PRIVATE_API_KEY),
        E(MONGODB_ATLAS_PRIVATE_KEY) and E(MCLI_PRIVATE_API_KEY), of which the first one that is set is used.
      - The modules never log the key. They use it only for HTTP digest authentication, which does not send the key
        itself.
      - Never set these variables with the keyword C(environment) of a task or play. Ansible puts them on the command
        line that starts the module, where C(-vvv) shows the key, even with C(no_log), and so does C(ps).
    type: str
    aliases: [api_password]
  validate_certs:
    description:
      - Whether the server's TLS certificate must be trusted.
      - Set to V(false) only to find out what is wrong; use O(ca_path) for a private certificate authority.
    type: bool
    default: true
  ca_path:
    description:
      - A file with the certificates, in PEM format, of the certificate authorities to trust, or a folder of them as
        C(openssl rehash) prepares it.
      - If not set, the environment variables E(REQUESTS_CA_BUNDLE) and E(CURL_CA_BUNDLE) are used, and otherwise what
        the system trusts.
    type: path
  client_cert:
    description:
      - A file with a client certificate in PEM format, for servers that demand one.
      - It may contain the private key too; then O(client_key) is not needed.
    type: path
  client_key:
    description:
      - A file with the private key, not encrypted, of the client certificate.
      - Requires O(client_cert).
    type: path
  use_proxy:
    description:
      - Whether the proxies named in the environment variables E(HTTP_PROXY), E(HTTPS_PROXY) and E(NO_PROXY) are used.
    type: bool
    default: true
  api_timeout:
    description:
      - Seconds to wait for the connection, and for each part of an answer, from V(0.001) to V(86400).
      - A request whose whole answer takes ten times as long has failed too.
    type: float
    default: 30
  api_retries:
    description:
      - How often a request is repeated, up to V(1000) times, when what came back is temporary. That is a rate limit, a
        status of V(500) or more, a broken or timed-out connection, or a server that does not know its own nonce.
      - A refused login is never repeated.
    type: int
    default: 4
  api_retry_max_delay:
    description:
      - The longest wait before a repeat, in seconds, from V(0) to V(86400). The waits grow from one second, and are at
        least what the server asks for with C(Retry-After).
      - A server that asks for more is not waited for; the task fails and says what it asked.
    type: float
    default: 60
  envelope:
    description:
      - Whether the API is to put its answers into an envelope. Results are the same with and without.
    type: bool
    default: false
  pretty:
    description:
      - Whether the API is to indent its answers. Results are the same with and without.
    type: bool
    default: false
notes:
  - The modules run where the task runs. Use C(connection=local) or C(delegate_to=localhost) when only the control node
    can reach the API.
  - Over plain HTTP anybody on the way can read and change what is sent, though not the private key.
  - All modules are in the action group C(all), so that C(module_defaults) can give these options once, as
    C(group/mongodb.atlas.all).
"""
