"""An SFTP server over a folder: `python sftp_server.py FOLDER ABOUT PORT`.

In ABOUT it leaves what its clients need: `known_hosts`, and the private key `identity` of its user.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import asyncssh

USER, PASSWORD, PASSPHRASE = "reader", "spade-by-the-door", "rake-behind-it"


class Login(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


async def serve(folder: Path, about: Path, port: int) -> None:
    key, client = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    client.write_private_key(about / "identity", passphrase=PASSPHRASE)
    client.write_public_key(about / "authorized_keys")
    public = key.export_public_key().decode()
    (about / "known_hosts").write_text(f"[127.0.0.1]:{port} {public}")
    await asyncssh.listen(
        "127.0.0.1",
        port,
        server_factory=Login,
        server_host_keys=[key],
        authorized_client_keys=asyncssh.read_authorized_keys(str(about / "authorized_keys")),
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=bytes(folder)),
    )
    if os.geteuid() == 0:
        os.seteuid(65534)  # root would read what is locked
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
