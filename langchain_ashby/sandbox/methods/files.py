"""Files: upload handles, attaching what was uploaded, and links to download it."""

import re
from typing import Any

from langchain_ashby.sandbox import storage
from langchain_ashby.sandbox.call import Call
from langchain_ashby.sandbox.messages import invalid
from langchain_ashby.sandbox.records import Candidate, File
from langchain_ashby.sandbox.registry import method
from langchain_ashby.sandbox.replies import candidates as reply
from langchain_ashby.sandbox.statement import Choice, Text, Uuid, Whole, request
from langchain_ashby.sandbox.store import equals

_CONTENT_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+( *; *[\w-]+=[\w.+-]+)*", re.ASCII)


class _ContentType:
    """A type of content, `application/pdf`."""

    def check(self, value: Any, where: str) -> str:
        if not isinstance(value, str) or not _CONTENT_TYPE.fullmatch(value):
            raise invalid(where, "must be a content type, as in application/pdf")
        return value


@method(
    "file.createFileUploadHandle",
    "candidatesWrite",
    request(
        {
            "fileUploadContext": Choice(("CandidateResume", "CandidateFiles", "ApplicationForm")),
            "filename": Text(longest=255),
            "contentType": _ContentType(),
            "contentLength": Whole(1, storage.LARGEST_FILE),
        }
    ),
)
def create_upload_handle(call: Call) -> Any:
    """Promises a place for a file, for ten minutes."""
    file_id = call.store.new_id()
    file: File = {
        "id": file_id,
        "name": call.body["filename"],
        "handle": f"fh_{file_id.replace('-', '')}",
        "contentType": call.body["contentType"],
        "contentLength": call.body["contentLength"],
        "fileUploadContext": call.body["fileUploadContext"],
        "state": "Expected",
        "createdAt": call.now,
    }
    call.store.add(File, file)
    return {
        "handle": file["handle"],
        "url": call.url + storage.PATH,
        "fields": storage.upload_fields(call.tokens, file),
    }


@method("file.info", "candidatesRead", request({"fileHandle": Text()}))
def get_file(call: Call) -> Any:
    """Gives a link to download a file, which works for a while."""
    file = _file(call, "fileHandle")
    if file["state"] == "Expected":
        raise invalid("fileHandle", "no file has been uploaded with this handle")
    query = storage.download_query(call.tokens, call.clock, file["id"])
    return {"url": f"{call.url}{storage.PATH}/{file['id']}?{query}"}


@method("candidate.uploadResume", "candidatesWrite", request({"candidateId": Uuid(), "resumeHandle": Text()}))
def upload_resume(call: Call) -> Any:
    """Makes an uploaded file the candidate's resume, in place of any other."""
    candidate = call.get(Candidate, call.body["candidateId"])
    candidate["resumeFileId"] = _attach(call, "resumeHandle", "CandidateResume")
    return reply.candidate(call, call.save(Candidate, candidate))


@method("candidate.uploadFile", "candidatesWrite", request({"candidateId": Uuid(), "fileHandle": Text()}))
def upload_file(call: Call) -> Any:
    """Adds an uploaded file to the candidate's."""
    candidate = call.get(Candidate, call.body["candidateId"])
    candidate["fileIds"].append(_attach(call, "fileHandle", "CandidateFiles"))
    return reply.candidate(call, call.save(Candidate, candidate))


def _file(call: Call, where: str) -> File:
    found = call.store.find(File, equals("handle", call.body[where]), limit=1)
    if not found:
        raise invalid(where, "there is no file with this handle")
    return found[0]


def _attach(call: Call, where: str, context: str) -> str:
    """Uses up an upload handle and returns the file's id."""
    file = _file(call, where)
    if file["fileUploadContext"] != context:
        raise invalid(where, f"this handle was made for {file['fileUploadContext']}, not for {context}")
    if file["state"] == "Attached":
        raise invalid(where, "this handle has been used already")
    if storage.is_expired(call.clock, file):
        raise invalid(where, "this handle has expired")
    if file["state"] == "Expected":
        raise invalid(where, "no file has been uploaded with this handle")
    call.save(File, {**file, "state": "Attached"})
    return file["id"]
