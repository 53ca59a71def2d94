# Copyright (c) 2026, the mongodb.atlas maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection options of every module. Their argument spec is in ``module_utils/_module.py``."""

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
      - If the address has no path, the module adds one. It adds V(/api/atlas/v1.0) for C(cloud.mongodb.com) and
        C(cloud.mongodbgov.com), and V(/api/public/v1.0), the path of Ops Manager, for any other host.
      - On Atlas, the path names the product only. V(/api/atlas/v1.0), V(/api/atlas/v1.5) and V(/api/atlas/v2) mean the
        same. Each module uses the version of the API that it needs.
      - The address must begin with V(http://) or V(https://). It must not contain a user name, a password, a query or a
        fragment.
      - If this option is not set, the module reads the environment variables E(MONGODB_ATLAS_BASE_URL) and
        E(MCLI_OPS_MANAGER_URL) on the host where it runs. It uses the first one that is set and not empty.
    type: str
    default: https://cloud.mongodb.com/api/atlas/v1.0
    aliases: [api_url]
  public_key:
    description:
      - The public key of a programmatic API key, or the user name that belongs to a personal API key.
      - A task logs in with an API key (O(public_key) and O(private_key)), as a service account (O(client_id) and
        O(client_secret)), or with an O(access_token). Set the options of one kind only. If one of them is missing, the
        task uses its environment variable.
      - If no option for a login is set, the task uses the environment variables only. If these hold several kinds of
        login, the task prefers an access token to a service account, and a service account to an API key. The modules
        for personal keys prefer an API key. A warning says which kind the task uses.
      - Set this option or one of the environment variables E(MONGODB_ATLAS_PUBLIC_API_KEY),
        E(MONGODB_ATLAS_PUBLIC_KEY) and E(MCLI_PUBLIC_API_KEY). The module uses the first variable that is set and not
        empty.
    type: str
    aliases: [api_username]
  private_key:
    description:
      - The private key of a programmatic API key, or a personal API key.
      - Set this option or one of the environment variables E(MONGODB_ATLAS_PRIVATE_API_KEY),
        E(MONGODB_ATLAS_PRIVATE_KEY) and E(MCLI_PRIVATE_API_KEY). The module uses the first variable that is set and not
        empty.
      - The key is never logged. It is used only for HTTP digest authentication, which does not send the key itself.
      - Never set these variables with the keyword C(environment) of a task or play. Ansible puts them on the command
        line that starts the module. There, C(ps) shows the key, and so does the output with C(-vvv), even with
        C(no_log).
    type: str
    aliases: [api_password]
  client_id:
    description:
      - The client id of a service account. It begins with V(mdb_sa_id_). Atlas and Cloud Manager have service accounts,
        Ops Manager does not.
      - The task gets one access token from the server, uses it for all of its requests, and revokes it at its end.
      - Set this option or the environment variable E(MONGODB_ATLAS_CLIENT_ID).
    type: str
    version_added: 1.1.0
  client_secret:
    description:
      - The secret of the service account. It begins with V(mdb_sa_sk_).
      - Set this option or the environment variable E(MONGODB_ATLAS_CLIENT_SECRET).
      - The secret is never logged. The module sends the secret itself to the server, unlike a private key. So
        O(base_url) must begin with V(https://), unless the server is on the same machine.
      - Never set this variable with the keyword C(environment) of a task or play, for the reason that O(private_key)
        gives.
    type: str
    version_added: 1.1.0
  access_token:
    description:
      - An access token of a service account. It lives for an hour. The task does not revoke it.
      - M(mongodb.atlas.access_token) gets such a token for a whole play, and revokes it at the end of the play.
      - Set this option or the environment variable E(MONGODB_ATLAS_ACCESS_TOKEN).
      - The token is never logged, and the module sends it to the server. So O(base_url) must begin with V(https://),
        unless the server is on the same machine.
    type: str
    version_added: 1.1.0
  validate_certs:
    description:
      - Whether the module verifies the TLS certificate of the server.
      - Set this to V(false) only to find the cause of a problem. For a private certificate authority, use O(ca_path).
    type: bool
    default: true
  ca_path:
    description:
      - A file in PEM format with the certificates of the certificate authorities to trust, or a folder of such
        certificates that you prepared with C(openssl rehash).
      - If this option is not set and the address begins with V(https://), the module uses the environment variable
        E(REQUESTS_CA_BUNDLE), or else E(CURL_CA_BUNDLE), or else the certificates that the system trusts.
      - If the file or folder does not exist, or the file holds no certificates in PEM format, the task fails before it
        sends anything. The message names this option or the variable.
    type: path
  client_cert:
    description:
      - A file with a client certificate in PEM format, for servers that demand one.
      - If the file also contains the private key, O(client_key) is not needed.
      - The module does not read V(.pfx) and V(.p12) files. Convert them to PEM format with C(openssl pkcs12).
    type: path
  client_key:
    description:
      - A file with the private key of the client certificate, in PEM format.
      - The key must not be encrypted. If it is, the task fails before it sends anything, and the message names the
        option and the file.
      - Requires O(client_cert).
    type: path
  use_proxy:
    description:
      - Whether the module uses the proxies that the environment variables E(HTTP_PROXY), E(HTTPS_PROXY) and
        E(ALL_PROXY) name. It connects directly to the hosts in E(NO_PROXY).
      - If O(base_url) begins with V(http://), the module uses no proxy for the login with a service account or an
        access token, because the proxy could read the secret.
      - If a proxy demands a login, put the user name and the password into the address of the proxy, as in
        V(http://user:password@proxy.example.com:3128).
      - A SOCKS proxy needs the Python library PySocks on the host where the module runs.
    type: bool
    default: true
  api_timeout:
    description:
      - How many seconds the module waits for the connection, and for each part of a response. From V(0.001) to
        V(86400).
      - A request also fails if the complete response takes more than ten times this long.
    type: float
    default: 30
  api_retries:
    description:
      - How often the module repeats a request after a temporary error, from V(0) to V(1000). Temporary errors are a
        rate limit, a status of V(500) or more, a broken or timed-out connection, and a server that does not know its
        own nonce, the text that it sent for the login.
      - A refused login is never repeated.
    type: int
    default: 4
  api_retry_max_delay:
    description:
      - The longest wait before a repeat, in seconds, from V(0) to V(86400). The waits grow from about one second.
      - If the server asks for a wait with C(Retry-After), the module waits for at least that long. If a rate limit
        comes without C(Retry-After), the module waits for as long as the message of the server says.
      - If the server asks for a longer wait than this option allows, the task fails at once. The message says how long
        the server asked to wait.
    type: float
    default: 60
  envelope:
    description:
      - Whether the API puts its responses into an envelope, a JSON object with the HTTP status and the content. The
        results of the module are the same with and without.
    type: bool
    default: false
  pretty:
    description:
      - Whether the API indents its responses. The results of the module are the same with and without.
    type: bool
    default: false
notes:
  - A module runs on the host of its task. If only the control node can reach the API, use C(connection=local) or
    C(delegate_to=localhost).
  - With plain HTTP, anybody on the network path can read and change everything that is sent, except the private key,
    which is never sent.
  - All modules are in the action group C(all). To set these options once for all of them, use
    C(group/mongodb.atlas.all) in C(module_defaults).
"""
