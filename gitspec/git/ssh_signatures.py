"""Signatures with SSH keys, made and verified by ssh-keygen as Git does it (`git help config`, gpg.format)."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from gitspec.errors import CannotJudge
from gitspec.git.repository import Repository
from gitspec.git.run import run

_BEGIN = "-----BEGIN SSH SIGNATURE-----"
_MOST = 20_000
_SECONDS = 20


def sign(repo: Repository, payload: bytes, namespace: str) -> str:
    """A signature with the user's key: user.signingKey, a file or a key that an agent holds.

    Raises CannotJudge G014 when there is no key or signing fails, G056 without ssh-keygen.
    """
    key = _setting(repo, "user.signingKey")
    if not key or _setting(repo, "gpg.format") not in ("", "ssh"):
        raise CannotJudge(
            "G014",
            "an approval is signed with an SSH key, and user.signingKey names none",
            help="git config gpg.format ssh && git config user.signingKey ~/.ssh/id_ed25519.pub",
        )
    program = _setting(repo, "gpg.ssh.program") or "ssh-keygen"
    literal = key.removeprefix("key::")
    with _folder(repo) as folder:
        options: list[str] = []
        if key.startswith(("key::", "ssh-", "ecdsa-", "sk-")):
            key = _written(folder, "key.pub", f"{literal}\n".encode())
            options = ["-U"]
        else:
            key = os.path.expanduser(key)
        data = _written(folder, "payload", payload)
        status, said = _ran([program, "-Y", "sign", "-n", namespace, "-f", key, *options, data])
        if status:
            help_ = "ssh-add your key, or check user.signingKey"
            raise CannotJudge("G014", f"signing failed: {said or f'exit {status}'}", help=help_)
        with open(f"{data}.sig", encoding="ascii") as file:
            return file.read().strip()


def public_key(repo: Repository) -> str:
    """The user's public signing key as a policy lists it, without its comment; empty when it cannot be told."""
    key = _setting(repo, "user.signingKey").removeprefix("key::")
    if not key.startswith(("ssh-", "ecdsa-", "sk-")):
        path = os.path.expanduser(key)
        try:
            with open(path if path.endswith(".pub") else f"{path}.pub", encoding="ascii") as file:
                key = file.read(_MOST)
        except (OSError, ValueError):
            return ""
    return " ".join(key.split()[:2])


def is_signed_by(repo: Repository, payload: bytes, signature: str, email: str, key: str, namespace: str) -> bool:
    """Whether the public ``key`` made ``signature`` over ``payload``. Raises CannotJudge G056 without ssh-keygen."""
    if not signature.startswith(_BEGIN) or not signature.isascii() or len(signature) > _MOST or "\n" in key:
        return False
    who = "".join(c if c.isascii() and (c.isalnum() or c in "@._+-") else "_" for c in email)
    with _folder(repo) as folder:
        allowed = _written(folder, "allowed", f'{who} namespaces="{namespace}" {key}\n'.encode())
        given = _written(folder, "signature", f"{signature}\n".encode())
        options = ["-Y", "verify", "-n", namespace, "-I", who, "-f", allowed, "-s", given]
        return _ran(["ssh-keygen", *options], _written(folder, "payload", payload))[0] == 0


def _setting(repo: Repository, key: str) -> str:
    return os.fsdecode(run(repo, "config", "--get", key).out).strip()


def _ran(args: Sequence[str], stdin: str = "") -> tuple[int, str]:
    """Status, and the last line of what was said on standard error. Without ``stdin``, a file, the user may be asked."""
    import subprocess

    try:
        with open(stdin or os.devnull, "rb") as file:
            done = subprocess.run(
                args,
                stdin=file if stdin else None,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                check=False,
                timeout=_SECONDS if stdin else None,
            )
    except FileNotFoundError:
        raise CannotJudge("G056", f"the program {args[0]} was not found", help="install OpenSSH 8.2 or newer") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotJudge("G056", f"{args[0]} did not do its work: {error}", help="try again") from None
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return done.returncode, lines[-1] if lines else ""


@contextmanager
def _folder(repo: Repository) -> Iterator[str]:
    """A folder that only this user can read, below the Git folder, for as long as it is needed."""
    import shutil
    import tempfile

    above = f"{repo.common_dir}/gitspec"
    try:
        os.makedirs(above, exist_ok=True)
        folder = tempfile.mkdtemp(".tmp", "signature.", above)
    except OSError as error:
        raise CannotJudge("G008", f"cannot be written: {error.strerror}", place=above) from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _written(folder: str, name: str, data: bytes) -> str:
    path = f"{folder}/{name}"
    with open(path, "wb") as file:
        file.write(data)
    return path
