"""The storage behind uploads and downloads, in the manner of S3: presigned, and without the API key.

An upload is a form whose fields are those that `file.createFileUploadHandle` gave, with the file behind them. The
handle is good for ten minutes, and the bytes must be as many, and of the type, that were promised.
"""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, File, MultipartDecoder, NeedData
from werkzeug.sansio.multipart import Field as FormField

from langchain_ashby.sandbox import records
from langchain_ashby.sandbox.clock import Clock, iso_from_milliseconds
from langchain_ashby.sandbox.messages import Refusal, Response
from langchain_ashby.sandbox.store import Store
from langchain_ashby.sandbox.tokens import Tokens

PATH = "/_storage"
LARGEST_FILE = 100 * 1024 * 1024
_LIFETIME = 600
_KEY_PREFIX = "uploads/"


class _UploadedForm(NamedTuple):
    fields: dict[str, str]
    content: bytes | None


class Storage:
    """Takes and gives the bytes of files."""

    def __init__(self, store: Store, clock: Clock, tokens: Tokens) -> None:
        self._store = store
        self._clock = clock
        self._tokens = tokens

    def upload(self, content: bytes, content_type: str, authorization: str | None) -> Response:
        """Takes the form with a file."""
        try:
            if authorization is not None:
                raise _denied(400, "InvalidArgument", "Authenticate in one way only: leave out Authorization.")
            form = _form(content, content_type)
            with self._store.transaction():
                self._take(form)
        except Refusal as refusal:
            xml = f"<Error><Code>{refusal.code}</Code><Message>{refusal.message}</Message></Error>"
            return Response(refusal.status, xml.encode(), "application/xml")
        return Response(204)

    def _take(self, form: _UploadedForm) -> None:
        file = self._store.get(records.File, form.fields.get("key", "").removeprefix(_KEY_PREFIX))
        if file is None or form.fields != upload_fields(self._tokens, file):
            raise _denied(403, "AccessDenied", "The fields are not those that came with the upload handle.")
        if is_expired(self._clock, file):
            raise _denied(403, "AccessDenied", "The upload handle has expired.")
        if form.content is None:
            raise _denied(400, "InvalidArgument", "The form has no field named file behind its other fields.")
        if len(form.content) != file["contentLength"]:
            code = "EntityTooLarge" if len(form.content) > file["contentLength"] else "EntityTooSmall"
            raise _denied(400, code, f"{file['contentLength']} bytes were promised, and {len(form.content)} came.")
        if file["state"] == "Attached":
            raise _denied(403, "AccessDenied", "The upload handle has been used.")
        self._store.keep_content(file["id"], form.content)
        self._store.put(records.File, {**file, "state": "Uploaded"})

    def download(self, file_id: str, expires: str, signature: str) -> Response:
        """Gives the bytes for a link that is signed and fresh."""
        is_signed = self._tokens.is_signed(f"{file_id} {expires}", signature)
        if not is_signed or self._clock.time() > int(expires):
            return Response(403, b"<Error><Code>AccessDenied</Code></Error>", "application/xml")
        file = self._store.get(records.File, file_id)
        content = self._store.content(file_id)
        if file is None or content is None:
            return Response(404, b"<Error><Code>NoSuchKey</Code></Error>", "application/xml")
        # Whatever the file is, a browser must not run it.
        headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
        return Response(200, content, file["contentType"], headers)


def upload_fields(tokens: Tokens, file: records.File) -> dict[str, str]:
    """The form fields that go before the file."""
    signature = tokens.sign(f"{file['id']} {file['contentType']}")
    return {"key": _KEY_PREFIX + file["id"], "Content-Type": file["contentType"], "x-amz-signature": signature}


def is_expired(clock: Clock, file: records.File) -> bool:
    """True if a file's upload handle is too old."""
    return file["createdAt"] < iso_from_milliseconds(int((clock.time() - _LIFETIME) * 1000))


def download_query(tokens: Tokens, clock: Clock, file_id: str) -> str:
    """The query of a link that downloads a file."""
    expires = str(int(clock.time()) + _LIFETIME)
    return urlencode({"expires": expires, "signature": tokens.sign(f"{file_id} {expires}")})


def _denied(status: int, code: str, message: str) -> Refusal:
    return Refusal(code, message, status=status)


def _form(content: bytes, content_type: str) -> _UploadedForm:
    """Reads a form up to its file; what comes behind the file is ignored, as S3 ignores it."""
    kind, options = parse_options_header(content_type)
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise _denied(412, "PreconditionFailed", "The body must be multipart/form-data.")
    decoder = MultipartDecoder(options["boundary"].encode("latin-1"))
    fields: dict[str, str] = {}
    try:
        decoder.receive_data(content)
        decoder.receive_data(None)
        part: Any = None
        received = b""
        while not isinstance(event := decoder.next_event(), Epilogue | NeedData):
            if isinstance(event, FormField | File):
                part, received = event, b""
            if not isinstance(event, Data):
                continue
            received += event.data
            if event.more_data:
                continue
            if part.name == "file":
                return _UploadedForm(fields, received)
            fields[part.name] = received.decode()
    except ValueError:
        raise _denied(400, "MalformedPOSTRequest", "The body is not a valid form.") from None
    return _UploadedForm(fields, None)
